"""Dividing and merging spaces while others claim them: nothing is lost, nothing half-claimed."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, connections
from django.utils import timezone

from district.actors import System
from district.models import District
from district.rules import RuleViolation
from district.tenancy.models import uuid7
from district.tenancy.scope import scope
from spaces.actions import occupancy, structure
from spaces.actions.occupancy import Span
from spaces.actions.structure import Part, merge_spaces, split_space
from spaces.models import Occupancy, OccupancyKind, Space, SpaceLeaf
from tests.factories import DistrictFactory, SpaceFactory

CLAIMANTS = 5
ROUNDS = 4
START = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=3)
DECLARED = {"space_changed", "space_in_use", "space_not_leaf", "space_merge_apart"}


def rush(district: District, spaces: list[Space], change: Callable[[], object]) -> int:
    """Claims of the spaces, an hour each, while the structure changes; how many went wrong.

    Wrong is an error nobody declared, and a claim that was given but does not hold just the leaves
    its space stands for.
    """
    together = Barrier(CLAIMANTS + 1)

    def act(number: int) -> tuple[Space, object] | Exception | None:
        together.wait(30)
        try:
            with scope(district.pk):
                if number == CLAIMANTS:
                    change()
                    return None
                space, source = spaces[number % len(spaces)], uuid7()
                starts_at = START + timedelta(hours=number)
                span = Span(starts_at, starts_at + timedelta(hours=1))
                occupancy.claim(space, span, kind=OccupancyKind.BOOKING, source_id=source)
                time.sleep(0.02)
            return space, source
        except RuleViolation as violation:
            return None if violation.code in DECLARED else violation
        except DatabaseError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLAIMANTS + 1) as pool:
        fared = list(pool.map(act, range(CLAIMANTS + 1)))
    errors = sum(isinstance(item, Exception) for item in fared)
    with scope(district.pk):
        given = [item for item in fared if isinstance(item, tuple)]
        return errors + sum(held_by(source) != in_force(space) for space, source in given)


def held_by(source: object) -> set[object]:
    return set(Occupancy.objects.filter(source_id=source).values_list("space_id", flat=True))


def in_force(space: Space) -> set[object]:
    leaves = Space.objects.filter(is_leaf=True, ended_at=None)
    return set(leaves.filter(pk__in=occupancy.leaves_of(space.pk)).values_list("pk", flat=True))


def leaf_and_split() -> tuple[list[Space], Callable[[], object]]:
    hall = SpaceFactory()
    parts = [Part(code=f"{hall.code}-{n}", name_en="Part") for n in "AB"]
    return [hall], lambda: split_space(hall, parts, by=System())


def halves_and_merge() -> tuple[list[Space], Callable[[], object]]:
    hall = SpaceFactory(is_leaf=False)
    halves = [SpaceFactory(parent=hall, building=hall.building) for _ in range(2)]
    SpaceLeaf.objects.bulk_create(SpaceLeaf(space=hall, leaf=half) for half in halves)
    return [hall, *halves], lambda: merge_spaces(halves, into=None, by=System())


def slowly(function: Callable[..., None]) -> Callable[..., None]:
    """Between looking at the claims and the change, so that the others have time to get there."""

    def slow(*arguments: object) -> None:
        time.sleep(0.1)
        function(*arguments)

    return slow


@pytest.fixture(params=[leaf_and_split, halves_and_merge])
def run(request, monkeypatch, transactional_db) -> Callable[[], int]:
    monkeypatch.setattr(structure, "stop_being_leaf", slowly(structure.stop_being_leaf))
    monkeypatch.setattr(structure, "retire", slowly(structure.retire))

    def rounds() -> int:
        wrong = 0
        for _ in range(ROUNDS):
            district = DistrictFactory()
            with scope(district.pk):
                spaces, change = request.param()
            wrong += rush(district, spaces, change)
        return wrong

    return rounds


def test_claims_and_a_change_of_structure_leave_every_claim_whole(run):
    assert run() == 0


def test_without_the_locks_claims_are_lost_or_half(run, monkeypatch):
    monkeypatch.setattr(structure, "lock_leaves", lambda leaf_ids: None)
    monkeypatch.setattr(occupancy, "lock_leaves_of", occupancy.leaves_of)

    assert run() > 0
