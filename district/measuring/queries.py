"""Which statements a piece of work sends."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection

CONTROL: Final = ("SAVEPOINT", "RELEASE", "ROLLBACK", "SET LOCAL")


@dataclass
class Statements:
    """All of them with their parameters; `of_the_page` is without transaction control."""

    sent: list[tuple[str, Any]] = field(default_factory=list)

    @property
    def of_the_page(self) -> Sequence[tuple[str, Any]]:
        return [item for item in self.sent if not item[0].lstrip().startswith(CONTROL)]


@contextmanager
def counted() -> Iterator[Statements]:
    statements = Statements()

    def note(execute: Callable[..., Any], sql: str, parameters: Any, *rest: Any) -> Any:
        statements.sent.append((sql, parameters))
        return execute(sql, parameters, *rest)

    with connection.execute_wrapper(note):
        yield statements
