"""Proof that no way to write a claim books a leaf twice."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import DatabaseError, IntegrityError

from district.measuring import Outcome, Proof
from district.measuring.http import Answer
from district.measuring.processes import in_processes
from district.measuring.scratch import owner_executes
from district.rules import RuleViolation
from district.tenancy.errors import violation_from
from district.tenancy.models import uuid7
from district.tenancy.scope import scope
from spaces.actions import occupancy
from spaces.actions.booking import Wish, book_space, reschedule_booking
from spaces.actions.decisions import cancel_booking, confirm_booking
from spaces.actions.healing import heal
from spaces.actions.holds import hold_slot
from spaces.actions.occupancy import Claim, Span, claim_many
from spaces.actions.series import SeriesWish, book_series
from spaces.actions.series_changes import change_series
from spaces.actions.series_decisions import cancel_series, confirm_series
from spaces.actions.waitlist import join_waitlist, take_offer
from spaces.measures.stage import LONDON, Stage, overlaps, stage
from spaces.models import (
    Booking,
    BookingSource,
    BookingStatus,
    OccupancyKind,
    Series,
    Space,
    WaitlistEntry,
    WaitStatus,
)
from spaces.recurrence import Pattern

NEWFOUNDLAND: Final = ZoneInfo("America/St_Johns")
CLIENTS: Final = 12
ATTEMPTS: Final = 12_000
FREE_DAYS: Final = 60  # after the first day: a day that nobody else touches; series wander
API: Final = "/api/v1/bookings/"


def two_stages() -> Sequence[Stage]:
    """One in London, one half an hour off in Newfoundland, with the days their clocks change."""
    stages = [
        stage(
            "london",
            LONDON,
            [datetime(2027, 3, 28, tzinfo=LONDON), datetime(2027, 10, 31, tzinfo=LONDON)],
        ),
        stage(
            "newfoundland",
            NEWFOUNDLAND,
            [
                datetime(2027, 3, 14, tzinfo=NEWFOUNDLAND),
                datetime(2027, 11, 7, tzinfo=NEWFOUNDLAND),
            ],
        ),
    ]
    for scene in stages:
        scene.desk.get("/bookings/")  # reads URLs and templates once, before the clients part
    return stages


def attack_bookings(stages: Sequence[Stage], scale: float) -> Outcome:
    """Every way to write a claim, at once, over the same few rooms and days.

    Violations are overlaps of claims on a leaf, deadlocks, errors nobody declared, answers of
    500 and above, and back-to-back slots that were not all accepted.
    """
    attempts = int(ATTEMPTS * scale)
    run = in_processes(CLIENTS, lambda number: _act(stages, number), range(attempts))
    violations = sum(run.results)
    for scene in stages:
        with scope(scene.district.pk):
            violations += overlaps()
        violations += _refused_back_to_back(scene)
    return Outcome(attempts, violations)


def _act(stages: Sequence[Stage], number: int) -> bool:
    """One attempt; whether it ended in a way that must not be."""
    chance = random.Random(number)  # noqa: S311 - repeatable
    path = PATHS[number % len(PATHS)]
    try:
        answer = path(stages[number // len(PATHS) % len(stages)], chance)
    except RuleViolation:
        return False
    except IntegrityError as error:
        return violation_from(error) is None
    except DatabaseError:
        return True
    return answer is not None and answer.status >= 500


def _times(scene: Stage, chance: random.Random) -> Span:
    day = chance.choice(scene.days).astimezone(UTC)
    starts_at = day + timedelta(minutes=15 * chance.randrange(92))
    return Span(starts_at, starts_at + timedelta(minutes=15 * chance.randint(1, 8)))


def _local(scene: Stage, span: Span) -> dict[str, object]:
    """As a form says it; the repeated hour cannot be told apart there, and the gap is refused."""
    local = span.starts_at.astimezone(scene.district.zone)
    minutes = (span.ends_at - span.starts_at) // timedelta(minutes=1)
    return {"day": local.date(), "at": f"{local:%H:%M}", "minutes": minutes, "people": 1}


def _portal_page(scene: Stage, chance: random.Random) -> Answer:
    space, visitor = chance.choice(scene.spaces), chance.choice(scene.browsers)
    return visitor.submit(f"/book/{space.pk}/create/", **_local(scene, _times(scene, chance)))


def _portal(scene: Stage, chance: random.Random) -> None:
    span = _times(scene, chance)
    with scope(scene.district.pk):
        book_space(
            chance.choice(scene.spaces),
            Wish(span.starts_at, span.ends_at),
            by=chance.choice(scene.members),
        )


def _staff(scene: Stage, chance: random.Random) -> None:
    span = _times(scene, chance)
    for_whom = scene.members[0].organization_id
    with scope(scene.district.pk):
        book_space(
            chance.choice([*scene.spaces, *scene.asked]),
            Wish(span.starts_at, span.ends_at, organization_id=for_whom),
            by=scene.staff,
            source=BookingSource.STAFF,
        )


def _api(scene: Stage, chance: random.Random) -> Answer:
    """Ask and, half of the time, ask again under the same key."""
    span, visitor = _times(scene, chance), chance.choice(scene.programs)
    wish = {
        "space": chance.choice(scene.spaces).pk,
        "starts_at": span.starts_at.isoformat(),
        "ends_at": span.ends_at.isoformat(),
    }
    key = f"{chance.random()}"
    answer = visitor.post(API, wish, Idempotency_Key=key)
    return visitor.post(API, wish, Idempotency_Key=key) if chance.random() < 0.5 else answer


def _api_cancelling(scene: Stage, chance: random.Random) -> Answer | None:
    booking = _some_booking(scene, chance)
    if booking is None or booking.organization_id is None:
        return None
    own = [member.organization_id for member in scene.members].index(booking.organization_id)
    return scene.programs[own].post(f"{API}{booking.pk}/cancel/", {}, If_Match="*")


def _approval(scene: Stage, chance: random.Random) -> None:
    """Ask for a room that keeps nothing while it waits, and approve it."""
    span = _times(scene, chance)
    with scope(scene.district.pk):
        booking = book_space(
            chance.choice(scene.asked),
            Wish(span.starts_at, span.ends_at),
            by=chance.choice(scene.members),
        )
    with scope(scene.district.pk):
        confirm_booking(booking, by=scene.staff)


def _approval_page(scene: Stage, chance: random.Random) -> Answer | None:
    booking = _some_booking(scene, chance, BookingStatus.REQUESTED)
    return scene.desk.submit(f"/bookings/{booking.pk}/confirm/") if booking else None


def _moving(scene: Stage, chance: random.Random) -> None:
    booking, span = _some_booking(scene, chance), _times(scene, chance)
    if booking is not None:
        with scope(scene.district.pk):
            reschedule_booking(
                booking, chance.choice(scene.spaces), span.starts_at, span.ends_at, by=scene.staff
            )


def _moving_page(scene: Stage, chance: random.Random) -> Answer | None:
    booking = _some_booking(scene, chance)
    when = _local(scene, _times(scene, chance))
    return scene.desk.submit(f"/bookings/{booking.pk}/move/", **when) if booking else None


def _rebooking(scene: Stage, chance: random.Random) -> None:
    """Cancel, and take the same slot again for somebody else, in one go."""
    booking = _some_booking(scene, chance)
    if booking is not None:
        with scope(scene.district.pk):
            cancel_booking(booking, by=scene.staff)
            wish = Wish(booking.starts_at, booking.ends_at)
            book_space(booking.space, wish, by=chance.choice(scene.members))


def _import(scene: Stage, chance: random.Random) -> None:
    """All or nothing in bulk: a few claims on each of some leaves."""
    spans = [_times(scene, chance) for _ in range(2)]
    with scope(scene.district.pk):
        leaves = {
            leaf
            for space in chance.sample(list(scene.spaces), 2)
            for leaf in occupancy.leaves_of(space.pk)
        }
        source = uuid7()
        claim_many(
            [Claim(leaf, span, OccupancyKind.BLOCKING, source) for leaf in leaves for span in spans]
        )


def _series(scene: Stage, chance: random.Random) -> None:
    """Three days in a row; those that are taken are left out."""
    span = _times(scene, chance)
    with scope(scene.district.pk):
        space = chance.choice([*scene.spaces, *scene.asked])
        book_series(_repeating(scene, space, span), by=chance.choice(scene.members))


def _repeating(scene: Stage, space: Space, span: Span) -> SeriesWish:
    begins, ends = (at.astimezone(scene.district.zone) for at in (span.starts_at, span.ends_at))
    pattern = Pattern("FREQ=DAILY;COUNT=3", begins.date(), begins.time(), ends.time())
    return SeriesWish(space, pattern)


def _series_moving(scene: Stage, chance: random.Random) -> None:
    """Other times, and often another space, for all of a series or from its second day on."""
    span = _times(scene, chance)
    with scope(scene.district.pk):
        series = _some_series(chance)
        if series is not None:
            from_on = series.starts_on + timedelta(days=chance.randint(0, 1))
            wish = _repeating(scene, chance.choice(scene.spaces), span)
            pattern = replace(wish.pattern, starts_on=from_on)
            change_series(series, replace(wish, pattern=pattern), from_on=from_on, by=scene.staff)


def _series_deciding(scene: Stage, chance: random.Random) -> None:
    with scope(scene.district.pk):
        series = _some_series(chance)
        if series is not None and chance.random() < 0.7:
            confirm_series(series, by=scene.staff)
        elif series is not None:
            cancel_series(series, from_on=series.starts_on, by=scene.staff)


def _some_series(chance: random.Random) -> Series | None:
    rows = Series.objects.order_by("-id")[:30].select_related("space")
    return chance.choice(list(rows) or [None])


def _holding(scene: Stage, chance: random.Random) -> None:
    """Keep a slot, and half of the time book it."""
    span, who = _times(scene, chance), chance.choice(scene.members)
    space, wish = chance.choice(scene.spaces), Wish(span.starts_at, span.ends_at)
    with scope(scene.district.pk):
        hold_slot(space, wish, by=who)
    if chance.random() < 0.5:
        with scope(scene.district.pk):
            book_space(space, wish, by=who)


def _joining(scene: Stage, chance: random.Random) -> None:
    span = _times(scene, chance)
    with scope(scene.district.pk):
        wish = Wish(span.starts_at, span.ends_at)
        join_waitlist(chance.choice(scene.spaces), wish, by=chance.choice(scene.members))


def _healing(scene: Stage, chance: random.Random) -> None:
    """Serve whoever waits, and take one of the offers."""
    heal(scene.district)
    with scope(scene.district.pk):
        offers = WaitlistEntry.objects.filter(status=WaitStatus.OFFERED).order_by("-id")[:20]
        entry = chance.choice(list(offers) or [None])
        if entry is not None:
            [who] = [row for row in scene.members if row.person_id == entry.person_id]
            take_offer(entry, by=who)


PATHS: Final[tuple[Callable[[Stage, random.Random], Answer | None], ...]] = (
    _portal_page,
    _staff,
    _api,
    _approval,
    _moving,
    _portal,
    _api_cancelling,
    _import,
    _series,
    _series_moving,
    _series_deciding,
    _holding,
    _joining,
    _healing,
    _approval_page,
    _rebooking,
    _moving_page,
)


def _some_booking(
    scene: Stage, chance: random.Random, status: BookingStatus = BookingStatus.CONFIRMED
) -> Booking | None:
    with scope(scene.district.pk):
        rows = Booking.objects.filter(status=status).select_related("space__building", "rules")
        found = list(rows.order_by("-id")[: chance.randint(1, 100)])
        return found[-1] if found else None


def _refused_back_to_back(scene: Stage) -> int:
    """An hour after an hour for a day that nobody has touched: all must be accepted."""
    begins = scene.days[0].astimezone(UTC) + timedelta(days=FREE_DAYS)
    refused = 0
    for hour in range(24):
        starts_at = begins + timedelta(hours=hour)
        try:
            with scope(scene.district.pk):
                wish = Wish(starts_at, starts_at + timedelta(hours=1))
                book_space(scene.spaces[1], wish, by=scene.staff)
        except RuleViolation:
            refused += 1
    return refused


def without_constraint_and_locks() -> None:
    owner_executes("ALTER TABLE spaces_occupancy DROP CONSTRAINT occupancy_no_overlap")
    occupancy.lock_leaves = lambda leaf_ids: None
    occupancy.lock_leaves_of = occupancy.leaves_of


PROOF: Final = Proof(
    "double-booking",
    "No path books a leaf twice: portal, staff, API, approval, series, holds, waitlist; DST days.",
    two_stages,
    attack_bookings,
    without_constraint_and_locks,
)
