"""Secrets at rest: apart by purpose, and readable while keys are replaced."""

import pytest
from cryptography.fernet import InvalidToken

from district.sealing import box


def test_what_is_sealed_for_one_purpose_is_not_opened_by_another():
    sealed = box("mfa").encrypt(b"secret")

    assert box("mfa").decrypt(sealed) == b"secret"
    with pytest.raises(InvalidToken):
        box("district:1").decrypt(sealed)


def test_a_key_can_be_replaced_without_losing_what_it_sealed(settings):
    settings.FIELD_KEYS = ["old"]
    sealed = box("mfa").encrypt(b"secret")

    settings.FIELD_KEYS = ["new", "old"]
    opened, renewed = box("mfa").decrypt(sealed), box("mfa").encrypt(b"secret")
    settings.FIELD_KEYS = ["new"]

    assert opened == box("mfa").decrypt(renewed) == b"secret"
    with pytest.raises(InvalidToken):
        box("mfa").decrypt(sealed)
