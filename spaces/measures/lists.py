"""What pages cost: queries, time, and the same statements in a bare view; and how that grows."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import partial
from typing import Any, Final

from django.db import connection
from django.http import HttpResponse

from district.measuring import Bench, Figures
from district.measuring.http import Answer, Visitor
from district.measuring.queries import counted
from district.measuring.scratch import owner_executes
from district.measuring.timing import Times, timed_in_turns
from district.models import Activity
from district.tenancy.models import DistrictModel
from district.tenancy.scope import scope
from spaces.actions.booking import Wish, book_space
from spaces.measures.stage import Stage, stage
from spaces.models import Booking, Space

ROWS: Final = 100_000
TIMES: Final = 60
SMALL: Final = 10  # how many times fewer rows the smaller district has


@dataclass(frozen=True)
class World:
    scene: Stage
    space: Space


def world(slug: str, rows: int) -> World:
    """A district with so many spaces, and as many bookings by its companies."""
    scene = stage(slug)
    with scope(scene.district.pk):
        rooms = [space for space in scene.spaces if space.is_leaf]
        begins = scene.days[0].astimezone(UTC) + timedelta(hours=9)
        for number, space in enumerate(rooms):
            wish = Wish(begins, begins + timedelta(hours=1), title="Review")
            book_space(space, wish, by=scene.members[number])
        copies = {"code": "'S' || n", "parent_id": "NULL", "capacity": "mod(n, 40) + 1"}
        _multiply(Space, copies, rows)
    owner_executes("ANALYZE")  # else the foreign keys to them are checked by reading all of them
    with scope(scene.district.pk):
        _multiply(
            Booking,
            {"number": "'B' || n", "starts_at": _SHIFTED % "starts", "ends_at": _SHIFTED % "ends"},
            rows,
        )
        _multiply(Activity, {"at": "at - n * interval '1 minute'"}, rows)
        _own_leaves(scene)
    return World(scene, rooms[0])


_SHIFTED: Final = "%s_at - mod(n, 50000) * interval '30 minutes'"


def _multiply(model: type[DistrictModel], changed: Mapping[str, str], count: int) -> None:
    """Copies of one row, with some columns computed from n."""
    columns = [str(field.column) for field in model._meta.concrete_fields]
    computed = {"id": "gen_random_uuid()", **changed}
    like = model._base_manager.order_by("-id").values_list("pk", flat=True)[0]
    table, names = model._meta.db_table, ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(computed.get(name, f'"{name}"') for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({names}) SELECT {values} FROM {table}, "
            "generate_series(1, %s) n WHERE id = %s",
            [count, like],
        )


def _own_leaves(scene: Stage) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO spaces_spaceleaf (id, district_id, created_at, updated_at, revision, "
            "space_id, leaf_id) SELECT gen_random_uuid(), district_id, now(), now(), 1, id, id "
            "FROM spaces_space WHERE district_id = %s AND code LIKE 'S%%'",
            [scene.district.pk],
        )


Page = Callable[[], Answer]


def pages_of(world: World) -> dict[str, Page]:
    """The pages people open most, by name."""
    scene, desk = world.scene, world.scene.desk
    company, program = scene.browsers[0], scene.programs[0]
    return {
        "list": partial(desk.get, "/spaces/"),
        "bookings": partial(desk.get, "/bookings/"),
        "detail": partial(desk.get, f"/spaces/{world.space.pk}/"),
        "portal_home": partial(company.get, "/"),
        "today": partial(desk.get, "/"),
        "api_list": partial(program.get, "/api/v1/spaces/?limit=50"),
    }


def bench_lists(scale: float) -> Figures:
    """Each page beside a bare view that runs the same statements and dumps what they return."""
    large = world("large", int(ROWS * scale))
    owner_executes("VACUUM ANALYZE")
    pages = pages_of(large)
    calls: dict[str, Callable[[], object]] = {}
    queries = {}
    for name, page in pages.items():
        statements = _statements(page)
        queries[name] = len(statements)
        calls[name] = page
        calls[f"{name} bare"] = partial(_bare_view, large.scene.district.pk, statements)
    times = timed_in_turns(calls, TIMES)
    return {"rows": int(ROWS * scale)} | {
        name: _compared(queries[name], times[name], times[f"{name} bare"]) for name in pages
    }


def _compared(queries: int, page: Times, bare: Times) -> dict[str, float]:
    return {
        "queries": queries,
        **page.figures(),
        "bare_p50_ms": bare.p50,
        "of_bare": round(bare.p50 / page.p50, 2),
    }


def _statements(page: Page) -> Sequence[tuple[str, Any]]:
    """What a warm page sends; raises where it does not answer."""
    page()
    with counted() as statements:
        answer = page()
    if answer.status != 200:
        raise RuntimeError(f"a page answered {answer.status}")
    return statements.of_the_page


def _bare_view(district_id: int, statements: Sequence[tuple[str, Any]]) -> HttpResponse:
    with scope(district_id), connection.cursor() as cursor:
        found = []
        for sql, parameters in statements:
            cursor.execute(sql, parameters)
            found.append(cursor.fetchall())
        return HttpResponse(json.dumps(found, default=str))


def bench_growth(scale: float) -> Figures:
    """The same pages in a district with ten times the rows."""
    large, small = world("large", int(ROWS * scale)), world("small", int(ROWS * scale) // SMALL)
    owner_executes("VACUUM ANALYZE")
    both = {
        "large": pages_of(large) | _searches(large),
        "small": pages_of(small) | _searches(small),
    }
    calls = {f"{name} {size}": page for size, pages in both.items() for name, page in pages.items()}
    times = timed_in_turns(calls, TIMES)
    figures: dict[str, Any] = {"rows": int(ROWS * scale)}
    for name in both["large"]:
        large_ms, small_ms = times[f"{name} large"].p50, times[f"{name} small"].p50
        figures[name] = {
            "small_p50_ms": small_ms,
            "large_p50_ms": large_ms,
            "ratio": round(large_ms / small_ms, 2),
        }
    return figures


def _searches(world: World) -> dict[str, Page]:
    desk: Visitor = world.scene.desk
    company = world.scene.browsers[0]
    return {
        "list_search": partial(desk.get, "/spaces/?q=S77"),
        "bookings_filtered": partial(desk.get, "/bookings/?status=confirmed"),
        "company_bookings": partial(company.get, "/bookings/"),
        "search_page": partial(desk.get, "/search/?q=Review"),
        "book": partial(company.get, "/book/"),
        "api_bookings": partial(world.scene.programs[0].get, "/api/v1/bookings/?limit=50"),
    }


LISTS: Final = Bench("lists", "Pages and API lists of 50 of 100,000, and bare views.", bench_lists)
GROWTH: Final = Bench("growth", "Lists and searches with ten times the rows.", bench_growth)
