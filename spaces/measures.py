"""Proof that no path double-books, and how fast search and booking are."""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connection
from django.utils import timezone

from district.measuring import Bench, Figures, Outcome, Proof, register
from district.measuring.scratch import owner_executes
from district.measuring.threads import at_once
from district.models import District, Membership, Organization, OrganizationKind, Person, Role
from district.rules import RuleViolation
from district.tenancy.models import uuid7
from district.tenancy.scope import scope
from spaces.actions import occupancy
from spaces.actions.booking import (
    Wish,
    book_space,
    cancel_booking,
    confirm_booking,
    reschedule_booking,
)
from spaces.actions.occupancy import Claim, Span, claim_many
from spaces.actions.search import Need, find_free
from spaces.models import (
    Booking,
    BookingRules,
    BookingSource,
    BookingStatus,
    Building,
    OccupancyKind,
    Space,
    SpaceLeaf,
)
from spaces.rules import Resolved, resolve, stored

ZONE = ZoneInfo("Europe/London")
DST_DAYS = (datetime(2027, 3, 28, tzinfo=ZONE), datetime(2027, 10, 31, tzinfo=ZONE))
THREADS = 12
ATTEMPTS = 12_000
DEADLOCK = "40P01"


@dataclass
class Stage:
    """A small district on which many act at once."""

    district: District
    staff: Membership
    members: list[Membership]
    spaces: list[Space]
    asked: list[Space]
    days: list[datetime]


def stage() -> Stage:
    district = District.objects.create(
        slug="stage", name_en="Stage", time_zone=ZONE.key, currency="GBP"
    )
    with scope(district.pk):
        staff = _member("Operator", OrganizationKind.OPERATOR, Role.OPERATOR_ADMIN)
        members = [
            _member(f"Company {n}", OrganizationKind.COMPANY, Role.COMPANY_ADMIN) for n in range(6)
        ]
        building = Building.objects.create(code="B", name_en="B")
        spaces = [
            space for n in range(2) for space in _hall(building, f"H{n}", _rules(approval="never"))
        ]
        asked = _hall(building, "Q", _rules(approval="always", holds_when_requested=False))
    tomorrow = (timezone.now().astimezone(ZONE) + timedelta(days=1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return Stage(district, staff, members, spaces, asked, [tomorrow, *DST_DAYS])


def _rules(**changes: Any) -> BookingRules:
    resolved = resolve([])
    values = {
        **resolved.values,
        "opening": {day: [[0, 1440]] for day in "1234567"},
        "min_minutes": 15,
        "grid_minutes": 15,
        "window_days": 1000,
        **changes,
    }
    return stored(Resolved(values, resolved.sources))


def _member(name: str, kind: str, role: str) -> Membership:
    return Membership.objects.create(
        person=Person.objects.create(name=name),
        organization=Organization.objects.create(name_en=name, kind=kind),
        role=role,
    )


def _hall(building: Building, code: str, rules: BookingRules) -> list[Space]:
    """A hall of two halves: the whole and each part can be booked."""
    common = {"building": building, "bookable": True, "rules": rules, "capacity": 50}
    whole = Space.objects.create(code=code, name_en=code, is_leaf=False, **common)
    halves = [
        Space.objects.create(code=f"{code}{n}", name_en=f"{code}{n}", parent=whole, **common)
        for n in "AB"
    ]
    SpaceLeaf.objects.bulk_create(
        [SpaceLeaf(space=whole, leaf=half) for half in halves]
        + [SpaceLeaf(space=half, leaf=half) for half in halves]
    )
    return [whole, *halves]


def attack_bookings(stage: Stage, scale: float) -> Outcome:
    """Every way to write a claim, at once, over the same few rooms and days.

    Violations are overlaps of claims on a leaf, deadlocks and errors nobody declared, and
    back-to-back slots that were not all accepted.
    """
    attempts = int(ATTEMPTS * scale)
    faults: list[str] = []

    def act(number: int) -> None:
        chance = random.Random(number)  # noqa: S311 - repeatable
        try:
            with scope(stage.district.pk):
                PATHS[number % len(PATHS)](stage, chance)
        except RuleViolation:
            pass
        except DatabaseError as error:
            faults.append(getattr(error.__cause__, "sqlstate", "") or type(error).__name__)

    at_once(THREADS, act, range(attempts))
    with scope(stage.district.pk):
        violations = _overlaps() + len(faults) + _refused_back_to_back(stage)
    return Outcome(attempts, violations)


def _span(stage: Stage, chance: random.Random) -> tuple[datetime, datetime]:
    day = chance.choice(stage.days).astimezone(ZoneInfo("UTC"))
    starts_at = day + timedelta(minutes=15 * chance.randrange(92))
    return starts_at, starts_at + timedelta(minutes=15 * chance.randint(1, 8))


def _by_portal(stage: Stage, chance: random.Random) -> None:
    starts_at, ends_at = _span(stage, chance)
    book_space(
        chance.choice(stage.spaces), Wish(starts_at, ends_at), by=chance.choice(stage.members)
    )


def _by_staff(stage: Stage, chance: random.Random) -> None:
    starts_at, ends_at = _span(stage, chance)
    wish = Wish(starts_at, ends_at, organization_id=stage.members[0].organization_id)
    book_space(
        chance.choice([*stage.spaces, *stage.asked]),
        wish,
        by=stage.staff,
        source=BookingSource.STAFF,
    )


def _by_approval(stage: Stage, chance: random.Random) -> None:
    """Ask for a room that keeps nothing while it waits, and approve some request at once."""
    starts_at, ends_at = _span(stage, chance)
    booking = book_space(
        chance.choice(stage.asked), Wish(starts_at, ends_at), by=chance.choice(stage.members)
    )
    confirm_booking(booking, by=stage.staff)


def _by_moving(stage: Stage, chance: random.Random) -> None:
    booking = _some_booking(chance)
    if booking is not None:
        starts_at, ends_at = _span(stage, chance)
        reschedule_booking(booking, chance.choice(stage.spaces), starts_at, ends_at, by=stage.staff)


def _by_cancelling(stage: Stage, chance: random.Random) -> None:
    booking = _some_booking(chance)
    if booking is not None:
        cancel_booking(booking, by=stage.staff)


def _by_import(stage: Stage, chance: random.Random) -> None:
    starts_at, ends_at = _span(stage, chance)
    space = chance.choice(stage.spaces)
    leaves = occupancy.leaves_of(space.pk)
    source = uuid7()
    claim_many(
        [Claim(leaf, Span(starts_at, ends_at), OccupancyKind.BLOCKING, source) for leaf in leaves]
    )


PATHS: tuple[Callable[[Stage, random.Random], None], ...] = (
    _by_portal,
    _by_staff,
    _by_approval,
    _by_moving,
    _by_portal,
    _by_cancelling,
    _by_import,
)


def _some_booking(chance: random.Random) -> Booking | None:
    ids = Booking.objects.filter(status=BookingStatus.CONFIRMED).values_list("id", flat=True)
    chosen = list(ids.order_by("id"))
    return Booking.objects.get(pk=chance.choice(chosen)) if chosen else None


def _overlaps() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM spaces_occupancy a JOIN spaces_occupancy b ON "
            "a.district_id = b.district_id AND a.space_id = b.space_id AND a.id < b.id "
            "AND a.starts_at < b.ends_at AND b.starts_at < a.ends_at"
        )
        return int(cursor.fetchone()[0])


def _refused_back_to_back(stage: Stage) -> int:
    """An hour after an hour for a day, on a day nobody has touched: all must be accepted."""
    begins = stage.days[0] + timedelta(days=5)
    refused = 0
    for hour in range(24):
        starts_at = begins + timedelta(hours=hour)
        try:
            book_space(
                stage.spaces[1], Wish(starts_at, starts_at + timedelta(hours=1)), by=stage.staff
            )
        except RuleViolation:
            refused += 1
    return refused


def without_constraint_and_locks() -> None:
    owner_executes("ALTER TABLE spaces_occupancy DROP CONSTRAINT occupancy_no_overlap")
    occupancy.lock_leaves = lambda leaf_ids: None


SPREAD_HOURS = 1600  # over which the claims of a space are spread, from 60 days ago


def _many_spaces(count: int, claims_each: int) -> tuple[District, Membership]:
    """Spaces with claims one after another, written by the owner in two statements."""
    district = District.objects.create(slug=f"s{count}x{claims_each}", name_en="Search")
    with scope(district.pk):
        member = _member("Searcher", OrganizationKind.COMPANY, Role.COMPANY_ADMIN)
        building = Building.objects.create(code="B", name_en="B")
        rules = _rules()
        spaces = [
            Space(
                building=building,
                code=f"S{n}",
                name_en=f"Room {n}",
                capacity=n % 40 + 1,
                features=["projector"] if n % 3 == 0 else [],
                bookable=True,
                rules=rules,
            )
            for n in range(count)
        ]
        Space.objects.bulk_create(spaces, batch_size=1000)
        SpaceLeaf.objects.bulk_create(
            (SpaceLeaf(space=space, leaf=space) for space in spaces), batch_size=1000
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO spaces_occupancy (id, district_id, created_at, updated_at, revision, "
                "space_id, is_leaf, during, starts_at, ends_at, kind, source_id) "
                "SELECT gen_random_uuid(), %s, now(), now(), 1, s.id, true, "
                "tstzrange(t.at, t.at + interval '1 hour', '[)'), t.at, t.at + interval '1 hour', "
                "'booking', gen_random_uuid() FROM spaces_space s, "
                "LATERAL (SELECT date_trunc('hour', now()) - interval '60 days' "
                "+ (n * %s + s.capacity %% 4) * interval '1 hour' AS at "
                "FROM generate_series(0, %s - 1) n) t "
                "WHERE s.district_id = %s",
                [district.pk, SPREAD_HOURS // claims_each, claims_each, district.pk],
            )
    return district, member


def bench_search(scale: float) -> Figures:
    """Median time of a search over 5,000 spaces: 2,000,000 claims against 100,000."""
    spaces = int(5000 * scale)
    figures: dict[str, Any] = {}
    for label, each in (("small", 20), ("large", 400)):
        district, member = _many_spaces(spaces, each)
        owner_executes("ANALYZE")
        times = []
        for number in range(15):
            with scope(district.pk):
                hour = timezone.now().replace(minute=0, second=0, microsecond=0)
                starts_at = hour + timedelta(days=1 + number % 5, hours=number)
                need = Need(starts_at, starts_at + timedelta(hours=1), 4, ["projector"])
                begun = time.perf_counter()
                found = find_free(need, by=member, zone=district.zone)
                times.append(time.perf_counter() - begun)
                if not found:
                    raise RuntimeError("the search found nothing, so it measures nothing")
        figures[f"{label}_claims"] = spaces * each
        figures[f"{label}_p50_ms"] = round(statistics.median(times) * 1000, 1)
    figures["spaces"] = spaces
    figures["ratio"] = round(figures["large_p50_ms"] / figures["small_p50_ms"], 2)
    return figures


def bench_booking(scale: float) -> Figures:
    """Bookings per second of 16 threads on 500 spaces, against bare SQL doing the same inserts."""
    scene = stage()
    attempts, threads = int(2000 * scale), 16
    with scope(scene.district.pk):
        building = Building.objects.get()
        rules = scene.spaces[0].rules
        spaces = [
            Space.objects.create(
                building=building,
                code=f"R{n}",
                name_en=f"R{n}",
                capacity=9,
                bookable=True,
                rules=rules,
            )
            for n in range(500)
        ]
        SpaceLeaf.objects.bulk_create(SpaceLeaf(space=s, leaf=s) for s in spaces)
    begins = scene.days[0] + timedelta(days=2)

    def product(number: int) -> None:
        starts_at = begins + timedelta(hours=number // 500)
        with scope(scene.district.pk):
            book_space(
                spaces[number % 500],
                Wish(starts_at, starts_at + timedelta(hours=1)),
                by=scene.members[number % 6],
            )

    def bare(number: int) -> None:
        starts_at = begins + timedelta(days=30, hours=number // 500)
        _bare_booking(scene, spaces[number % 500], starts_at)

    rates = {}
    for name, work in (("product", product), ("bare", bare)):
        begun = time.perf_counter()
        at_once(threads, work, range(attempts))
        rates[name] = attempts / (time.perf_counter() - begun)
    with scope(scene.district.pk):
        return {
            "attempts": attempts,
            "overlaps": _overlaps(),
            "product_per_second": round(rates["product"], 1),
            "bare_sql_per_second": round(rates["bare"], 1),
            "ratio": round(rates["product"] / rates["bare"], 2),
        }


def _bare_booking(scene: Stage, space: Space, starts_at: datetime) -> None:
    """The same three inserts as book_space, behind the same lock, as plain statements."""
    ends_at = starts_at + timedelta(hours=1)
    booking, district = uuid7(), scene.district.pk
    with scope(district), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM spaces_space WHERE district_id = %s AND id = %s FOR NO KEY UPDATE",
            [district, space.pk],
        )
        cursor.execute(
            "INSERT INTO spaces_occupancy (id, district_id, created_at, updated_at, revision, "
            "space_id, is_leaf, during, starts_at, ends_at, kind, source_id) VALUES "
            "(%s, %s, now(), now(), 1, %s, true, tstzrange(%s, %s, '[)'), %s, %s, 'booking', %s)",
            [uuid7(), district, space.pk, starts_at, ends_at, starts_at, ends_at, booking],
        )
        cursor.execute(
            "INSERT INTO spaces_booking (id, district_id, created_at, updated_at, revision, number,"
            " space_id, title, note, attendee_count, starts_at, ends_at, status, source, rules_id,"
            " price_amount, currency, reason, external_id) VALUES (%s, %s, now(), now(), 1, %s, %s,"
            " '', '', 1, %s, %s, 'confirmed', 'portal', %s, 0, 'GBP', '', '')",
            [booking, district, str(booking)[-20:], space.pk, starts_at, ends_at, space.rules_id],
        )
        cursor.execute(
            "INSERT INTO district_activity (id, district_id, created_at, updated_at, revision,"
            " verb, subject_type, subject_id, at, data) VALUES (%s, %s, now(), now(), 1,"
            " 'booking.confirmed', 'spaces.booking', %s, now(), '{}')",
            [uuid7(), district, booking],
        )


register(
    Proof(
        "double-booking",
        "No path books a leaf twice: portal, staff, approval, moving, import; DST days included.",
        stage,
        attack_bookings,
        without_constraint_and_locks,
    ),
    Bench("search", "Free spaces among 5,000 with 2,000,000 claims.", bench_search),
    Bench("booking", "16 clients booking 500 spaces, against bare SQL.", bench_booking),
)
