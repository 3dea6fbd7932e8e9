"""Proof that the waitlist is fair: nobody is promoted twice, nobody skipped, nothing snatched.

Clients book, join, cancel, take, leave and heal at random. Afterwards what was free at each moment
is worked out anew from the activity ledger alone, and every offer and booking is held against it.
"""

import random
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.db import DatabaseError, IntegrityError
from django.utils import timezone

from district.measuring import Outcome, Proof
from district.measuring.processes import in_processes
from district.models import Activity, Membership, OrganizationKind, Role
from district.rules import RuleViolation
from district.tenancy.errors import violation_from
from district.tenancy.scope import scope
from spaces.actions import healing, wanted
from spaces.actions.booking import Wish, book_space
from spaces.actions.decisions import cancel_booking
from spaces.actions.healing import heal
from spaces.actions.waitlist import join_waitlist, leave_waitlist, take_offer
from spaces.measures.stage import Stage, member, overlaps, stage
from spaces.models import Booking, BookingStatus, SpaceLeaf, WaitlistEntry, WaitStatus

CLIENTS: Final = 16
CANCELLATIONS: Final = 2_000
PEOPLE: Final = 40
FIRST_HOUR: Final = 8
HOURS: Final = 12
DAYS: Final = 2
OVER: Final = ("waitlist.taken", "waitlist.left", "waitlist.expired")
NEVER: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Crowd:
    scene: Stage
    people: Sequence[Membership]


def crowd() -> Crowd:
    scene = stage()
    with scope(scene.district.pk):
        people = [
            member(f"Waiting {number}", OrganizationKind.COMPANY, Role.COMPANY_ADMIN)
            for number in range(PEOPLE)
        ]
    return Crowd(scene, people)


def attack_waitlist(crowd: Crowd, scale: float) -> Outcome:
    """Each attempt fills, joins and cancels; now and then an offer is taken, left or runs out.

    Violations: offers made twice, offers to somebody while one who joined earlier fitted, bookings
    of what a waiting one fitted, two with one slot, waiting ones who fit in the end, and errors
    nobody declared.
    """
    attempts = int(CANCELLATIONS * scale)
    run = in_processes(CLIENTS, partial(_act, crowd), range(attempts))
    district = crowd.scene.district
    while heal(district):
        pass
    with scope(district.pk):
        history = History.read()
        violations = sum(run.results) + overlaps() + sum(history.violations())
    return Outcome(attempts, violations)


def _act(crowd: Crowd, number: int) -> int:
    chance = random.Random(number)  # noqa: S311 - repeatable
    steps = [_book, _book, _join, _join, _join, _cancel]
    steps += [_decide] if chance.random() < 0.6 else []
    wrong = 0
    for step in steps:
        try:
            with scope(crowd.scene.district.pk):
                step(crowd, chance)
        except RuleViolation:
            continue
        except IntegrityError as error:
            wrong += violation_from(error) is None
        except DatabaseError:
            wrong += 1
    if chance.random() < 0.7:
        heal(crowd.scene.district)
    return wrong


def _wish(crowd: Crowd, chance: random.Random) -> Wish:
    day = crowd.scene.days[0].astimezone(UTC) + timedelta(days=chance.randrange(DAYS))
    starts_at = day + timedelta(hours=FIRST_HOUR + chance.randrange(HOURS))
    return Wish(starts_at, starts_at + timedelta(hours=chance.randint(1, 3)))


def _book(crowd: Crowd, chance: random.Random) -> None:
    space = chance.choice(crowd.scene.spaces)
    book_space(space, _wish(crowd, chance), by=chance.choice(crowd.scene.members))


def _join(crowd: Crowd, chance: random.Random) -> None:
    space = chance.choice(crowd.scene.spaces)
    join_waitlist(space, _wish(crowd, chance), by=chance.choice(crowd.people))


def _cancel(crowd: Crowd, chance: random.Random) -> None:
    rows = Booking.objects.filter(status=BookingStatus.CONFIRMED).select_related("rules")
    found = list(rows.order_by("id").values_list("pk", flat=True))
    if found:
        booking = Booking.objects.get(pk=chance.choice(found))
        cancel_booking(booking, by=crowd.scene.staff)


def _decide(crowd: Crowd, chance: random.Random) -> None:
    """Take an offer, leave it, or let it run out."""
    rows = WaitlistEntry.objects.filter(status=WaitStatus.OFFERED).order_by("id")
    found = list(rows.values_list("pk", "person_id"))
    if not found:
        return
    pk, person_id = chance.choice(found)
    entry = WaitlistEntry.objects.get(pk=pk)
    [who] = [person for person in crowd.people if person.person_id == person_id]
    match chance.choice(["take", "take", "leave", "run out"]):
        case "take":
            take_offer(entry, by=who)
        case "leave":
            leave_waitlist(entry, by=who)
        case _:
            WaitlistEntry.objects.filter(pk=pk, status=WaitStatus.OFFERED).update(
                offered_until=timezone.now()
            )


@dataclass(frozen=True)
class Use:
    """A leaf that was somebody's from a time to a time, as was true between two moments."""

    owner: UUID
    starts_at: datetime
    ends_at: datetime
    since: datetime
    until: datetime


@dataclass(frozen=True)
class Waiter:
    """An entry: what it wanted, and from when until when it waited."""

    id: UUID
    leaves: Collection[UUID]
    starts_at: datetime
    ends_at: datetime
    joined_at: datetime
    since: datetime
    until: datetime

    def contends(self, leaves: Collection[UUID], starts_at: datetime, ends_at: datetime) -> bool:
        meets = self.starts_at < ends_at and starts_at < self.ends_at
        return meets and not set(self.leaves).isdisjoint(leaves)


@dataclass
class History:
    """Who had what when, by the ledger."""

    uses: Mapping[UUID, list[Use]]
    waiters: Sequence[Waiter]
    offers: Sequence[tuple[Waiter, datetime]]
    bookings: Sequence[tuple[Booking, Collection[UUID], datetime]]
    told_twice: int
    taken: Collection[UUID] = field(default_factory=set)

    @classmethod
    def read(cls) -> "History":
        leaves: dict[UUID, set[UUID]] = defaultdict(set)
        for space_id, leaf_id in SpaceLeaf.objects.values_list("space_id", "leaf_id"):
            leaves[space_id].add(leaf_id)
        told = _told()
        uses: dict[UUID, list[Use]] = defaultdict(list)
        bookings, waiters, offers = [], [], []
        for booking in Booking.objects.select_related("rules"):
            since = told["booking.confirmed"][booking.pk][0]
            until = told["booking.cancelled"].get(booking.pk, [NEVER])[0]
            _use(uses, leaves[booking.space_id], booking, since, until)
            bookings.append((booking, leaves[booking.space_id], since))
        for entry in WaitlistEntry.objects.all():
            waiter, offered = _waiter(entry, leaves[entry.space_id], told)
            waiters.append(waiter)
            if offered is not None:
                offers.append((waiter, offered))
                ended = _first(told, entry.pk, *OVER)
                _use(uses, waiter.leaves, entry, offered, ended)
        twice = sum(len(rows) - 1 for rows in told["waitlist.offered"].values())
        taken = set(WaitlistEntry.objects.values_list("booking_id", flat=True)) - {None}
        return cls(uses, waiters, offers, bookings, twice, taken)

    def violations(self) -> Iterator[int]:
        yield self.told_twice
        yield sum(self._overtaken(waiter, at) for waiter, at in self.offers)
        yield sum(self._snatched(*row) for row in self.bookings if row[0].pk not in self.taken)
        yield sum(self._two_at_once())
        now = timezone.now()
        yield sum(waiter.until == NEVER and self._fits(waiter, now) for waiter in self.waiters)

    def _overtaken(self, served: Waiter, at: datetime) -> bool:
        """Whether somebody who joined earlier waited for the same and fitted at that moment."""
        return any(
            earlier.joined_at < served.joined_at
            and earlier.since < at < earlier.until
            and earlier.contends(served.leaves, served.starts_at, served.ends_at)
            and self._fits(earlier, at, but=served.id)
            for earlier in self.waiters
        )

    def _snatched(self, booking: Booking, leaves: Collection[UUID], at: datetime) -> bool:
        """Whether somebody waited for just that, and would have fitted."""
        return any(
            waiter.since < at < waiter.until
            and waiter.contends(leaves, booking.starts_at, booking.ends_at)
            and self._fits(waiter, at, but=booking.pk)
            for waiter in self.waiters
        )

    def _fits(self, waiter: Waiter, at: datetime, but: UUID | None = None) -> bool:
        return not any(
            use.since <= at < use.until
            and use.starts_at < waiter.ends_at
            and waiter.starts_at < use.ends_at
            and use.owner not in {but, waiter.id}
            for leaf in waiter.leaves
            for use in self.uses[leaf]
        )

    def _two_at_once(self) -> Iterator[bool]:
        """Pairs that had one leaf at one time; an offer goes over into its booking."""
        for rows in self.uses.values():
            for number, one in enumerate(rows):
                for other in rows[number + 1 :]:
                    meet = one.starts_at < other.ends_at and other.starts_at < one.ends_at
                    same = one.since < other.until and other.since < one.until
                    booked = one.owner in self.taken or other.owner in self.taken
                    yield meet and same and not booked


Told = Mapping[str, Mapping[UUID, list[datetime]]]


def _told() -> Told:
    """When each thing happened to each subject, by the ledger."""
    told: dict[str, dict[UUID, list[datetime]]] = defaultdict(lambda: defaultdict(list))
    rows = Activity.objects.order_by("at", "id").values_list("verb", "subject_id", "at")
    for verb, subject_id, at in rows:
        told[verb][subject_id].append(at)
    return told


def _first(told: Told, pk: UUID, *verbs: str) -> datetime:
    return min((told[verb][pk][0] for verb in verbs if told[verb].get(pk)), default=NEVER)


def _waiter(
    entry: WaitlistEntry, leaves: Collection[UUID], told: Told
) -> tuple[Waiter, datetime | None]:
    offered = told["waitlist.offered"].get(entry.pk, [None])[0]
    until = offered or _first(told, entry.pk, "waitlist.left", "waitlist.expired")
    since = told["waitlist.joined"][entry.pk][0]
    times = (entry.starts_at, entry.ends_at, entry.joined_at)
    return Waiter(entry.pk, leaves, *times, since, until), offered


def _use(
    uses: dict[UUID, list[Use]], leaves: Collection[UUID], of: Any, since: datetime, until: datetime
) -> None:
    for leaf in leaves:
        uses[leaf].append(Use(of.pk, of.starts_at, of.ends_at, since, until))


def without_keeping_and_locks() -> None:
    """What is given back lies open, and who serves neither is alone nor locks what is served."""
    wanted._keep = lambda gone: None
    healing._alone = lambda district_id: True
    healing.lock_leaves = lambda leaf_ids: None  # type: ignore[attr-defined]


PROOF: Final = Proof(
    "waitlist",
    "Nobody is promoted twice, skipped or overtaken, and nothing that somebody waits for snatched.",
    crowd,
    attack_waitlist,
    without_keeping_and_locks,
)
