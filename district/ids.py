"""Ids as they come in an address or a form, where anything may stand."""

from collections.abc import Iterable
from uuid import UUID


def id_of(text: str) -> UUID | None:
    """None for what is no id."""
    try:
        return UUID(text)
    except ValueError:
        return None


def ids_of(texts: Iterable[str]) -> list[UUID]:
    """Those that are ids, in their order."""
    return [found for text in texts if (found := id_of(text)) is not None]
