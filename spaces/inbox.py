"""Requests that wait for a decision, with what speaks for and against each."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from district.actors import Actor
from district.models import Membership
from district.rules import Text
from district.templatetags.look import until
from spaces.actions.decisions import UNDO
from spaces.models import (
    Approval,
    Blocking,
    Booking,
    BookingStatus,
    Occupancy,
    QuotaUse,
    SpaceLeaf,
)
from spaces.rules import is_open

REASONS: Final[Sequence[Text]] = (
    gettext_lazy("The space is needed for a public event at that time."),
    gettext_lazy("The space is under repair at that time."),
    gettext_lazy("Too many people for this space. Please choose a larger one."),
    gettext_lazy("Please tell us more about the purpose, then ask again."),
)


@dataclass(frozen=True)
class Fact:
    """One thing that was checked: fine (go), to be weighed (wait) or in the way (stop)."""

    tone: str
    icon: str
    text: str


@dataclass(frozen=True)
class Asking:
    """A request with its facts; without `is_possible` approving would be refused."""

    booking: Booking
    facts: Sequence[Fact]
    why: str

    @property
    def is_possible(self) -> bool:
        return all(fact.tone != "stop" for fact in self.facts)


@dataclass(frozen=True)
class _Around:
    """What else is known of the times and companies of some requests, read at once."""

    leaves: Mapping[UUID, set[UUID]]
    claims: Mapping[UUID, Sequence[Occupancy]]
    names: Mapping[UUID, str]
    rivals: Sequence[Booking]
    quotas: Mapping[tuple[UUID, date], int]


def asking(bookings: Sequence[Booking], zone: ZoneInfo) -> list[Asking]:
    """Requests with `rules`, `space` and `organization` read; six statements for any number."""
    if not bookings:
        return []
    around = _read(bookings)
    return [
        Asking(booking, _facts(booking, around, zone), why_asked(booking, zone))
        for booking in bookings
    ]


def just_decided(by: Actor) -> list[Booking]:
    """What this person decided moments ago, and may still take back."""
    if not isinstance(by, Membership):
        return []
    rows = Booking.objects.filter(
        decided_by=by,
        decided_at__gt=timezone.now() - UNDO,
        starts_at__gt=timezone.now(),
        status__in=[BookingStatus.CONFIRMED, BookingStatus.DECLINED],
    )
    return list(
        rows.select_related("space__building", "space__floor", "organization").order_by(
            "-decided_at"
        )[:5]
    )


def why_asked(booking: Booking, zone: ZoneInfo) -> str:
    rules = booking.rules
    above = rules.approval_above_people
    if rules.approval == Approval.ALWAYS:
        return _("Every booking here needs approval")
    if above is not None and booking.attendee_count > above:
        return ngettext(
            "For more than %(n)d person it needs approval",
            "For more than %(n)d people it needs approval",
            above,
        ) % {"n": above}
    if not is_open(rules, booking.starts_at, booking.ends_at, zone):
        return _("Outside opening hours")
    return ""


def _read(bookings: Sequence[Booking]) -> _Around:
    leaves: dict[UUID, set[UUID]] = defaultdict(set)
    for space_id, leaf_id in SpaceLeaf.objects.filter(
        space_id__in={row.space_id for row in bookings}
    ).values_list("space_id", "leaf_id"):
        leaves[space_id].add(leaf_id)
    every = set().union(*leaves.values()) if leaves else set()
    first = min(row.claimed.lower for row in bookings)
    last = max(row.claimed.upper for row in bookings)
    claims: dict[UUID, list[Occupancy]] = defaultdict(list)
    for claim in Occupancy.objects.filter(
        space_id__in=every, ends_at__gt=first, starts_at__lt=last
    ):
        claims[claim.space_id].append(claim)
    sources = {claim.source_id for rows in claims.values() for claim in rows}
    rivals = list(
        Booking.objects.filter(
            status=BookingStatus.REQUESTED,
            ends_at__gt=first,
            starts_at__lt=last,
            space__leaves__leaf_id__in=every,
        )
        .select_related("organization", "rules")
        .distinct()
    )
    return _Around(leaves, claims, _names(sources), rivals, _quotas(bookings))


def _names(sources: set[UUID]) -> dict[UUID, str]:
    named = {
        row.pk: row.title or row.number
        for row in Booking.objects.filter(pk__in=sources).only("title", "number")
    }
    return named | {row.pk: row.reason for row in Blocking.objects.filter(pk__in=sources)}


def _quotas(bookings: Sequence[Booking]) -> dict[tuple[UUID, date], int]:
    ids = {row.organization_id for row in bookings if row.organization_id}
    rows = QuotaUse.objects.filter(organization_id__in=ids)
    return {(row.organization_id, row.month): row.minutes for row in rows}


def _facts(booking: Booking, around: _Around, zone: ZoneInfo) -> list[Fact]:
    found = [_slot(booking, around), *_rival(booking, around), _capacity(booking)]
    found += _quota(booking, around)
    if not is_open(booking.rules, booking.starts_at, booking.ends_at, zone):
        found.append(Fact("wait", "clock-exclamation", _("Outside opening hours")))
    return found


def _slot(booking: Booking, around: _Around) -> Fact:
    if booking.starts_at <= timezone.now():
        return Fact("stop", "alert-triangle", _("The time has come already"))
    claimed = booking.claimed
    for leaf in around.leaves.get(booking.space_id, ()):
        for claim in around.claims.get(leaf, ()):
            clash = claim.starts_at < claimed.upper and claimed.lower < claim.ends_at
            if clash and claim.source_id != booking.pk:
                what = around.names.get(claim.source_id) or claim.get_kind_display()
                words = _("Taken by %(what)s, %(when)s") % {
                    "what": what,
                    "when": until(claim.starts_at, claim.ends_at),
                }
                return Fact("stop", "alert-triangle", words)
    kept = booking.rules.holds_when_requested
    return Fact("go", "circle-check", _("The slot is kept") if kept else _("The slot is free"))


def _rival(booking: Booking, around: _Around) -> list[Fact]:
    """Others who ask for the same place at the same time: whoever is approved first has it."""
    mine, own = booking.claimed, around.leaves.get(booking.space_id, set())
    names = [
        rival.organization.name if rival.organization else rival.number
        for rival in around.rivals
        if rival.pk != booking.pk
        and rival.claimed.lower < mine.upper
        and mine.lower < rival.claimed.upper
        and (rival.space_id == booking.space_id or around.leaves.get(rival.space_id, set()) & own)
    ]
    if not names:
        return []
    words = _("%(names)s asks for it too: only one can have it") % {"names": ", ".join(names)}
    return [Fact("wait", "info-circle", words)]


def _capacity(booking: Booking) -> Fact:
    room = booking.space.capacity
    if room and booking.attendee_count > room:
        return Fact("stop", "users-minus", _("Room for %(n)d only") % {"n": room})
    return Fact(
        "go",
        "users",
        _("%(people)d of %(room)d places")
        % {
            "people": booking.attendee_count,
            "room": room or booking.attendee_count,
        },
    )


def _quota(booking: Booking, around: _Around) -> list[Fact]:
    quota = booking.rules.quota_minutes_per_month
    if quota is None or booking.organization_id is None:
        return []
    month = timezone.localtime(booking.starts_at).date().replace(day=1)
    used = around.quotas.get((booking.organization_id, month), 0)
    words = _("%(used)d of %(quota)d hours of its quota used") % {
        "used": -(-used // 60),
        "quota": quota // 60,
    }
    return [Fact("wait" if used >= quota else "go", "gauge", words)]
