"""What people wanted in a period and could not have: searches without result, and the waitlist."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F
from django.db.models.functions import ExtractIsoWeekDay
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from district.actors import Actor
from spaces.models import Feature, Space, UnmetSearch, WaitlistEntry
from spaces.models.waitlist import WaitStatus
from spaces.use import Period

# From how many people on, and what that is called: smaller than the next.
SIZES: Final = (1, 5, 9, 13, 20, 50)
PARTS: Final = (
    (12, gettext_lazy("in the morning")),
    (18, gettext_lazy("in the afternoon")),
    (24, gettext_lazy("in the evening")),
)
WEEKDAYS, WEEKENDS, ANY_DAY = 0, 1, 2
DAYS: Final = {
    WEEKDAYS: gettext_lazy("on weekdays"),
    WEEKENDS: gettext_lazy("at weekends"),
    ANY_DAY: gettext_lazy("on any day"),
}
SHOWN: Final = 8
WEEKDAYS_SHORT: Final = (
    gettext_lazy("Mon"),
    gettext_lazy("Tue"),
    gettext_lazy("Wed"),
    gettext_lazy("Thu"),
    gettext_lazy("Fri"),
    gettext_lazy("Sat"),
    gettext_lazy("Sun"),
)
IN_VAIN: Final = (WaitStatus.WAITING, WaitStatus.OFFERED, WaitStatus.EXPIRED)


@dataclass(frozen=True)
class Wish:
    """What many looked for alike, as far as it is told apart; and how many did."""

    size: int
    features: tuple[str, ...]
    days: int
    part: int
    count: int

    @property
    def who(self) -> str:
        place = SIZES.index(self.size)
        if place + 1 == len(SIZES):
            return _("%(n)d people or more") % {"n": self.size}
        return _("%(least)d to %(most)d people") % {
            "least": self.size,
            "most": SIZES[place + 1] - 1,
        }

    @property
    def needs(self) -> str:
        names = dict(Feature.choices)
        return _(", ").join(str(names[key]) for key in self.features if key in names)

    @property
    def when(self) -> str:
        return _("%(days)s %(part)s") % {"days": DAYS[self.days], "part": PARTS[self.part][1]}

    @property
    def sentence(self) -> str:
        values = {"n": self.count, "who": self.who, "needs": self.needs, "when": self.when}
        if self.features:
            text = ngettext(
                "%(n)d search for %(who)s with %(needs)s %(when)s found nothing",
                "%(n)d searches for %(who)s with %(needs)s %(when)s found nothing",
                self.count,
            )
        else:
            text = ngettext(
                "%(n)d search for %(who)s %(when)s found nothing",
                "%(n)d searches for %(who)s %(when)s found nothing",
                self.count,
            )
        return text % values


@dataclass(frozen=True)
class Waited:
    """Who waited for a space and did not get it."""

    space: Space
    count: int
    people: int


@dataclass(frozen=True)
class Demand:
    """Wishes by what they have in common, and by weekday and hour; `sizes` of every search."""

    wishes: Sequence[Wish]
    waited: Sequence[Waited]
    sizes: Counter[tuple[UUID | None, int]]
    hours: Counter[tuple[int, int]]
    searches: int

    @property
    def total(self) -> int:
        return self.searches + sum(row.count for row in self.waited)

    @property
    def busiest(self) -> list[tuple[str, int]]:
        """The weekdays and hours that most searches without result were for."""
        most = sorted(self.hours.items(), key=lambda item: (-item[1], item[0]))
        return [(f"{WEEKDAYS_SHORT[day - 1]} {hour}:00", n) for (day, hour), n in most[:3]]

    def of_size(self, space: Space) -> int:
        """In vain for what would about fill it, in its building or anywhere, or on its waitlist."""
        searched = sum(
            count
            for (building_id, people), count in self.sizes.items()
            if space.capacity / 2 < people <= space.capacity
            and building_id in (None, space.building_id)
        )
        return searched + sum(row.count for row in self.waited if row.space.pk == space.pk)


def demand_for(actor: Actor, spaces: Sequence[Space], period: Period) -> Demand:
    """Of searches all that the actor may see; of the waitlist those of the spaces. Two statements.

    Wishes are few beside bookings and alike: they are counted in groups before they are read.
    """
    wishes: Counter[tuple[int, tuple[str, ...], int, int]] = Counter()
    sizes: Counter[tuple[UUID | None, int]] = Counter()
    hours: Counter[tuple[int, int]] = Counter()
    buildings = {None, *(space.building_id for space in spaces)}
    for row in _searches(actor, period):
        if row["building_id"] not in buildings:
            continue
        days, count = _days(row), row["n"]
        key = (_size(row["people"]), tuple(sorted(row["features"])), days, _part(row["hour"]))
        wishes[key] += count
        sizes[row["building_id"], row["people"]] += count
        if row["span"] == 0:
            hours[row["weekday"], row["hour"]] += count
    ranked = sorted(wishes.items(), key=lambda item: (-item[1], item[0]))
    return Demand(
        [Wish(*key, count) for key, count in ranked[:SHOWN]],
        _waited(actor, spaces, period),
        sizes,
        hours,
        wishes.total(),
    )


def _searches(actor: Actor, period: Period) -> Iterator[dict[str, Any]]:
    rows = (
        UnmetSearch.objects.visible_to(actor)
        .filter(asked_on__gte=period.first, asked_on__lte=period.last)
        .order_by()
        .annotate(
            hour=F("from_minute") / 60,
            weekday=ExtractIsoWeekDay("first_day"),
        )
        .values("building_id", "people", "features", "hour", "weekday", "first_day", "last_day")
        .annotate(n=Count("pk"))
    )
    for row in rows:
        yield {**row, "span": (row["last_day"] - row["first_day"]).days}


def _waited(actor: Actor, spaces: Sequence[Space], period: Period) -> list[Waited]:
    by_id = {space.pk: space for space in spaces}
    rows = (
        WaitlistEntry.objects.visible_to(actor)
        .filter(
            status__in=IN_VAIN,
            starts_at__gte=period.begins,
            starts_at__lt=period.ends,
            space_id__in=by_id,
        )
        .order_by()
        .values("space_id")
        .annotate(n=Count("pk"), people=Count("person_id", distinct=True))
        .order_by("-n", "space_id")
    )
    return [Waited(by_id[row["space_id"]], row["n"], row["people"]) for row in rows]


def _size(people: int) -> int:
    return max(size for size in SIZES if size <= max(people, 1))


def _part(hour: int) -> int:
    return next((place for place, (end, _name) in enumerate(PARTS) if hour < end), len(PARTS) - 1)


def _days(row: dict[str, Any]) -> int:
    """Weekdays where no day of the search is at a weekend, and the other way round."""
    first = row["weekday"]
    last = first + row["span"]
    if last <= 5:
        return WEEKDAYS
    return WEEKENDS if first >= 6 and last <= 7 else ANY_DAY
