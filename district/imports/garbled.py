"""Text that was decoded wrongly once, and what it probably said."""

import re
from collections.abc import Iterator
from typing import Any, Final

HAN: Final = re.compile(r"[\u3400-\u9fff]")


def repaired(text: str) -> str | None:
    """What the text said before UTF-8 was read as Windows-1252 or GB 18030; None if it was not.

    “cafÃ©” was “café”, “浣犲ソ” was “你好”. The Chinese case counts only where all that comes out
    is Chinese, because a few rare words happen to look like UTF-8.
    """
    if text.isascii():
        return None
    western = _read_again(text, "cp1252")
    if western is not None:
        return western
    chinese = _read_again(text, "gb18030")
    if chinese and all(HAN.match(letter) for letter in chinese if not letter.isascii()):
        return chinese
    return None


def _read_again(text: str, encoding: str) -> str | None:
    try:
        before = text.encode(encoding).decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None
    return before if before != text else None


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a JSON value, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)


def cannot_be_kept(text: str) -> bool:
    """Whether it holds what a database cannot store: NUL, or half of a surrogate pair."""
    return "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text)


def storable(value: Any) -> Any:
    """The same JSON value without what cannot be stored."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [storable(item) for item in value]
    return value
