"""Pages of a list by position, not by number: the same cost for the first and the thousandth."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime

Row = TypeVar("Row", bound=Model)
Rows = QuerySet[Row, Row]


def page_of(
    rows: Rows[Row], field: str, descending: bool, params: QueryDict, size: int
) -> tuple[list[Row], bool, bool]:
    """Rows of the page, and whether there are some before and after it.

    `field` never is NULL; ties are broken by id in the same direction.
    """
    before, after = _position(params.get("before")), _position(params.get("after"))
    backwards = before is not None
    downwards = descending is not backwards
    position = before or after
    if position:
        rows = rows.filter(_beyond(field, position, downwards))
    sign = "-" if downwards else ""
    found = list(rows.order_by(f"{sign}{field}", f"{sign}id")[: size + 1])
    more, found = len(found) > size, found[:size]
    if backwards:
        return found[::-1], more, True
    return found, position is not None, more


def _beyond(name: str, position: tuple[Any, UUID], descending: bool) -> Q:
    value, row_id = position
    side = "lt" if descending else "gt"
    if name == "id":
        return Q(**{f"id__{side}": row_id})
    return Q(**{f"{name}__{side}e": value}) & (
        Q(**{f"{name}__{side}": value}) | Q(**{f"id__{side}": row_id})
    )


def cursor_of(row: Model, field: str) -> str:
    value: Any = row
    for part in field.split("__"):
        value = getattr(value, part)
    kind = "t" if isinstance(value, datetime) else "d" if isinstance(value, date) else ""
    text = value.isoformat() if kind else value if isinstance(value, int | float) else str(value)
    packed = json.dumps([kind, text, str(row.pk)], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def _position(cursor: str | None) -> tuple[Any, UUID] | None:
    """The value and id a cursor stands for; None for none, and for one that was tampered with."""
    if not cursor:
        return None
    try:
        packed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        kind, value, row_id = json.loads(packed)
        readers: Mapping[str, Callable[[Any], Any]] = {
            "t": parse_datetime,
            "d": parse_date,
            "": lambda item: item,
        }
        read = readers[kind](value)
        return (read, UUID(row_id)) if read is not None else None
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        return None
