"""A list as a file for spreadsheets: everything that passes the filters, safe to open."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise

from district.lists import Column

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
CONTENT_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
Plain = str | int | float | Decimal | date | None


def file_of(format_: str, columns: Sequence[Column[Any]], rows: Iterable[Any]) -> bytes:
    """The rows as "csv" (UTF-8 with a mark, so that spreadsheets read Chinese) or "xlsx".

    Times are in the district's zone. Texts that a spreadsheet would run as a formula are quoted.
    """
    table = _table(columns, rows)
    return _csv(table) if format_ == "csv" else _xlsx(table)


def _table(columns: Sequence[Column[Any]], rows: Iterable[Any]) -> Iterator[list[Plain]]:
    yield [str(column.label) for column in columns]
    for row in rows:
        yield [_plain(column.export(row)) for column in columns]


def _plain(value: Any) -> Plain:
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    if isinstance(value, bool | Promise | UUID | str):
        text = str(value)
        return f"'{text}" if text.startswith(FORMULA_STARTS) else text
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    return _plain(str(value))


def _csv(table: Iterable[Sequence[Plain]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(table)
    return file.getvalue().encode("utf-8-sig")


def _xlsx(table: Iterable[Sequence[Plain]]) -> bytes:
    from openpyxl import Workbook  # 20 MB that only exports need

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in table:
        sheet.append(list(row))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()
