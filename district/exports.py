"""A list as a file for spreadsheets: everything that passes the filters, safe to open."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from district.lists import Column
from district.tables import csv_of, xlsx_of

CONTENT_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def file_of(format_: str, columns: Sequence[Column[Any]], rows: Iterable[Any]) -> bytes:
    """The rows as "csv" or "xlsx". Texts that a spreadsheet would run as a formula are quoted."""
    table = _table(columns, rows)
    return csv_of(table) if format_ == "csv" else xlsx_of(table)


def _table(columns: Sequence[Column[Any]], rows: Iterable[Any]) -> Iterator[list[Any]]:
    yield [str(column.label) for column in columns]
    for row in rows:
        yield [column.export(row) for column in columns]
