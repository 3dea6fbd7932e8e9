"""Taking back what no database can: what was written elsewhere in a transaction that is undone."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from django.db import connection, transaction

Undo = Callable[[], None]
_waiting: ContextVar[list[Undo] | None] = ContextVar("undo", default=None)


def on_rollback(undo: Undo) -> None:
    """Call this after the scope's transaction, if that or the savepoint here was rolled back.

    A process that is killed calls nothing, and neither does a scope in somebody else's transaction:
    both leave something behind for a sweep.
    """
    waiting = _waiting.get()
    if waiting is not None:
        waiting.append(undo)
        transaction.on_commit(partial(waiting.remove, undo), robust=True)


@contextmanager
def undoing() -> Iterator[None]:
    """Stands around a transaction; what did not commit in it is taken back at the end."""
    waiting: list[Undo] = []
    token = _waiting.set(waiting)
    try:
        yield
    finally:
        _waiting.reset(token)
        if not connection.in_atomic_block:
            for undo in waiting:
                undo()
