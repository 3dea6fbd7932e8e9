"""Bookings per second, against the bare SQL of the same transaction."""

import statistics
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from django.db import connection

from district.measuring import Bench, Figures
from district.measuring.processes import Run, in_processes
from district.tenancy.models import uuid7
from district.tenancy.scope import scope
from spaces.actions.booking import Wish, book_space
from spaces.measures.stage import Stage, open_rules, overlaps, rooms, stage
from spaces.models import Building, Space

CLIENTS: Final = 16
ROOMS: Final = 500
ATTEMPTS: Final = 2000
ROUNDS: Final = 4  # in turns, so that both sides meet the same neighbours on the machine
HOUR: Final = timedelta(hours=1)


def bench_booking(scale: float) -> Figures:
    """16 clients, each a process, on 500 spaces: through `book_space` and as plain statements."""
    scene = stage()
    with scope(scene.district.pk):
        spaces = rooms(Building.objects.get(), open_rules(), ROOMS)
    attempts = int(ATTEMPTS * scale)
    begins = scene.days[0].astimezone(UTC) + timedelta(days=2)
    sides = {"product": partial(_book, scene, spaces), "bare": partial(_insert, scene, spaces)}
    runs: dict[str, list[Run[None]]] = {"product": [], "bare": []}
    for _round in range(ROUNDS):
        for name, work in sides.items():
            begins += timedelta(days=7)
            slots = [(begins + HOUR * (n // ROOMS), n % ROOMS) for n in range(attempts + ROOMS)]
            runs[name].append(in_processes(CLIENTS, work, slots[ROOMS:], warm_up=slots[:ROOMS]))
    rates = {
        name: statistics.median(attempts / run.seconds for run in of) for name, of in runs.items()
    }
    with scope(scene.district.pk):
        return {
            "attempts": attempts * ROUNDS,
            "overlaps": overlaps(),
            "product_per_second": round(rates["product"], 1),
            "bare_sql_per_second": round(rates["bare"], 1),
            "ratio": round(rates["product"] / rates["bare"], 2),
            **{
                f"{name}_client_cpu_ms": round(
                    sum(run.client_cpu_seconds for run in of) / attempts / ROUNDS * 1000, 2
                )
                for name, of in runs.items()
            },
        }


def _book(scene: Stage, spaces: list[Space], slot: tuple[datetime, int]) -> None:
    starts_at, number = slot
    with scope(scene.district.pk):
        wish = Wish(starts_at, starts_at + HOUR)
        book_space(spaces[number], wish, by=scene.members[number % len(scene.members)])


def _insert(scene: Stage, spaces: list[Space], slot: tuple[datetime, int]) -> None:
    """The rows that book_space writes, behind the same lock, in as few statements as can be."""
    (starts_at, number), booking, district = slot, uuid7(), scene.district.pk
    space, by, ends_at = spaces[number], scene.members[number % len(scene.members)], slot[0] + HOUR
    row: dict[str, Any] = {
        "district": district,
        "space": space.pk,
        "starts_at": starts_at,
        "ends_at": ends_at,
    }
    row |= {"booking": booking, "organization": by.organization_id, "person": by.person_id}
    row |= {"number": str(booking)[-20:], "rules": space.rules_id, "membership": by.pk}
    with scope(district), connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement, {**row, "id": uuid7()})


STATEMENTS: Final = (
    "SELECT id FROM spaces_space WHERE district_id = %(district)s AND id = %(space)s "
    "FOR NO KEY UPDATE",
    "INSERT INTO spaces_occupancy (id, district_id, created_at, updated_at, revision, space_id, "
    "is_leaf, during, starts_at, ends_at, kind, source_id) VALUES (%(id)s, %(district)s, now(), "
    "now(), 1, %(space)s, true, tstzrange(%(starts_at)s, %(ends_at)s, '[)'), %(starts_at)s, "
    "%(ends_at)s, 'booking', %(booking)s)",
    "INSERT INTO spaces_booking (id, district_id, created_at, updated_at, revision, number, "
    "space_id, organization_id, person_id, title, note, attendee_count, starts_at, ends_at, "
    "status, source, rules_id, price_amount, currency, reason, external_id) VALUES (%(booking)s, "
    "%(district)s, now(), now(), 1, %(number)s, %(space)s, %(organization)s, %(person)s, '', '', "
    "1, %(starts_at)s, %(ends_at)s, 'confirmed', 'portal', %(rules)s, 0, 'GBP', '', '')",
    "INSERT INTO district_activity (id, district_id, created_at, updated_at, revision, verb, "
    "subject_type, subject_id, organization_id, membership_id, at, data) VALUES (%(id)s, "
    "%(district)s, now(), now(), 1, 'booking.confirmed', 'spaces.booking', %(booking)s, "
    "%(organization)s, %(membership)s, now(), '{}')",
)

BENCH: Final = Bench("booking", "16 clients booking 500 spaces, against bare SQL.", bench_booking)
