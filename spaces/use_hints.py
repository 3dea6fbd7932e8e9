"""What the figures of a space suggest: each rule says when it holds, by thresholds in one table."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.rules import Text
from district.templatetags.look import figure, hours, percent
from spaces.models import Space
from spaces.use import Period, Use
from spaces.use_bookings import Conduct


@dataclass(frozen=True)
class Thresholds:
    """When a hint is given. Shares are from 0 to 1."""

    least_bookings: int = 5  # fewer say nothing about who comes
    least_capacity: int = 6  # below, a room cannot be too large
    few_people: float = 1 / 3  # of the capacity, on average
    hardly_used: float = 0.1
    full_at_peak: float = 0.8
    unmet: int = 3
    no_shows: float = 0.2
    released: float = 0.25


THRESHOLDS: Final = Thresholds()


@dataclass(frozen=True)
class Row:
    """A space with its figures of a period; `unmet` are wishes for its size that were not met."""

    space: Space
    use: Use
    conduct: Conduct
    unmet: int = 0


@dataclass(frozen=True)
class Hint:
    """What to think about for a space, why, and where the rows behind it are."""

    key: str
    space: Space
    title: Text
    why: str
    url: str


@dataclass(frozen=True)
class Rule:
    key: str
    title: Text
    holds: Callable[[Row], bool]
    why: Callable[[Row], str]


def _seems_full(row: Row) -> bool:
    share = row.use.peak_share
    return share is not None and share > THRESHOLDS.full_at_peak and row.unmet >= THRESHOLDS.unmet


def _seems_idle(row: Row) -> bool:
    return row.use.share is not None and row.use.share < THRESHOLDS.hardly_used


def _seems_large(row: Row) -> bool:
    people = row.conduct.average_people
    return (
        row.conduct.whole >= THRESHOLDS.least_bookings
        and row.space.capacity >= THRESHOLDS.least_capacity
        and people is not None
        and people <= row.space.capacity * THRESHOLDS.few_people
    )


def _seems_unreliable(row: Row) -> bool:
    share = row.conduct.missed_share
    enough = row.conduct.held + row.conduct.missed >= THRESHOLDS.least_bookings
    return enough and share is not None and share >= THRESHOLDS.no_shows


def _seems_overlong(row: Row) -> bool:
    share = row.conduct.released_share
    enough = row.conduct.held >= THRESHOLDS.least_bookings
    return enough and share is not None and share >= THRESHOLDS.released


RULES: Final[Sequence[Rule]] = (
    Rule(
        "full",
        gettext_lazy("Full at peak times: divide it, shorten bookings, or price the peak"),
        _seems_full,
        lambda row: (
            _("%(share)s used on weekdays from 10 to 16, and %(n)d wishes of its size not met")
            % {"share": percent(row.use.peak_share), "n": row.unmet}
        ),
    ),
    Rule(
        "large",
        gettext_lazy("Larger than needed: divide it, or offer smaller rooms first"),
        _seems_large,
        lambda row: (
            _("For %(capacity)d people, used by %(people)s on average in %(n)d bookings")
            % {
                "capacity": row.space.capacity,
                "people": figure(round(row.conduct.average_people or 0, 1)),
                "n": row.conduct.whole,
            }
        ),
    ),
    Rule(
        "idle",
        gettext_lazy("Hardly used: open it to more people, or use it for something else"),
        _seems_idle,
        lambda row: (
            _("%(share)s of its opening hours: %(used)s of %(open)s")
            % {
                "share": percent(row.use.share),
                "used": hours(round(row.use.used)),
                "open": hours(round(row.use.open)),
            }
        ),
    ),
    Rule(
        "missed",
        gettext_lazy("Many do not come: ask for check-in, or release it sooner"),
        _seems_unreliable,
        lambda row: (
            _("%(share)s no-shows: %(n)d of %(all)d bookings")
            % {
                "share": percent(row.conduct.missed_share),
                "n": row.conduct.missed,
                "all": row.conduct.held + row.conduct.missed,
            }
        ),
    ),
    Rule(
        "released",
        gettext_lazy("Booked for longer than needed: shorten the longest booking"),
        _seems_overlong,
        lambda row: (
            _("%(share)s of the booked time was given back early")
            % {"share": percent(row.conduct.released_share)}
        ),
    ),
)


def hints(rows: Iterable[Row], period: Period) -> list[Hint]:
    """By the order of the rules; of each kind the space that was open longest first."""
    listed = sorted(rows, key=lambda row: (-row.use.open, row.space.code))
    return [
        Hint(rule.key, row.space, rule.title, rule.why(row), rows_of(row.space, period))
        for rule in RULES
        for row in listed
        if rule.holds(row)
    ]


@dataclass(frozen=True)
class Group:
    """What one rule found."""

    title: Text
    hints: Sequence[Hint]


def grouped(found: Sequence[Hint]) -> list[Group]:
    return [
        Group(title, list(of_rule))
        for title, of_rule in groupby(found, key=lambda hint: hint.title)
    ]


def rows_of(space: Space, period: Period, status: str = "") -> str:
    """The list of the bookings behind a figure of a space."""
    query = {
        "show": "all",
        "q": space.code,
        "since": period.first.isoformat(),
        "until": period.last.isoformat(),
    }
    if status:
        query["status"] = status
    return f"{reverse('booking_list')}?{urlencode(query)}"
