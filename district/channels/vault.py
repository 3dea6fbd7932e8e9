"""Secrets at rest: sealed with a key of the district's own, derived from the installation's."""

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from district.channels import SendFailed
from district.tenancy.scope import current_district_id


class Unreadable(SendFailed):
    """Sealed with another key, or for another district."""

    def __init__(self) -> None:
        super().__init__("key_unreadable", permanent=True)


def seal(text: str) -> str:
    """The text sealed for the district in scope; an empty text stays empty."""
    return _box().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """Raises Unreadable."""
    if not sealed:
        return ""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def _box() -> Fernet:
    info = f"district:{current_district_id()}".encode()
    derive = HKDF(algorithm=SHA256(), length=32, salt=b"district.vault", info=info)
    return Fernet(base64.urlsafe_b64encode(derive.derive(settings.FIELD_KEY.encode())))
