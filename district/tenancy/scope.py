"""Which district the running code works for; outside a scope no district's rows are reachable."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection, transaction

_current: ContextVar[int | None] = ContextVar("district", default=None)
_reading_published: ContextVar[bool] = ContextVar("reading_published", default=False)


class NoScope(RuntimeError):
    """A tenant table was touched although no district is in scope."""


class ScopeConflict(RuntimeError):
    """A scope was opened inside the scope of another district."""


def current_district_id() -> int:
    """The id of the district in scope. Raises NoScope."""
    district_id = _current.get()
    if district_id is None:
        raise NoScope("no district is in scope")
    return district_id


@contextmanager
def scope(district_id: int) -> Iterator[None]:
    """Everything inside runs in one transaction, for one district.

    The setting is sent alone in its message and lasts until the transaction ends. A scope inside
    another of the same district is a savepoint; one of a different district raises ScopeConflict.
    """
    outer = _current.get()
    district_id = int(district_id)
    if outer is not None and outer != district_id:
        raise ScopeConflict(f"district {outer} is in scope, {district_id} was asked for")
    with transaction.atomic():
        if outer is None:
            _set("app.district_id", str(district_id))
        token = _current.set(district_id)
        try:
            yield
        finally:
            _current.reset(token)


def _set(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {name} = '{value}'")
