"""Benchmarks and proofs, each on a scratch database of its own: `manage.py bench`, `prove`.

Modules named `measures` and `probes` of every app are imported by the commands and register
themselves here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Figures = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """`kinds` says how many of the tries were of which kind, where there are several."""

    tried: int
    violations: int
    kinds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Proof:
    """`prepare` fills the database, `attack` tries to break it, `disable` switches a control off.

    The attack runs twice, each time on a fresh database: as the product is, and as a mutant
    without the control, which must show violations, else the attack proves nothing.
    `scale` makes it smaller or larger: 1 is what the product is held to.
    """

    name: str
    claim: str
    prepare: Callable[[], Any]
    attack: Callable[[Any, float], Outcome]
    disable: Callable[[], None]


@dataclass(frozen=True)
class Bench:
    name: str
    subject: str
    measure: Callable[[float], Figures]


proofs: dict[str, Proof] = {}
benches: dict[str, Bench] = {}


def register(*measures: Proof | Bench) -> None:
    for measure in measures:
        shelf: dict[str, Any] = proofs if isinstance(measure, Proof) else benches
        if measure.name in shelf:
            raise ValueError(f"{measure.name} is registered twice")
        shelf[measure.name] = measure
