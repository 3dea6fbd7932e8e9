"""Spans of time, the holds that overlap one, and what is said to whom they stand in the way of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any, Final
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import ngettext_lazy

from district.rules import RuleViolation
from spaces.models import Hold

HELD: Final = "occupancy_held"


@dataclass(frozen=True)
class Span:
    """A half-open time [starts_at, ends_at), both aware."""

    starts_at: datetime
    ends_at: datetime

    def range(self) -> DateTimeTZRange:
        return DateTimeTZRange(self.starts_at, self.ends_at, "[)")

    def overlaps(self, other: "Span") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def overlapping(leaf_ids: Iterable[UUID], span: Span) -> Any:
    """The holds on any of the leaves that overlap a span, in force or not."""
    return Hold.objects.filter(
        space_id__in=list(leaf_ids), ends_at__gt=span.starts_at, starts_at__lt=span.ends_at
    )


def held(holds: Sequence[Hold]) -> RuleViolation:
    """Somebody is faster; when it is free again at the latest."""
    until = max(hold.expires_at for hold in holds)
    minutes = max(ceil((until - timezone.now()).total_seconds() / 60), 1)
    if any(hold.person_id and hold.entry_id is None for hold in holds):
        words = ngettext_lazy(
            "Somebody is booking this slot right now, free again in %(n)d minute at the latest.",
            "Somebody is booking this slot right now, free again in %(n)d minutes at the latest.",
            minutes,
        )
    else:
        words = ngettext_lazy(
            "This slot is kept for somebody on the waitlist, %(n)d minute more at the most.",
            "This slot is kept for somebody on the waitlist, %(n)d minutes more at the most.",
            minutes,
        )
    return RuleViolation(HELD, words % {"n": minutes}, details={"held_until": until})
