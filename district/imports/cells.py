"""The cells of one row, read by column; all that is wrong with them is kept, not only the first."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from district.imports.rows import Row
from district.rules import Text

YES: Final = frozenset({"1", "true", "yes", "y", "是", "有"})
NO: Final = frozenset({"", "0", "false", "no", "n", "否", "无"})


class Cells:
    """`problems` are for the person; `faulty` names the columns they are about."""

    def __init__(self, row: Row):
        self.row = row
        self.problems: list[Text] = []
        self.faulty: set[str] = set()

    def wrong(self, column: str, message: Text, /, **params: Any) -> None:
        self.problems.append(message % params if params else message)
        self.faulty.add(column)

    def missing(self, column: str) -> None:
        head = self.row.heads.get(column, column)
        self.wrong(column, _("“%(column)s” is missing."), column=head)

    def wrong_fields(self, error: ValidationError) -> None:
        """What the fields of a model say, each with the head of its column."""
        for name, messages in error.message_dict.items():
            head = self.row.heads.get(name, name)
            for message in messages:
                self.wrong(name, _("“%(column)s”: %(reason)s"), column=head, reason=message)

    def text(self, *names: str) -> str:
        """What the first of these columns that says something says."""
        for name in names:
            value = self.row.values.get(name)
            if value not in (None, "", "<Null>"):
                return str(value).strip()
        return ""

    def required(self, *names: str) -> str:
        value = self.text(*names)
        if not value:
            self.missing(names[0])
        return value

    def name(self, *fallback: str) -> dict[str, str]:
        zh, en = self.text("name_zh"), self.text("name_en", *fallback)
        if not zh and not en:
            self.wrong("name_en", _("Give it a name in Chinese or in English."))
        return {"name_zh": zh, "name_en": en}

    def choice(
        self,
        choices: Any,
        *names: str,
        words: Mapping[str, str] | None = None,
        but: str = "",
        usual: str = "",
    ) -> str:
        """One of the choices by its key, by its name in any language, or by a word for it.

        `but` is one that no file may give; `usual` is what nothing means.
        """
        text = self.text(*names) if usual else self.required(*names)
        if not text:
            return usual
        known = {**(words or {}), **words_for(choices)}
        value = known.get(text.casefold(), "")
        if not value or value == but:
            labels = (str(label) for key, label in choices.choices if key != but)
            allowed = gettext(", ").join(labels)
            self.wrong(
                names[0], _("“%(text)s” is not one of: %(choices)s."), text=text, choices=allowed
            )
        return value

    def number(self, *names: str) -> Decimal | None:
        """Not below zero, to two places; None for nothing and for zero."""
        text = self.text(*names)
        try:
            number = Decimal(text or 0)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or number < 0:
            self.wrong(names[0], _("“%(text)s” is not a number."), text=text)
            return None
        return number.quantize(Decimal("0.01")) or None

    def flag(self, name: str) -> bool:
        text = self.text(name)
        if text.casefold() not in YES | NO:
            self.wrong(name, _("“%(text)s” is neither yes nor no."), text=text)
        return text.casefold() in YES


@cache
def words_for(choices: Any) -> Mapping[str, str]:
    """Keys and names in every language, in small letters, each with the key it stands for."""
    found: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with override(language):
            found |= {str(label).casefold(): key for key, label in choices.choices}
    return found | {key.casefold(): key for key in choices.values}
