"""What every importer offers: rows are planned, then written, batch by batch.

    plan(rows)   compares with what is there, by external id, and writes nothing
    write(plan)  writes it, in the same transaction

A check only plans. One `Import` serves all batches of a file and remembers what earlier batches
brought. Rows that repeat an id, or hold text that was decoded wrongly, never reach it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from district.actors import Actor
from district.imports.rows import Row
from district.rules import Text


@dataclass(frozen=True)
class Wrong:
    """A row that cannot be used, and why."""

    row: Row
    reasons: Sequence[Text]


@dataclass
class Plan:
    """What a batch would do. `notes` are further counts, `named` further things, one by one."""

    created: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)
    unchanged_count: int = 0
    wrong: list[Wrong] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)
    named: dict[str, list[str]] = field(default_factory=dict)


class Import(Protocol):
    def problems(self, row: Row) -> Sequence[Text]:
        """What is wrong with a row by itself; asked of rows that are not planned."""

    def plan(self, rows: Sequence[Row]) -> Any:
        """A Plan, or what an importer makes of it."""

    def write(self, plan: Any, *, by: Actor) -> None:
        """Make it so. What turns out to be impossible moves to `plan.wrong`."""
