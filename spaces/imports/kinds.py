"""What a row means: a building, a place or a space; what is wrong with it stands in its cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from district.geometry import centre, on_earth, validate_area, validate_line
from district.imports.cells import Cells, words_for
from district.imports.rows import Row
from spaces.models import (
    LINES,
    Building,
    Feature,
    Ground,
    GroundKind,
    Place,
    PlaceKind,
    Space,
    SpaceFunction,
)

# What maps of other places call their buildings and places, and what that is here.
USES: Final[Mapping[str, str]] = {
    "housing": SpaceFunction.RESIDENCE,
    "studenthousing": SpaceFunction.RESIDENCE,
    "academic": SpaceFunction.EDUCATION,
    "services": SpaceFunction.LIFE_SERVICE,
    "commons": SpaceFunction.LIFE_SERVICE,
    "operations": SpaceFunction.LIFE_SERVICE,
    "other": SpaceFunction.LIFE_SERVICE,
    "commercial": SpaceFunction.TRADE,
    "administrative": SpaceFunction.TRADE,
    "athletics": SpaceFunction.CULTURE,
    "parking": SpaceFunction.PUBLIC_REALM,
}
PLACE_WORDS: Final[Mapping[str, str]] = {
    "restaurant": PlaceKind.FOOD,
    "grocery": PlaceKind.SHOP,
    "retail": PlaceKind.SHOP,
    "commercial_services": PlaceKind.SHOP,
    "medical": PlaceKind.HEALTH,
    "hospital": PlaceKind.HEALTH,
    "garden": PlaceKind.POCKET_PARK,
    "park": PlaceKind.POCKET_PARK,
    "plaza": PlaceKind.LINGERING,
    "athletics": PlaceKind.SPORT,
    "field": PlaceKind.SPORT,
    "attraction": PlaceKind.LANDMARK,
    "monument": PlaceKind.LANDMARK,
    "library": PlaceKind.BOOK_BAR,
    "transit": PlaceKind.TRANSPORT,
    **dict.fromkeys(
        ("academic", "bank", "campus_services", "housing_student", "school", "sub_building"),
        PlaceKind.OTHER,
    ),
    "worship": PlaceKind.OTHER,
}
USUAL_FUNCTION: Final = SpaceFunction.TECHNOLOGY
BUILDING_IDS: Final = ("external_id", "BLDG_UID", "SBLDG_UID", "id")
PLACE_IDS: Final = ("external_id", "POI_ID", "id")
GROUND_IDS: Final = ("external_id", "id")
SPACE_IDS: Final = ("external_id", "code")


@dataclass(frozen=True)
class Draft:
    """What a row would be: `links` name other things by code or external id."""

    cells: Cells
    external_id: str
    values: Mapping[str, Any]
    links: Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    model: Any
    draft: Callable[[Cells], Draft]
    ids: Sequence[str]
    joined: Sequence[str] = ()

    def key(self, row: Row) -> str:
        return Cells(row).text(*self.ids)


def building_draft(cells: Cells) -> Draft:
    external_id = cells.required(*BUILDING_IDS)
    code = cells.text("code", "BLDG_CODE") or external_id
    if not code:
        cells.faulty.add("code")
    geometry = _outline(cells, validate_area)
    longitude, latitude = centre(geometry) if geometry else (None, None)
    year = cells.text("built_year", "OCCU_DATE")[:4]
    values = {
        "code": code,
        **cells.name("NAME", "name"),
        "address_zh": cells.text("address_zh"),
        "address_en": cells.text("address_en", "PRIMARY_ADDRESS"),
        "function": cells.choice(
            SpaceFunction,
            "function",
            "BLDG_USAGE",
            "SBLDG_USAGE",
            words=USES,
            usual=USUAL_FUNCTION,
        ),
        "realms": ["physical"],
        "geometry": geometry,
        "longitude": longitude,
        "latitude": latitude,
        "gross_area_m2": cells.number("gross_area_m2", "GBA"),
        "built_year": int(year) if year.isdecimal() and int(year) else None,
    }
    return Draft(cells, external_id, values, {"part_of": cells.text("part_of", "PARENT_ID")})


def place_draft(cells: Cells) -> Draft:
    geometry = cells.row.geometry
    point: Any = geometry.get("coordinates") if isinstance(geometry, dict) else None
    longitude, latitude = _position(cells, point)
    website = cells.text("website", "URL")
    if website and "://" not in website:
        website = f"https://{website}"
    if website:
        _check_address(cells, website)
    values = {
        "kind": cells.choice(
            PlaceKind, "kind", "SERVICE_TYPE", words=PLACE_WORDS, usual=PlaceKind.OTHER
        ),
        **cells.name("PLACENAME", "name"),
        "longitude": longitude,
        "latitude": latitude,
        "hours": cells.text("hours", "HOURS")[:300],
        "website": website,
    }
    return Draft(cells, cells.required(*PLACE_IDS), values, {})


def space_draft(cells: Cells) -> Draft:
    code = cells.required("code")
    # A list of rooms for classes and meetings has no such column: they are there to be booked.
    is_room = "roomName" in cells.row.values and "bookable" not in cells.row.values
    location = cells.row.values.get("location")
    point = [location.get("x"), location.get("y")] if isinstance(location, dict) else None
    longitude, latitude = _position(cells, point) if point else (None, None)
    values = {
        "code": code,
        **cells.name("roomName", "name"),
        "function": (
            SpaceFunction.EDUCATION
            if is_room and not cells.text("function")
            else cells.choice(SpaceFunction, "function")
        ),
        "realms": ["physical"],
        "area_m2": cells.number("area_m2"),
        "capacity": int(cells.number("capacity") or 0),
        "features": _features(cells),
        "bookable": cells.flag("bookable") or is_room,
        "lettable": cells.flag("lettable"),
        "longitude": longitude,
        "latitude": latitude,
    }
    building = cells.text("building") or code.split("-")[0]
    links = {"building": building, "floor": _level(cells)}
    return Draft(cells, cells.text(*SPACE_IDS), values, links)


def ground_draft(cells: Cells) -> Draft:
    kind = cells.choice(GroundKind, "kind")
    values = {
        "kind": kind,
        "name_zh": cells.text("name_zh"),
        "name_en": cells.text("name_en", "name"),
        "geometry": _outline(cells, validate_line if kind in LINES else validate_area),
    }
    return Draft(cells, cells.required(*GROUND_IDS), values, {})


GROUND: Final = Kind(Ground, ground_draft, GROUND_IDS)
BUILDINGS: Final = Kind(Building, building_draft, BUILDING_IDS, ("part_of",))
PLACES: Final = Kind(Place, place_draft, PLACE_IDS)
SPACES: Final = Kind(Space, space_draft, SPACE_IDS, ("building", "floor"))


def _outline(cells: Cells, validate: Callable[[Any], None]) -> Any:
    try:
        validate(cells.row.geometry)
    except ValidationError as error:
        for message in error.messages:
            cells.wrong("geometry", message)
        return None
    return cells.row.geometry


def _position(cells: Cells, point: Any) -> tuple[float | None, float | None]:
    if not on_earth(point):
        cells.wrong("longitude", _("The position is missing or not on earth."))
        cells.faulty.add("latitude")
        return None, None
    return float(point[0]), float(point[1])


def _check_address(cells: Cells, website: str) -> None:
    try:
        URLValidator(schemes=["http", "https"])(website)
    except ValidationError:
        cells.wrong(
            "website",
            _("“%(text)s” is not one web address. Give a single one, or none."),
            text=website[:300],
        )


def _level(cells: Cells) -> int | None:
    text = cells.text("floor")
    if not text:
        return None
    if text.lower() in {"ground", "g"}:
        return 1
    try:
        level = int(float(text.lower().removesuffix("f")))
    except (ValueError, OverflowError):
        level = None
    if level is None or not -20 <= level <= 200:
        cells.wrong("floor", _("“%(text)s” is not a floor."), text=text)
        return None
    return level


def _features(cells: Cells) -> Sequence[str]:
    """Keys or names, parted by commas of either script, semicolons or spaces."""
    text = cells.text("features").casefold()
    for mark in "，、；;":
        text = text.replace(mark, ",")
    known = words_for(Feature)
    words = [word.strip() for word in text.split(",")]
    words = [part for word in words for part in ([word] if word in known else word.split())]
    unknown = [word for word in words if word not in known]
    if unknown:
        cells.wrong(
            "features",
            _("“%(text)s” is not one of: %(choices)s."),
            text=gettext(", ").join(unknown),
            choices=gettext(", ").join(str(label) for label in Feature.labels),
        )
    return list(dict.fromkeys(known[word] for word in words if word in known))
