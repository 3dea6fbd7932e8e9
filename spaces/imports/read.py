"""Files people bring, as rows: GeoJSON, room lists in JSON, CSV and XLSX tables."""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from zipfile import BadZipFile

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from district.rules import RuleViolation

MOST_ROWS: Final = 5_000
MOST_BYTES: Final = 20 * 1024 * 1024
ENCODINGS: Final = ("utf-8-sig", "gb18030")


@dataclass(frozen=True)
class Row:
    """One thing of the file: its place (from 1), what it says, and its shape in GeoJSON."""

    number: int
    values: Mapping[str, Any]
    geometry: Any = None


def read_rows(name: str, content: bytes) -> list[Row]:
    """The rows of a file, by its ending. Raises RuleViolation("import_file") in plain words."""
    ending = name.rsplit(".", 1)[-1].lower()
    readers = {"geojson": _json_rows, "json": _json_rows, "csv": _csv_rows, "xlsx": _xlsx_rows}
    if ending not in readers:
        raise _unreadable(_("Bring a GeoJSON, JSON, CSV or XLSX file."))
    rows = []
    for row in readers[ending](content):
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise _unreadable(
                _("The file has more than %(most)d rows. Please split it.") % {"most": MOST_ROWS}
            )
    if not rows:
        raise _unreadable(_("The file has no rows."))
    return rows


def _unreadable(message: Any) -> RuleViolation:
    return RuleViolation("import_file", message)


def _text(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _unreadable(_("The text is neither UTF-8 nor GB 18030. Please save it as UTF-8."))


def _json_rows(content: bytes) -> Iterator[Row]:
    try:
        data = json.loads(_text(content))
    except (ValueError, RecursionError) as error:
        raise _unreadable(_("This is not valid JSON.")) from error
    if isinstance(data, dict) and data.get("type") == "FeatureCollection":
        yield from _features(data.get("features"))
    elif isinstance(data, dict) and all(isinstance(item, dict) for item in data.values()):
        for number, (key, item) in enumerate(data.items(), start=1):
            yield Row(number, {"code": key, **item})
    else:
        raise _unreadable(_("This JSON is neither GeoJSON features nor a list of rooms."))


def _features(features: Any) -> Iterator[Row]:
    if not isinstance(features, list):
        raise _unreadable(_("The file has no rows."))
    for number, feature in enumerate(features, start=1):
        item = feature if isinstance(feature, dict) else {}
        values = item.get("properties")
        yield Row(number, values if isinstance(values, dict) else {}, item.get("geometry"))


def _csv_rows(content: bytes) -> Iterator[Row]:
    text = _text(content)
    delimiter = (
        ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    )
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        yield from _table(iter(reader))
    except csv.Error as error:
        raise _unreadable(_("The table is broken: %(reason)s") % {"reason": error}) from error


def _xlsx_rows(content: bytes) -> Iterator[Row]:
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise _unreadable(_("This is not an XLSX file.")) from error
    yield from _table(iter(book.worksheets[0].iter_rows(values_only=True)))


def _table(lines: Iterator[Any]) -> Iterator[Row]:
    head = [str(cell or "").strip().lower() for cell in next(lines, [])]
    for number, line in enumerate(lines, start=2):
        values = {
            name: cell.strip() if isinstance(cell, str) else cell
            for name, cell in zip(head, line, strict=False)
            if name
        }
        if any(value not in (None, "") for value in values.values()):
            yield Row(number, values)


def looks_garbled(text: str) -> bool:
    """Whether UTF-8 was once read as Windows-1252, as in “cafÃ©”."""
    try:
        return text.encode("cp1252").decode("utf-8") != text
    except (UnicodeEncodeError, UnicodeDecodeError):
        return False
