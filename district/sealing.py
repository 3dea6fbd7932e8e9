"""Secrets at rest: each purpose has a key of its own, derived from those of the installation."""

import base64
from typing import Final

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

SALT: Final = b"district.sealing"


def box(purpose: str) -> MultiFernet:
    """Seals under the first of FIELD_KEYS and opens under any, so that a key can be replaced."""
    return MultiFernet([Fernet(_derived(key, purpose)) for key in settings.FIELD_KEYS])


def _derived(key: str, purpose: str) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=32, salt=SALT, info=purpose.encode())
    return base64.urlsafe_b64encode(derive.derive(key.encode()))
