"""Secrets at rest: sealed with a key of the district's own, derived from the installation's."""

from cryptography.fernet import InvalidToken, MultiFernet

from district.channels import SendFailed
from district.sealing import box
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


def _box() -> MultiFernet:
    return box(f"district:{current_district_id()}")
