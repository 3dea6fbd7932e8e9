"""How a person is reached: an e-mail address, or a mobile number written as E.164."""

import re
import unicodedata
from typing import Any, Final

from allauth.core import context
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

CHINA: Final = "86"
# A district says its currency, not its country; where one currency has many countries, numbers
# need their country code.
CALLING_CODES: Final = {
    "CNY": CHINA,
    "HKD": "852",
    "MOP": "853",
    "TWD": "886",
    "SGD": "65",
    "GBP": "44",
    "USD": "1",
    "JPY": "81",
}
SEPARATORS: Final = re.compile(r"[\s().\-\u2010-\u2015·/]+")
CHINESE_MOBILE: Final = re.compile(r"\+861[3-9]\d{9}")
E164: Final = re.compile(r"\+[1-9]\d{6,14}")


def mobile_number(text: str, calling_code: str = CHINA) -> str:
    """The number as E.164, read as people of the calling code's country write theirs.

    Raises ValidationError for what is not a mobile number.
    """
    digits = SEPARATORS.sub("", unicodedata.normalize("NFKC", text))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif calling_code == CHINA and re.fullmatch(r"861\d{10}", digits):
        digits = f"+{digits}"
    elif not digits.startswith("+"):
        digits = f"+{calling_code}{digits.removeprefix('0')}"
    pattern = CHINESE_MOBILE if digits.startswith(f"+{CHINA}") else E164
    if not pattern.fullmatch(digits):
        raise ValidationError(
            _("This is not a mobile number. Abroad, begin with + and the country code."),
            code="mobile",
        )
    return digits


def calling_code_here() -> str:
    """What numbers without a country code get: that of the district the page belongs to."""
    district = getattr(context.request, "district", None)
    return CALLING_CODES.get(district.currency, CHINA) if district else CHINA


def contact(text: str, calling_code: str = CHINA) -> str:
    """A lower-case e-mail address, or an E.164 number. Raises ValidationError."""
    text = text.strip()
    if "@" in text:
        validate_email(text)
        return text.lower()
    try:
        return mobile_number(text, calling_code)
    except ValidationError as error:
        raise ValidationError(
            _("Enter a mobile number or an e-mail address."), code="contact"
        ) from error


def is_mobile(contact: str) -> bool:
    return contact.startswith("+")


def shown_mobile(mobile: str) -> str:
    """Grouped for reading: +86 139 0000 0001."""
    if CHINESE_MOBILE.fullmatch(mobile):
        return f"+86 {mobile[3:6]} {mobile[6:10]} {mobile[10:]}"
    return mobile


class MobileField(forms.CharField):
    def __init__(self, **kwargs: Any):
        kwargs.setdefault("label", _("Mobile"))
        kwargs.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
        super().__init__(max_length=32, **kwargs)

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        return mobile_number(text, calling_code_here()) if text else ""


class ContactField(forms.CharField):
    """One field for both: nobody has to say first which of the two it is."""

    def __init__(self, **kwargs: Any):
        kwargs.setdefault("label", _("Mobile or e-mail"))
        attributes = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        kwargs.setdefault("widget", forms.TextInput(attrs=attributes))
        super().__init__(max_length=254, **kwargs)

    def clean(self, value: Any) -> str:
        return contact(super().clean(value), calling_code_here())
