"""Files people bring, as rows: GeoJSON, JSON lists, lines of JSON, CSV and XLSX tables."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext_lazy as _

from district.rules import RuleViolation, Text

MOST_ROWS: Final = 50_000
# What an XLSX file may unfold to: a small file can hold a huge table.
MOST_UNFOLDED_BYTES: Final = 400 * 1024 * 1024
# The first that fits. UTF-16 is only taken with its mark, or it would fit nearly anything.
ENCODINGS: Final = ("utf-8-sig", "gb18030")
UTF_16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Row:
    """One thing of the file: its place (from 1), what it says, and its shape in GeoJSON.

    `heads` are the file's own names of columns.
    """

    number: int
    values: Mapping[str, Any]
    geometry: Any = None
    heads: Mapping[str, str] = field(default_factory=dict)


def read_rows(name: str, content: bytes) -> list[Row]:
    """The rows of a file, by its ending. Raises RuleViolation("import_file") in plain words."""
    readers: Mapping[str, Callable[[bytes], Iterator[Row]]] = {
        "geojson": _json_rows,
        "json": _json_rows,
        "jsonl": _jsonl_rows,
        "csv": _csv_rows,
        "xlsx": _xlsx_rows,
    }
    ending = ending_of(name)
    if ending not in readers:
        raise unreadable(_("Bring a GeoJSON, JSON, CSV or XLSX file."))
    return checked_length(readers[ending](content))


def checked_length(rows: Iterator[Row]) -> list[Row]:
    """All rows. Raises RuleViolation("import_file") for none, and for more than MOST_ROWS."""
    found = []
    for row in rows:
        found.append(row)
        if len(found) > MOST_ROWS:
            raise unreadable(
                _("The file has more than %(most)d rows. Please split it.") % {"most": MOST_ROWS}
            )
    if not found:
        raise unreadable(_("The file has no rows."))
    return found


def ending_of(name: str) -> str:
    return name.rsplit(".", 1)[-1].lower()


def unreadable(message: Text) -> RuleViolation:
    return RuleViolation("import_file", message)


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16 or a Chinese encoding. Raises RuleViolation."""
    encodings = ("utf-16",) if content.startswith(UTF_16_MARKS) else ENCODINGS
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise unreadable(_("The text is neither UTF-8 nor GB 18030. Please save it as UTF-8."))


def parsed(text: str) -> Any:
    """JSON as it should be: no NaN, no Infinity. Raises RuleViolation."""
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise unreadable(_("This is not valid JSON.")) from error


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _json_rows(content: bytes) -> Iterator[Row]:
    data = parsed(decoded(content))
    if isinstance(data, dict) and data.get("type") == "FeatureCollection":
        yield from _features(data.get("features"))
    elif isinstance(data, dict) and all(isinstance(item, dict) for item in data.values()):
        for number, (key, item) in enumerate(data.items(), start=1):
            yield Row(number, {"code": key, **item})
    elif isinstance(data, list) and all(isinstance(item, dict) for item in data):
        for number, item in enumerate(data, start=1):
            yield Row(number, item)
    else:
        raise unreadable(_("This JSON is neither GeoJSON features nor a list of things."))


def _jsonl_rows(content: bytes) -> Iterator[Row]:
    for number, line in enumerate(decoded(content).splitlines(), start=1):
        if not line.strip():
            continue
        item = parsed(line)
        if not isinstance(item, dict):
            raise unreadable(_("Line %(number)d is not a JSON object.") % {"number": number})
        yield Row(number, item)


def _features(features: Any) -> Iterator[Row]:
    if not isinstance(features, list):
        raise unreadable(_("The file has no rows."))
    for number, feature in enumerate(features, start=1):
        item = feature if isinstance(feature, dict) else {}
        values = item.get("properties")
        yield Row(number, values if isinstance(values, dict) else {}, item.get("geometry"))


def _csv_rows(content: bytes) -> Iterator[Row]:
    text = decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        yield from _table(iter(reader))
    except csv.Error as error:
        raise unreadable(_("The table is broken: %(reason)s") % {"reason": error}) from error


def _xlsx_rows(content: bytes) -> Iterator[Row]:
    from openpyxl import load_workbook  # 20 MB that only such a file needs
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with ZipFile(io.BytesIO(content)) as archive:
            unfolded = sum(item.file_size for item in archive.infolist())
        if unfolded > MOST_UNFOLDED_BYTES:
            raise unreadable(_("The workbook is too large. Please split it."))
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise unreadable(_("This is not an XLSX file.")) from error
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
