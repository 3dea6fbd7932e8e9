"""Occupancy and booking beside a plain model of them: random steps, compared after each.

The model is a few dictionaries without a database, a lock or a constraint: what it allows the
product must allow, what it refuses must be refused by the same code, and the ledger must hold
exactly its claims.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from district.measuring import Outcome, Proof
from district.measuring.processes import in_processes
from district.models import Membership
from district.rules import RuleViolation
from district.tenancy.scope import scope
from spaces.actions import decisions, occupancy
from spaces.actions.blocking import Closing, block_spaces, end_blocking
from spaces.actions.booking import Wish, book_space, reschedule_booking
from spaces.actions.held import HELD, Span
from spaces.actions.holds import hold_slot, release_hold
from spaces.measures.stage import Stage, open_rules, rooms, stage
from spaces.models import Blocking, Booking, BookingStatus, Building, Hold, Occupancy, Space

LIVES: Final = 500
STEPS: Final = 50
HALF_HOUR: Final = timedelta(minutes=30)
BUFFER: Final = timedelta(minutes=15)


class Divergence(Exception):
    """The product is not what the model says."""


Slot = tuple[datetime, datetime]


@dataclass(frozen=True)
class Place:
    """A space of the model: the leaves it stands for, and what its rules say."""

    space: Space
    leaves: tuple[UUID, ...]
    asks: bool = False
    keeps: bool = True
    buffer: timedelta = timedelta()

    def claimed(self, slot: Slot) -> Slot:
        return slot[0] - self.buffer, slot[1] + self.buffer


@dataclass
class Use:
    """A booking of the model. `person` is whose holds do not stand in its way."""

    place: Place
    slot: Slot
    status: str
    person: UUID | None
    decided: bool = False

    @property
    def claims(self) -> bool:
        if self.status == BookingStatus.REQUESTED:
            return self.place.keeps
        return self.status == BookingStatus.CONFIRMED


@dataclass
class Plain:
    """Everything that is in force."""

    uses: dict[UUID, Use] = field(default_factory=dict)
    blockings: dict[UUID, tuple[Place, Slot]] = field(default_factory=dict)
    holds: dict[tuple[UUID, UUID], Slot] = field(default_factory=dict)

    def claims(self) -> set[tuple[UUID, UUID, datetime, datetime]]:
        found = {
            (leaf, key, *use.place.claimed(use.slot))
            for key, use in self.uses.items()
            if use.claims
            for leaf in use.place.leaves
        }
        for key, (place, slot) in self.blockings.items():
            found |= {(leaf, key, *slot) for leaf in place.leaves}
        return found

    def refusal(
        self, place: Place, slot: Slot, person: UUID | None, *, but: UUID | None = None
    ) -> str:
        """Why a place cannot be claimed for a slot, "" where it can."""
        begins, ends = place.claimed(slot)
        for leaf, key, starts_at, ends_at in self.claims():
            if leaf in place.leaves and key != but and starts_at < ends and begins < ends_at:
                return occupancy.EXCLUSION
        if any(holder != person for holder, _leaf in self.held(place, slot)):
            return HELD
        return ""

    def held(self, place: Place, slot: Slot) -> list[tuple[UUID, UUID]]:
        begins, ends = place.claimed(slot)
        return [
            key
            for key, (starts_at, ends_at) in self.holds.items()
            if key[1] in place.leaves and starts_at < ends and begins < ends_at
        ]

    def use_up(self, use: Use) -> None:
        """Claiming uses up the person's own holds that are in the way."""
        for key in self.held(use.place, use.slot):
            del self.holds[key]


@dataclass(frozen=True)
class World:
    scene: Stage
    places: tuple[Place, ...]
    first: datetime


def build(slug: str = "machine") -> World:
    """A hall of two halves, a room with buffers, one that asks and keeps, one that only asks."""
    scene = stage(slug)
    with scope(scene.district.pk):
        building = Building.objects.get()
        hall, *halves = scene.spaces[:3]
        buffered, keeping = (
            rooms_of(building, number, rules)
            for number, rules in enumerate(
                (
                    open_rules(setup_minutes=15, cleanup_minutes=15),
                    open_rules(approval="always", holds_when_requested=True),
                )
            )
        )
        asking = scene.asked[1]
    places = (
        Place(hall, tuple(half.pk for half in halves)),
        *(Place(half, (half.pk,)) for half in halves),
        Place(buffered, (buffered.pk,), buffer=BUFFER),
        Place(keeping, (keeping.pk,), asks=True),
        Place(asking, (asking.pk,), asks=True, keeps=False),
    )
    return World(scene, places, scene.days[0] + timedelta(days=2, hours=9))


def rooms_of(building: Building, number: int, rules: Any) -> Space:
    [room] = rooms(building, rules, 1)
    room.code, room.capacity = f"M{number}", 50
    room.save()
    return room


# A place, a start and a length, by number.
Wanted = tuple[int, int, int]
WISHES: Final = st.tuples(st.integers(0, 5), st.integers(0, 10), st.integers(1, 4))
MEMBERS: Final = st.integers(0, 1)
ANYBODY: Final = st.integers(0, 2)
WHICH: Final = st.integers(0, 1000)


class Machine(RuleBasedStateMachine):
    """A life begins with nothing booked and leaves nothing behind."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.plain = Plain()
        self.scope = scope(self.world.scene.district.pk)
        self.scope.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.scope.__exit__(None, None, None)

    @property
    def staff(self) -> Membership:
        return self.world.scene.staff

    def person(self, number: int) -> Membership:
        return [*self.world.scene.members[:2], self.staff][number]

    def wished(self, wish: Wanted) -> tuple[Place, Slot]:
        place, start, length = wish
        begins = self.world.first + start * HALF_HOUR
        return self.world.places[place], (begins, begins + length * HALF_HOUR)

    def status_for(self, place: Place, who: int) -> str:
        asks = place.asks and self.person(who).pk != self.staff.pk
        return BookingStatus.REQUESTED if asks else BookingStatus.CONFIRMED

    def pick(self, number: int) -> UUID | None:
        keys = sorted(self.plain.uses)
        return keys[number % len(keys)] if keys else None

    @rule(who=ANYBODY, wish=WISHES)
    def book(self, who: int, wish: Wanted) -> None:
        place, slot = self.wished(wish)
        member = self.person(who)
        use = Use(place, slot, self.status_for(place, who), member.person_id)
        refusal = self.plain.refusal(place, slot, use.person) if use.claims else ""
        made = outcome(lambda: book_space(place.space, Wish(*slot), by=member), refusal)
        if made is not None:
            if use.claims:
                self.plain.use_up(use)
            self.plain.uses[made.pk] = use

    @rule(number=WHICH)
    def confirm(self, number: int) -> None:
        if (key := self.pick(number)) is None:
            return
        use, refusal = self.plain.uses[key], ""
        if use.status != BookingStatus.REQUESTED:
            refusal = "status_not_allowed"
        elif not use.claims:
            refusal = self.plain.refusal(use.place, use.slot, use.person)
        row = Booking.objects.get(pk=key)
        if outcome(lambda: decisions.confirm_booking(row, by=self.staff), refusal):
            if not use.claims:
                self.plain.use_up(use)
            use.status, use.decided = BookingStatus.CONFIRMED, True

    @rule(number=WHICH)
    def decline(self, number: int) -> None:
        if (key := self.pick(number)) is None:
            return
        use = self.plain.uses[key]
        refusal = "" if use.status == BookingStatus.REQUESTED else "status_not_allowed"
        row = Booking.objects.get(pk=key)
        if outcome(lambda: decisions.decline_booking(row, "No.", by=self.staff), refusal):
            use.status, use.decided = BookingStatus.DECLINED, True

    @rule(number=WHICH)
    def reopen(self, number: int) -> None:
        if (key := self.pick(number)) is None:
            return
        use = self.plain.uses[key]
        refusal = self.reopening(use)
        row = Booking.objects.get(pk=key)
        if outcome(lambda: decisions.reopen_booking(row, by=self.staff), refusal):
            if use.status == BookingStatus.DECLINED and use.place.keeps:
                self.plain.use_up(use)
            use.status, use.decided = BookingStatus.REQUESTED, False

    def reopening(self, use: Use) -> str:
        if not use.decided:
            return "undo_too_late"
        if use.status == BookingStatus.DECLINED and use.place.keeps:
            return self.plain.refusal(use.place, use.slot, use.person)
        decided = use.status in (BookingStatus.CONFIRMED, BookingStatus.DECLINED)
        return "" if decided else "status_not_allowed"

    @rule(number=WHICH, who=ANYBODY)
    def cancel(self, number: int, who: int) -> None:
        if (key := self.pick(number)) is None:
            return
        use = self.plain.uses[key]
        open_ = use.status in (BookingStatus.REQUESTED, BookingStatus.CONFIRMED)
        row = Booking.objects.get(pk=key)
        refusal = "" if open_ else "status_not_allowed"
        if outcome(lambda: decisions.cancel_booking(row, by=self.person(who)), refusal):
            use.status = BookingStatus.CANCELLED

    @rule(number=WHICH, who=ANYBODY, wish=WISHES)
    def move(self, number: int, who: int, wish: Wanted) -> None:
        if (key := self.pick(number)) is None:
            return
        old, (place, slot) = self.plain.uses[key], self.wished(wish)
        new = Use(place, slot, self.status_for(place, who), old.person)
        refusal = ""
        if old.status not in (BookingStatus.REQUESTED, BookingStatus.CONFIRMED):
            refusal = "status_not_allowed"
        elif new.claims:
            refusal = self.plain.refusal(place, slot, old.person, but=key)
        row = Booking.objects.get(pk=key)
        by = self.person(who)
        if outcome(lambda: reschedule_booking(row, place.space, *slot, by=by), refusal):
            self.plain.uses[key] = new
            if new.claims:
                self.plain.use_up(new)

    @rule(wish=WISHES)
    def block(self, wish: Wanted) -> None:
        """Only where nothing is in the way: what is, has to be decided one by one."""
        place, slot = self.wished(wish)
        wide = Place(place.space, place.leaves, buffer=BUFFER)
        asked = any(
            use.status == BookingStatus.REQUESTED and set(use.place.leaves) & set(place.leaves)
            for use in self.plain.uses.values()
        )
        if asked or self.plain.refusal(wide, slot, None):
            return
        closing = Closing(Span(*slot), reason_en="Repairs")
        [blocking] = block_spaces([place.space], closing, {}, by=self.staff)
        self.plain.blockings[blocking.pk] = (place, slot)

    @rule(number=WHICH)
    def open_again(self, number: int) -> None:
        if keys := sorted(self.plain.blockings):
            key = keys[number % len(keys)]
            end_blocking(Blocking.objects.get(pk=key), by=self.staff)
            del self.plain.blockings[key]

    @rule(who=MEMBERS, wish=WISHES)
    def hold(self, who: int, wish: Wanted) -> None:
        (place, slot), member = self.wished(wish), self.person(who)
        refusal = self.plain.refusal(place, slot, member.person_id)
        if outcome(lambda: hold_slot(place.space, Wish(*slot), by=member), refusal):
            self.let_go(member)
            for leaf in place.leaves:
                self.plain.holds[member.person_id, leaf] = place.claimed(slot)

    @rule(who=MEMBERS)
    def give_back(self, who: int) -> None:
        member = self.person(who)
        held = Hold.objects.filter(person_id=member.person_id).first()
        release_hold(held.pk if held else None, by=member)
        self.let_go(member)

    def let_go(self, who: Membership) -> None:
        for key in [key for key in self.plain.holds if key[0] == who.person_id]:
            del self.plain.holds[key]

    @invariant()
    def the_ledger_holds_what_the_model_says(self) -> None:
        rows = Occupancy.objects.values_list("space_id", "source_id", "starts_at", "ends_at")
        agree(sorted(rows), sorted(self.plain.claims()))
        statuses = dict(Booking.objects.values_list("pk", "status"))
        agree(statuses, {key: use.status for key, use in self.plain.uses.items()})
        held = Hold.objects.values_list("person_id", "space_id", "starts_at", "ends_at")
        agree({(row[0], row[1]): (row[2], row[3]) for row in held}, self.plain.holds)


def outcome(act: Callable[[], Any], refusal: str) -> Any:
    """What an action gives; None where it refuses. Raises Divergence unless just as expected."""
    try:
        with transaction.atomic():
            done = act()
    except RuleViolation as violation:
        agree(violation.code, refusal)
        return None
    agree("", refusal)
    return done


def agree(product: object, model: object) -> None:
    if product != model:
        raise Divergence(f"{product} where the model says {model}")


def live(world: World, lives: int, steps: int, number: int = 0) -> int:
    """Lead so many lives; 1 where one of them differed from the model."""
    machine = seed(number)(type("Life", (Machine,), {"world": world}))
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=lives,
                stateful_step_count=steps,
                phases=[Phase.generate],
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except Divergence:
        return 1
    return 0


def attack_model(worlds: list[World], scale: float) -> Outcome:
    each = max(int(LIVES * scale) // len(worlds), 1)
    run = in_processes(
        len(worlds), lambda number: live(worlds[number], each, STEPS, number), range(len(worlds))
    )
    return Outcome(each * len(worlds) * STEPS, sum(run.results))


def disable_release() -> None:
    """What is given back stays claimed."""
    occupancy.release = lambda source_id, **more: 0


PROOF: Final = Proof(
    "model",
    "Occupancy and booking do what a plain model does, 500 lives of 50 random steps.",
    lambda: [build(f"machine-{number}") for number in range(2)],
    attack_model,
    disable_release,
)
