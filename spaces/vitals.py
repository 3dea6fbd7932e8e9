"""The strip of figures above the workbench: how the spaces do today, and how they did lately."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.actors import Actor
from district.middleware import DistrictRequest
from district.models import Membership
from district.once import once
from district.rules import Text
from district.templatetags.look import ago
from spaces import permissions
from spaces.models import Booking, BookingRules, BookingStatus, Occupancy, Space
from spaces.rules import is_open_now, opening_on

DAYS: Final = 14
HELD: Final = (BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN, BookingStatus.COMPLETED)


@dataclass(frozen=True)
class Vital:
    """One figure; `trend` are its values of the last two weeks, the oldest first."""

    label: Text
    value: int | str
    note: Text = ""
    unit: Text = ""
    url: str = ""
    trend: Sequence[float] = ()


@dataclass(frozen=True)
class Counts:
    all: int
    free: int


Leaves = Mapping[BookingRules, Counts]


@dataclass(frozen=True)
class Day:
    bookings: int = 0
    minutes: int = 0


def vitals(request: DistrictRequest) -> Mapping[str, Any] | None:
    """For staff, of the spaces in their reach: four queries, whatever their number."""
    if not permissions.is_staff(request.actor):
        return None
    today = timezone.localdate()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    held, leaves = _held(request.actor, days[0]), _leaves_by_rules(request.actor)
    return {
        "vitals": [
            _bookings(held, days),
            _use(held, leaves, days),
            _waiting(request),
            _free(leaves),
        ]
    }


def _bookings(held: Mapping[date, Day], days: Sequence[date]) -> Vital:
    trend = [held.get(day, Day()).bookings for day in days]
    week = sum(trend[-7:])
    note = ngettext("%(n)d in the last 7 days", "%(n)d in the last 7 days", week) % {"n": week}
    return Vital(_("Bookings today"), trend[-1], note, url=reverse("booking_day"), trend=trend)


def _use(held: Mapping[date, Day], leaves: Leaves, days: Sequence[date]) -> Vital:
    shares = [_share(held.get(day, Day()).minutes, _open_minutes(leaves, day)) for day in days]
    average = round(sum(shares) / len(shares))
    return Vital(
        _("Use of opening hours"),
        shares[-1],
        _("%(share)d%% over two weeks") % {"share": average},
        unit="%",
        trend=shares,
    )


def _share(minutes: int, open_minutes: int) -> int:
    return round(100 * minutes / open_minutes) if open_minutes else 0


def _open_minutes(leaves: Leaves, day: date) -> int:
    """How long all leaves together were open, by the rules of today."""
    return sum(
        counts.all * sum(end - start for start, end in opening_on(rules, day))
        for rules, counts in leaves.items()
    )


def _waiting(request: DistrictRequest) -> Vital:
    found = once(request, waiting)
    note = _("The oldest came %(ago)s") % {"ago": ago(found["oldest"])} if found["count"] else ""
    return Vital(
        _("Waiting for approval"),
        found["count"],
        note or _("Nothing waits for you"),
        url=reverse("booking_inbox"),
    )


def waiting(request: DistrictRequest) -> Mapping[str, Any]:
    """How many requests wait for a decision, and since when the oldest does."""
    return (
        Booking.objects.visible_to(request.actor)
        .waiting()
        .aggregate(count=Count("pk"), oldest=Min("created_at"))
    )


def _free(leaves: Leaves) -> Vital:
    now = timezone.now()
    zone = timezone.get_current_timezone()
    free = sum(counts.free for rules, counts in leaves.items() if is_open_now(rules, now, zone))
    note = _("of %(n)d that can be booked") % {"n": sum(item.all for item in leaves.values())}
    return Vital(_("Free right now"), free, note, url=reverse("district_map"))


def _leaves_by_rules(actor: Actor) -> dict[BookingRules, Counts]:
    """How many bookable leaves each of the rules applies to, and how many nobody has now."""
    now = timezone.now()
    running = (
        Occupancy.objects.filter(space_id=OuterRef("pk"), ends_at__gt=now)
        .order_by("ends_at")
        .values("starts_at")[:1]
    )
    rows = Space.objects.bookable().filter(is_leaf=True)
    if isinstance(actor, Membership) and actor.community_id is not None:
        rows = rows.filter(building__community_id=actor.community_id)
    unclaimed = Q(claimed_at=None) | Q(claimed_at__gt=now)
    counted = (
        rows.annotate(claimed_at=Subquery(running))
        .order_by()
        .values("rules_id")
        .annotate(every=Count("pk"), free=Count("pk", filter=unclaimed))
        .values_list("rules_id", "every", "free")
    )
    counts = {rules_id: Counts(every, free) for rules_id, every, free in counted}
    return {rules: counts[rules.pk] for rules in BookingRules.objects.filter(pk__in=counts)}


def _held(actor: Actor, since: date) -> dict[date, Day]:
    """Bookings and their minutes by the local day they begin."""
    start = datetime.combine(since, time(), tzinfo=timezone.get_current_timezone())
    rows = (
        Booking.objects.visible_to(actor)
        .filter(status__in=HELD, starts_at__gte=start, starts_at__lt=start + timedelta(days=DAYS))
        .order_by()
        .values(day=TruncDate("starts_at"))
        .annotate(count=Count("pk"), length=Sum(F("ends_at") - F("starts_at")))
    )
    return {row["day"]: Day(row["count"], int(row["length"].total_seconds() // 60)) for row in rows}
