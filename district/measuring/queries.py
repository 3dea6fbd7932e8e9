"""Counting statements, without those that only control transactions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

CONTROL: Final = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET LOCAL", "BEGIN", "COMMIT")


@dataclass
class Statements:
    sql: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return sum(not text.lstrip().startswith(CONTROL) for text in self.sql)


@contextmanager
def counted() -> Iterator[Statements]:
    statements = Statements()

    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        statements.sql.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        yield statements
