import pytest
from django.core.exceptions import ValidationError

from district.accounts.contacts import contact, mobile_number, shown_mobile


@pytest.mark.parametrize(
    ("text", "calling_code", "number"),
    [
        ("13900001111", "86", "+8613900001111"),
        (" 139 0000-1111 ", "86", "+8613900001111"),
        ("+86 139 0000 1111", "44", "+8613900001111"),
        ("0086 13900001111", "44", "+8613900001111"),
        ("8613900001111", "86", "+8613900001111"),
        ("１３９００００１１１１", "86", "+8613900001111"),
        ("07700 900123", "44", "+447700900123"),
        ("(0)7700 900123", "44", "+447700900123"),
        ("+852 6123 4567", "86", "+85261234567"),
    ],
)
def test_mobile_number_becomes_e164(text, calling_code, number):
    assert mobile_number(text, calling_code) == number


@pytest.mark.parametrize(
    "text", ["", "139", "12900001111", "139000011112", "+86139", "+0123456789", "１", "<b>1</b>"]
)
def test_mobile_number_refuses_what_is_none(text):
    with pytest.raises(ValidationError):
        mobile_number(text)


def test_contact_takes_either_and_nothing_else():
    assert contact(" Wen@Example.org ") == "wen@example.org"
    assert contact("139 0000 1111") == "+8613900001111"
    for neither in ("wen", "wen@", "@x"):
        with pytest.raises(ValidationError):
            contact(neither)


def test_shown_mobile_groups_chinese_numbers():
    assert shown_mobile("+8613900001111") == "+86 139 0000 1111"
    assert shown_mobile("+447700900123") == "+447700900123"
