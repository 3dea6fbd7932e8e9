"""Buildings, spaces, rules and sights of a demo district."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from district.demo.build import Build
from spaces.demo.buildings import DUSHU_LAKE, HARBOUR, REALMS, BuildingPlan
from spaces.demo.geometry import Grid, outline
from spaces.demo.ground import fill_ground
from spaces.demo.sights import SIGHTS
from spaces.demo.templates import SpacePlan, floor_plan
from spaces.models import (
    ArtWork,
    BookingPolicy,
    Building,
    Floor,
    Health,
    Place,
    Platform,
    PlatformCheck,
    Route,
    RouteStop,
    Space,
    SpaceLeaf,
    Zone,
)
from spaces.rules import resolve, stored

TURN_DEGREES: Final = -8.0
DAY: Final = 24 * 60
EVERY_DAY: Final = "1234567"

# Policies: for the district, by building code, by function of a space.
DISTRICT_POLICY: Final[dict[str, Any]] = {
    "opening": {
        **{day: [[8 * 60, 21 * 60]] for day in "12345"},
        **{day: [[9 * 60, 18 * 60]] for day in "67"},
    },
    "window_days": 60,
    "notice_minutes": 0,
    "min_minutes": 30,
    "max_minutes": 8 * 60,
    "grid_minutes": 30,
    "audience": ["companies", "partners"],
    "quota_minutes_per_month": 60 * 60,
    "cancellation": "notice",
    "cancellation_notice_minutes": 60,
    "offer_minutes": 30,
}
BUILDING_POLICIES: Final[dict[str, dict[str, Any]]] = {
    "CC": {
        "setup_minutes": 15,
        "cleanup_minutes": 15,
        "approval_above_people": 100,
        "offer_minutes": 240,
        "hourly_price": Decimal("120"),
        "rates": [
            {"kind": "university", "days": "12345", "from": 0, "to": 18 * 60, "price": "80.00"},
            {"kind": "", "days": "12345", "from": 18 * 60, "to": DAY, "price": "180.00"},
            {"kind": "", "days": "67", "from": 0, "to": DAY, "price": "160.00"},
        ],
        "cancellation_fees": [{"minutes": DAY, "percent": 50}, {"minutes": 120, "percent": 100}],
    },
    "AC": {
        "approval": "always",
        "setup_minutes": 60,
        "cleanup_minutes": 60,
        "hourly_price": Decimal("300"),
    },
    "LB": {"opening": {day: [[9 * 60, 22 * 60]] for day in EVERY_DAY}},
    "IC": {
        "opening": {day: [[0, DAY]] for day in EVERY_DAY},
        "check_in_minutes": 15,
        "strike_limit": 3,
        "strike_days": 90,
        "strike_block_days": 14,
    },
    "SH": {
        "setup_minutes": 10,
        "cleanup_minutes": 10,
        "approval_above_people": 50,
        "hourly_price": Decimal("35"),
    },
}
EQUIPMENT_POLICY: Final[dict[str, Any]] = {
    "approval": "always",
    "notice_minutes": 120,
    "offer_minutes": 120,
    "cleanup_minutes": 30,
    "hourly_price": Decimal("180"),
}


def fill_spaces(build: Build) -> None:
    grid = Grid(build.district.longitude or 0, build.district.latitude or 0, TURN_DEGREES)
    plans = HARBOUR if build.plan["small"] else DUSHU_LAKE
    buildings = _buildings(build, grid, plans)
    spaces = _spaces(build, plans, buildings)
    _policies(spaces, buildings)
    _sights(build, grid, buildings)
    fill_ground(grid, small=build.plan["small"])


def _buildings(build: Build, grid: Grid, plans: tuple[BuildingPlan, ...]) -> dict[str, Building]:
    found = {}
    for plan in plans:
        longitude, latitude = grid.place(plan.x, plan.y)
        found[plan.code] = Building(
            community=build.communities[plan.community],
            code=plan.code,
            name_zh=plan.name_zh,
            name_en=plan.name_en,
            function=plan.function,
            realms=[REALMS[letter] for letter in plan.realms],
            geometry=grid.polygon(outline(plan.shape, plan.x, plan.y, plan.width, plan.depth)),
            longitude=longitude,
            latitude=latitude,
            gross_area_m2=plan.width * plan.depth * plan.floors,
            built_year=plan.built,
        )
    Building.objects.bulk_create(found.values())
    return found


def _spaces(
    build: Build, plans: tuple[BuildingPlan, ...], buildings: dict[str, Building]
) -> list[Space]:
    floors, spaces, closure = [], [], []
    for plan in plans:
        for level in range(1, plan.floors + 1):
            floor = Floor(building=buildings[plan.code], level=level)
            floors.append(floor)
            for number, item in enumerate(floor_plan(plan.template, level), start=1):
                space = _space(floor, item, f"{plan.code}-{level}{number:02d}")
                parts = [
                    _space(floor, part, f"{space.code}-{n}", parent=space)
                    for n, part in enumerate(item.parts, start=1)
                ]
                space.is_leaf = not parts
                spaces += [space, *parts]
                closure += [SpaceLeaf(space=space, leaf=leaf) for leaf in parts or [space]]
                closure += [SpaceLeaf(space=part, leaf=part) for part in parts]
    Floor.objects.bulk_create(floors)
    Space.objects.bulk_create(spaces, batch_size=500)
    SpaceLeaf.objects.bulk_create(closure, batch_size=500)
    return spaces


def _space(floor: Floor, plan: SpacePlan, code: str, parent: Space | None = None) -> Space:
    number = code.split("-")[1]
    numbered = parent is None and plan.function not in {"culture", "public_realm"}
    return Space(
        building=floor.building,
        floor=floor,
        parent=parent,
        code=code,
        name_zh=f"{number} {plan.name_zh}" if numbered else plan.name_zh,
        name_en=f"{number} {plan.name_en}" if numbered else plan.name_en,
        function=plan.function,
        realms=[REALMS[letter] for letter in plan.realms],
        area_m2=plan.area_m2,
        capacity=plan.capacity,
        features=plan.features.split(),
        measures=dict(plan.measures),
        lettable=plan.lettable,
        bookable=plan.bookable,
        longitude=floor.building.longitude,
        latitude=floor.building.latitude,
    )


def _policies(spaces: list[Space], buildings: dict[str, Building]) -> None:
    """Every policy layer, then the rules each bookable space has from them."""
    district = BookingPolicy(**DISTRICT_POLICY)
    by_building = {
        code: BookingPolicy(building=buildings[code], **values)
        for code, values in BUILDING_POLICIES.items()
        if code in buildings
    }
    equipment = {
        space.pk: BookingPolicy(space=space, **EQUIPMENT_POLICY)
        for space in spaces
        if space.bookable and space.function == "equipment"
    }
    BookingPolicy.objects.bulk_create([district, *by_building.values(), *equipment.values()])
    by_rules = defaultdict(list)
    for space in spaces:
        if space.bookable:
            layers = [equipment.get(space.pk), by_building.get(space.code.split("-")[0]), district]
            space.rules = stored(resolve([layer for layer in layers if layer is not None]))
            by_rules[space.rules].append(space.pk)
    for rules, ids in by_rules.items():
        Space.objects.filter(pk__in=ids).update(rules=rules)


def _sights(build: Build, grid: Grid, buildings: dict[str, Building]) -> None:
    sights = SIGHTS["harbour" if build.plan["small"] else "dushu-lake"]
    Zone.objects.bulk_create(
        Zone(
            name_zh=zh, name_en=en, purpose=purpose, boundary=grid.polygon(corners), targets=targets
        )
        for zh, en, purpose, corners, targets in sights["zones"]
    )
    stops = _places(grid, sights["places"]) | _art_works(grid, sights["art"])
    _routes(grid, sights["routes"], stops)
    Platform.objects.bulk_create(
        Platform(
            kind=kind,
            name_zh=zh,
            name_en=en,
            purpose_zh=purpose_zh,
            purpose_en=purpose_en,
            operator=build.organizations["operator"],
            building=buildings[code],
            health=health,
            failure_count=len(CHECKED_BACK) if health == Health.DOWN else 0,
            checked_at=timezone.now(),
        )
        for (kind, zh, en, purpose_zh, purpose_en, code), health in zip(
            sights["platforms"], HEALTHS, strict=False
        )
    )
    _checks()


HEALTHS: Final = (Health.UP, Health.UP, Health.DOWN, Health.SLOW)
CHECKED_BACK: Final = range(0, 60, 5)


def _checks() -> None:
    """What the platforms answered in the last hour, every five minutes."""
    found = {Health.UP: (180, ""), Health.SLOW: (2840, ""), Health.DOWN: (5000, "timeout")}
    PlatformCheck.objects.bulk_create(
        PlatformCheck(
            platform=platform,
            at=timezone.now() - timedelta(minutes=back),
            health=platform.health,
            milliseconds=found[Health(platform.health)][0] + back % 7,
            reason=found[Health(platform.health)][1],
        )
        for platform in Platform.objects.order_by("id")
        for back in CHECKED_BACK
    )


Stop = tuple[Place | ArtWork, float, float]


def _places(grid: Grid, rows: Any) -> dict[str, Stop]:
    found: dict[str, Stop] = {}
    for kind, zh, en, x, y, hours in rows:
        longitude, latitude = grid.place(x, y)
        place = Place(
            kind=kind,
            name_zh=zh,
            name_en=en,
            longitude=longitude,
            latitude=latitude,
            hours=hours,
        )
        found[zh or en] = (place, x, y)
    Place.objects.bulk_create(s[0] for s in found.values() if isinstance(s[0], Place))
    return found


def _art_works(grid: Grid, rows: Any) -> dict[str, Stop]:
    found: dict[str, Stop] = {}
    for zh, en, artist, year, x, y, story_zh, story_en in rows:
        longitude, latitude = grid.place(x, y)
        work = ArtWork(
            name_zh=zh,
            name_en=en,
            artist=artist,
            year=year,
            longitude=longitude,
            latitude=latitude,
            story_zh=story_zh,
            story_en=story_en,
        )
        found[zh or en] = (work, x, y)
    ArtWork.objects.bulk_create(s[0] for s in found.values() if isinstance(s[0], ArtWork))
    return found


def _routes(grid: Grid, rows: Any, stops: dict[str, Stop]) -> None:
    for zh, en, text_zh, text_en, names in rows:
        chosen = [stops[name] for name in names]
        route = Route.objects.create(
            name_zh=zh,
            name_en=en,
            description_zh=text_zh,
            description_en=text_en,
            line=grid.line([(x, y) for _, x, y in chosen]),
        )
        RouteStop.objects.bulk_create(
            RouteStop(
                route=route,
                position=position,
                place=target if isinstance(target, Place) else None,
                artwork=target if isinstance(target, ArtWork) else None,
            )
            for position, (target, _, _) in enumerate(chosen, start=1)
        )
