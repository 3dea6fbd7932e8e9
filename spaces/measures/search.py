"""How long a search takes when there are many claims."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from district.measuring import Bench, Figures
from district.measuring.queries import counted
from district.measuring.scratch import owner_executes
from district.models import District, Membership, OrganizationKind, Role
from district.tenancy.scope import scope
from spaces.actions.first_free import Seek, find_first
from spaces.actions.search import Need, find_free
from spaces.measures.stage import member, open_rules, rooms
from spaces.models import Building
from spaces.starts import Span

SPREAD_HOURS: Final = 1600  # over which the claims of a space are spread, from 60 days ago
SEARCHES: Final = 30
CLAIMS: Final = """
INSERT INTO spaces_occupancy (id, district_id, created_at, updated_at, revision, space_id, is_leaf,
  during, starts_at, ends_at, kind, source_id)
SELECT gen_random_uuid(), s.district_id, now(), now(), 1, s.id, true,
  tstzrange(t.at, t.at + interval '1 hour', '[)'), t.at, t.at + interval '1 hour',
  'booking', gen_random_uuid()
FROM spaces_space s, LATERAL (
  SELECT date_trunc('hour', now()) - interval '60 days'
    + (n * %(step)s + s.capacity %% 4) * interval '1 hour' AS at
  FROM generate_series(0, %(each)s - 1) n
) t
WHERE s.district_id = %(district)s
"""


def many_claims(spaces: int, claims_each: int) -> tuple[District, Membership]:
    """Spaces with claims one after another, as many on each, over the same months."""
    district = District.objects.create(slug=f"s{spaces}x{claims_each}", name_en="Search")
    with scope(district.pk):
        searcher = member("Searcher", OrganizationKind.COMPANY, Role.COMPANY_ADMIN)
        rooms(Building.objects.create(code="B", name_en="B"), open_rules(), spaces)
        with connection.cursor() as cursor:
            step = SPREAD_HOURS // claims_each
            cursor.execute(CLAIMS, {"step": step, "each": claims_each, "district": district.pk})
    return district, searcher


def bench_search(scale: float) -> Figures:
    """Median time of searches over 5,000 spaces: 2,000,000 claims against 100,000.

    At a time; for the first free hour within a week; and for four hours in a row, for which every
    gap of the large district is too short, so that each has to be looked at.
    """
    spaces = int(5000 * scale)
    worlds = {label: many_claims(spaces, each) for label, each in (("small", 20), ("large", 400))}
    owner_executes("VACUUM ANALYZE")
    figures: dict[str, Any] = {"spaces": spaces}
    figures |= {"small_claims": spaces * 20, "large_claims": spaces * 400}
    for kind, search in KINDS.items():
        figures |= {f"{kind}{name}": value for name, value in _compared(worlds, search).items()}
    return figures


Search = Callable[[District, Membership, int], Sequence[Any]]


def _compared(worlds: Mapping[str, tuple[District, Membership]], search: Search) -> Figures:
    times: dict[str, list[float]] = {label: [] for label in worlds}
    statements = 0
    for number in range(SEARCHES):
        for label, (district, searcher) in worlds.items():
            taken, statements = _timed(district, searcher, search, number)
            times[label].append(taken)
    medians = {label: statistics.median(taken) * 1000 for label, taken in times.items()}
    found: dict[str, Any] = {f"{label}_p50_ms": round(taken, 1) for label, taken in medians.items()}
    ratio = round(medians["large"] / medians["small"], 2)
    return {**found, "statements": statements, "ratio": ratio}


def _at_a_time(district: District, searcher: Membership, number: int) -> Sequence[Any]:
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    starts_at = hour + timedelta(days=1 + number % 5, hours=number % 15)
    need = Need(starts_at, starts_at + timedelta(hours=1), 4, ["projector"])
    return find_free(need, by=searcher, zone=district.zone)


def _first(hours: int) -> Search:
    def search(district: District, searcher: Membership, number: int) -> Sequence[Any]:
        day = timezone.localdate() + timedelta(days=1 + number % 5)
        span = Span(day, day + timedelta(days=6), hours * 60, from_minute=number % 15 * 60)
        return find_first(Seek(span, 4, ["projector"]), by=searcher, zone=district.zone)

    return search


KINDS: Final[Mapping[str, Search]] = {
    "": _at_a_time,
    "first_": _first(1),
    "four_hours_": _first(4),
}


def _timed(
    district: District, searcher: Membership, search: Search, number: int
) -> tuple[float, int]:
    with scope(district.pk), counted() as queries:
        begun = time.perf_counter()
        found = search(district, searcher, number)
        taken = time.perf_counter() - begun
    if not found:
        raise RuntimeError("the search found nothing, so it measures nothing")
    return taken, len(queries.of_the_page)


BENCH: Final = Bench("search", "Free spaces among 5,000 with 2,000,000 claims.", bench_search)
