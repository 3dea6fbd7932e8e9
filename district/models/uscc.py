"""Unified social credit codes 统一社会信用代码, GB 32100-2015."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH = 18


def uscc_check_character(first_17: str) -> str:
    """The 18th character: weights are powers of 3 modulo 31 (GB 32100-2015, annex A)."""
    total = sum(
        ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(first_17)
    )
    return ALPHABET[-total % 31]


def normal_uscc(code: str) -> str:
    """As people copy it: without blanks, in capitals."""
    return "".join(code.split()).upper()


def validate_uscc(code: str) -> None:
    if (
        len(code) != LENGTH
        or any(character not in ALPHABET for character in code)
        or uscc_check_character(code[:-1]) != code[-1]
    ):
        raise ValidationError(
            _("This is not a valid unified social credit code: please check all 18 characters."),
            code="uscc",
        )
