"""Which district the running code works for; outside a scope no district's rows are reachable."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar

from django.db import connection, transaction

from district.tenancy.undo import undoing

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

    The setting is sent alone in its message and lasts until the transaction ends; inside somebody
    else's transaction it is taken back on leaving, since releasing a savepoint would keep it.
    A scope inside another of the same district is a savepoint; one of a different district raises
    ScopeConflict.
    """
    outer = _current.get()
    district_id = int(district_id)
    if outer is not None and outer != district_id:
        raise ScopeConflict(f"district {outer} is in scope, {district_id} was asked for")
    with undoing() if outer is None else nullcontext(), transaction.atomic():
        if outer is None:
            _set("app.district_id", str(district_id))
        token = _current.set(district_id)
        try:
            yield
        finally:
            _current.reset(token)
    if outer is None:
        _take_back("app.district_id")


def for_each_district(work: Callable[[int], None]) -> None:
    """Do the work once for each district, in its scope: how data migrations reach every row.

    One transaction for each, unless the caller has opened one.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM district_district ORDER BY id")
        ids = [district_id for (district_id,) in cursor.fetchall()]
    for district_id in ids:
        with scope(district_id):
            work(district_id)


@contextmanager
def published_scope() -> Iterator[None]:
    """Inside, the published rows of all districts can be read through `Model.published`.

    These are the only reads across districts. Nothing can be written: the database refuses, also
    inside a district's scope, whose own rows stay readable.
    """
    with transaction.atomic():
        _read_only()
        _set("app.reading", "published")
        token = _reading_published.set(True)
        try:
            yield
        finally:
            _reading_published.reset(token)
    _take_back("app.reading")


def is_reading_published() -> bool:
    return _reading_published.get()


def _set(name: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {name} = '{value}'")


def _take_back(name: str) -> None:
    """A rollback has undone the setting already; only a transaction that goes on still has it."""
    if connection.in_atomic_block and not connection.needs_rollback:
        _set(name, "")


def _read_only() -> None:
    """Until the savepoint or the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")
