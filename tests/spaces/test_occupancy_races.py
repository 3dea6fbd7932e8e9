"""Many at once for the same room: one gets it, and nobody is left in a deadlock."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from district.models import District
from district.rules import RuleViolation
from district.tenancy.models import uuid7
from district.tenancy.roles import as_owner
from district.tenancy.scope import scope
from spaces.actions import occupancy
from spaces.actions.occupancy import Span
from spaces.models import Occupancy, OccupancyKind, Space, SpaceLeaf
from tests.factories import DistrictFactory, SpaceFactory

THREADS = 12
ROUNDS = 8
START = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
SPAN = Span(START, START + timedelta(hours=1))


def hall_with_halves() -> list[Space]:
    hall = SpaceFactory(is_leaf=False)
    halves = [SpaceFactory(parent=hall, building=hall.building) for _ in range(2)]
    SpaceLeaf.objects.bulk_create(SpaceLeaf(space=hall, leaf=half) for half in halves)
    return [hall, *halves]


def rush(district: District, spaces: list[Space]) -> list[str]:
    """Every thread claims one of the spaces at the same moment; returns how each fared."""

    def claim_one(number: int) -> str:
        try:
            with scope(district.pk):
                occupancy.claim(
                    spaces[number % len(spaces)],
                    SPAN,
                    kind=OccupancyKind.BOOKING,
                    source_id=uuid7(),
                )
            return "claimed"
        except RuleViolation as violation:
            return violation.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(claim_one, range(THREADS)))


def after_all_have_looked(insert):
    """Nobody writes before everybody has seen the leaf free, as nothing but the lock prevents."""
    everybody = threading.Barrier(THREADS, timeout=20)

    def insert_late(*args):
        everybody.wait()
        return insert(*args)

    return insert_late


def overlaps() -> int:
    """Pairs of claims that hold one leaf at one time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM spaces_occupancy a JOIN spaces_occupancy b ON "
            "a.district_id = b.district_id AND a.space_id = b.space_id AND a.id < b.id "
            "AND a.during && b.during"
        )
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_claim_lets_one_of_many_have_a_leaf():
    district = DistrictFactory()
    with scope(district.pk):
        spaces = hall_with_halves()

    for _ in range(ROUNDS):
        fared = rush(district, spaces)

        with scope(district.pk):
            assert overlaps() == 0
            # Either the whole hall went to one, or each half did.
            assert (fared.count("claimed"), Occupancy.objects.count()) in [(1, 2), (2, 2)]
            assert set(fared) == {"claimed", "occupancy_no_overlap"}
            Occupancy.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_the_same_rush_overlaps_without_the_constraint_and_the_lock(monkeypatch):
    district = DistrictFactory()
    with scope(district.pk):
        spaces = hall_with_halves()
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE spaces_occupancy DROP CONSTRAINT occupancy_no_overlap")
    monkeypatch.setattr(occupancy, "lock_leaves_of", occupancy.leaves_of)
    monkeypatch.setattr(occupancy, "_insert", after_all_have_looked(occupancy._insert))

    try:
        rush(district, spaces)
        with scope(district.pk):
            found = overlaps()
            Occupancy.objects.all().delete()
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute(
                "ALTER TABLE spaces_occupancy ADD CONSTRAINT occupancy_no_overlap EXCLUDE "
                "USING gist (district_id WITH =, space_id WITH =, during WITH &&)"
            )

    assert found > 0
