"""What the address of a plan says, made safe; and the addresses that say something else."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from district.lists import Chip
from district.rules import Text
from spaces import permissions
from spaces.forms.booking import ASKED
from spaces.models import Booking, BookingStatus, Building, Space
from spaces.timescale import DAY, Period

AT_FIRST: Final = 3
SIZES: Final = (4, 10, 20, 50)
STATES: Final = (
    ("free", _("Free now")),
    ("ok", BookingStatus.CONFIRMED.label),
    ("wait", BookingStatus.REQUESTED.label),
    ("use", BookingStatus.CHECKED_IN.label),
    ("fix", _("Out of use")),
)
KEPT: Final = ("building", "space", "people", "feature", "state", "closed", "day")


@dataclass(frozen=True)
class Asked:
    """`day` is the chosen one, whatever is shown around it; `closed` are folded groups."""

    day: date
    building_ids: Sequence[UUID]
    people: int
    features: Sequence[str]
    state: str
    closed: Sequence[str]

    def spaces(self, by: Actor) -> QuerySet[Space, Space]:
        """Spaces the viewer may book there that have what is asked for, and the seats of areas."""
        rows = permissions.bookable_by(by).filter(
            Q(capacity__gte=self.people) | Q(parent__isnull=False, capacity=1),
            building_id__in=self.building_ids,
        )
        return rows.filter(features__contains=self.features) if self.features else rows


def asked_of(params: QueryDict, buildings: Sequence[Building]) -> Asked:
    day = day_of(params.get("day"))
    wanted = set(params.getlist("building"))
    chosen = [row.pk for row in buildings if str(row.pk) in wanted]
    people = params.get("people", "")
    return Asked(
        day=day,
        building_ids=chosen or _busiest(buildings, day),
        people=int(people) if people.isdecimal() and len(people) < 5 else 0,
        features=[item.value for item in ASKED if item.value in params.getlist("feature")],
        state=params.get("state", ""),
        closed=params.getlist("closed"),
    )


def buildings_for(by: Actor) -> list[Building]:
    """Buildings with something the viewer may book."""
    spaces = permissions.bookable_by(by)
    return list(
        Building.objects.filter(ended_at=None, pk__in=spaces.values("building_id")).order_by("code")
    )


def day_of(text: str | None) -> date:
    """The day that was asked for, today for what is none; far enough from the ends of time."""
    today = timezone.localdate()
    try:
        day = (parse_date(text) if text else None) or today
    except ValueError:
        return today
    return day if 1970 <= day.year <= 2200 else today


def _busiest(buildings: Sequence[Building], day: date) -> list[UUID]:
    """Where most happens that day; the first building where nothing does anywhere."""
    period = Period(day, 1, timezone.get_current_timezone())
    counts = dict(
        Booking.objects.exclude(status__in=[BookingStatus.CANCELLED, BookingStatus.DECLINED])
        .during(period.begins, period.ends)
        .filter(space__building__in=buildings)
        .order_by()
        .values_list("space__building_id")
        .annotate(Count("id"))
    )
    busy = sorted((row for row in buildings if counts.get(row.pk)), key=lambda row: -counts[row.pk])
    return [row.pk for row in busy[:AT_FIRST] or buildings[:1]]


def kept(params: QueryDict) -> Iterator[tuple[str, str]]:
    for key in KEPT:
        for value in params.getlist(key):
            if value:
                yield key, value


def link(params: QueryDict, **changes: Any) -> str:
    """This page with some parameters changed; a list stands for several values."""
    copy = QueryDict(mutable=True)
    for key, value in kept(params):
        if key not in changes:
            copy.appendlist(key, value)
    for key, value in changes.items():
        copy.setlist(key, [str(item) for item in (value if isinstance(value, list) else [value])])
    return f"?{copy.urlencode()}"


def steps(params: QueryDict, day: date, step: timedelta) -> dict[str, str]:
    return {
        "before": link(params, day=day - step),
        "after": link(params, day=day + step),
        "today": link(params, day=[]),
    }


def views(params: QueryDict, shown: str) -> Sequence[Chip]:
    """The same by day, week and month."""
    names = {"day": _("By day"), "week": _("By week"), "month": _("By month")}
    return [
        Chip(label, f"{reverse(f'booking_{name}')}{link(params)}", name == shown)
        for name, label in names.items()
    ]


def chips(
    params: QueryDict, buildings: Sequence[Building], asked: Asked
) -> Mapping[str, Sequence[Chip]]:
    shown = [str(pk) for pk in asked.building_ids]
    names = [(str(row.pk), row.name) for row in buildings]
    features = [(item.value, item.label) for item in ASKED]
    sizes = [(str(size), str(size)) for size in SIZES]
    return {
        "building_chips": _several(params, "building", names, shown),
        "people_chips": _one(params, "people", sizes, str(asked.people or "")),
        "feature_chips": _several(params, "feature", features, asked.features),
        "state_chips": _one(params, "state", STATES, asked.state),
    }


def _several(
    params: QueryDict, key: str, choices: Iterable[tuple[str, Text]], chosen: Sequence[str]
) -> Sequence[Chip]:
    """Each chip adds its value to those chosen, or takes it away."""
    return [
        Chip(label, link(params, **{key: toggled(chosen, value)}), value in chosen)
        for value, label in choices
    ]


def toggled(chosen: Sequence[str], value: str) -> list[str]:
    if value in chosen:
        return [item for item in chosen if item != value]
    return [*chosen, value]


def _one(
    params: QueryDict, key: str, choices: Iterable[tuple[str, Text]], chosen: str
) -> Sequence[Chip]:
    """Each chip takes the place of the one chosen, or takes itself away."""
    return [
        Chip(label, link(params, **{key: [] if value == chosen else value}), value == chosen)
        for value, label in choices
    ]


def monday_of(day: date) -> date:
    return day - day.weekday() * DAY
