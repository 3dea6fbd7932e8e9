"""What several parts of one page need: asked of the database once."""

from collections.abc import Callable
from typing import Any, TypeVar

Found = TypeVar("Found")


def once(request: Any, make: Callable[[Any], Found]) -> Found:
    """`make(request)`, remembered for the rest of the request."""
    kept: dict[Any, Any] = request.__dict__.setdefault("_once", {})
    if make not in kept:
        kept[make] = make(request)
    found: Found = kept[make]
    return found
