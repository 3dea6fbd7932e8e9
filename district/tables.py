"""Tables people take away; what looks like a formula in them stays text."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise

# A spreadsheet would run what begins with one of these.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
Plain = str | int | float | Decimal | date | None


def csv_of(table: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file in UTF-8 with a mark, so that spreadsheets read Chinese rightly."""
    file = io.StringIO()
    csv.writer(file).writerows([plain(value) for value in row] for row in table)
    return file.getvalue().encode("utf-8-sig")


def xlsx_of(table: Iterable[Sequence[Any]]) -> bytes:
    from openpyxl import Workbook  # 20 MB that only exports need

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in table:
        sheet.append([plain(value) for value in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def plain(value: Any) -> Plain:
    """A value as a cell holds it: times in the district's zone, formulas quoted, JSON as text."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    if isinstance(value, dict | list):
        return plain(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    if isinstance(value, bool | Promise | UUID | str):
        text = str(value)
        return f"'{text}" if text.startswith(FORMULA_STARTS) else text
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    return plain(str(value))
