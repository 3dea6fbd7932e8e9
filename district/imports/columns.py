"""The columns an importer understands: their names in each language, and a table to fill in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from district.imports.rows import Row
from district.rules import Text
from district.tables import csv_of

# A spreadsheet takes no longer list of choices in a cell.
LONGEST_CHOICES: Final = 255
FILLABLE_ROWS: Final = 1000


@dataclass(frozen=True)
class FileColumn:
    """`key` is its name for machines and `label` for people: a file may use either.

    `example` is what a first row could say (the key of one of `choices`, where it has them); of
    the choices no file may give `but`, and `usual` is what nothing means.
    """

    key: str
    label: Text
    example: Text = ""
    hint: Text = ""
    choices: Any = None
    but: str = ""
    usual: str = ""

    def allowed(self) -> list[str]:
        pairs = self.choices.choices if self.choices else []
        return [str(label) for key, label in pairs if key != self.but]

    def advice(self) -> str:
        """What to write, in words: the hint, the choices, and what nothing means."""
        words = [str(self.hint)] if self.hint else []
        if self.choices:
            words.append(_("One of: %(choices)s.") % {"choices": _(", ").join(self.allowed())})
        if self.usual:
            words.append(_("Nothing means %(usual)s.") % {"usual": self.choices(self.usual).label})
        return " ".join(words)

    def shown_example(self) -> str:
        example = self.choices(self.example).label if self.choices else self.example
        return str(example)


def keyed(columns: Sequence[FileColumn], rows: Sequence[Row]) -> list[Row]:
    """The rows by column key, whatever language their heads are in."""
    keys = {column.key.casefold(): column.key for column in columns}
    for language, _name in settings.LANGUAGES:
        with override(language):
            keys = {str(column.label).casefold(): column.key for column in columns} | keys
    named = {name: keys.get(name.casefold(), name) for row in rows for name in row.values}
    heads = {key: name for name, key in named.items()}
    return [
        Row(
            row.number,
            {named[name]: value for name, value in row.values.items()},
            row.geometry,
            heads,
        )
        for row in rows
    ]


def template_of(format_: str, columns: Sequence[FileColumn]) -> bytes:
    """A table with heads and one example, as "csv" or "xlsx", in the active language."""
    heads = [str(column.label) for column in columns]
    example = [column.shown_example() for column in columns]
    if format_ == "csv":
        return csv_of([heads, example])
    return _workbook(columns, heads, example)


def _workbook(columns: Sequence[FileColumn], heads: Sequence[str], example: Sequence[str]) -> bytes:
    from openpyxl import Workbook  # 20 MB that only a template needs
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet, guide = book.worksheets[0], book.create_sheet(_("How to fill it in"))
    sheet.title = _("Rows")
    sheet.append(heads)
    sheet.append(example)
    sheet.freeze_panes = "A2"
    for place, column in enumerate(columns, start=1):
        cell = sheet.cell(1, place)
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = 18
        allowed = ",".join(column.allowed())
        if allowed and len(allowed) <= LONGEST_CHOICES:
            rule = DataValidation(type="list", formula1=f'"{allowed}"', allow_blank=True)
            rule.add(f"{cell.column_letter}2:{cell.column_letter}{FILLABLE_ROWS}")
            sheet.add_data_validation(rule)
    for line in _guide(columns):
        guide.append(line)
    for letter, width in {"A": 24, "B": 20, "C": 100}.items():
        guide.column_dimensions[letter].width = width
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _guide(columns: Sequence[FileColumn]) -> Iterator[list[str]]:
    yield [_("Column"), _("Short name"), _("What to write")]
    for column in columns:
        yield [str(column.label), column.key, column.advice()]
