"""What a row means: a building, a place or a space. Bad rows raise ValidationError in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext_lazy as _

from district.geometry import centre, on_earth, validate_area, validate_line
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

USES: Final[Mapping[str, str]] = {
    "housing": SpaceFunction.RESIDENCE,
    "studenthousing": SpaceFunction.RESIDENCE,
    "academic": SpaceFunction.EDUCATION,
    "research": SpaceFunction.RESEARCH,
    "services": SpaceFunction.LIFE_SERVICE,
    "commons": SpaceFunction.LIFE_SERVICE,
    "commercial": SpaceFunction.TRADE,
    "athletics": SpaceFunction.CULTURE,
}
PLACE_WORDS: Final[Mapping[str, str]] = {
    "restaurant": PlaceKind.FOOD,
    "grocery": PlaceKind.SHOP,
    "retail": PlaceKind.SHOP,
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
}
BUILDING_IDS: Final = ("external_id", "BLDG_UID", "SBLDG_UID", "id")
PLACE_IDS: Final = ("external_id", "POI_ID", "id")
GROUND_IDS: Final = ("external_id", "id")
SPACE_IDS: Final = ("external_id", "code")
TRUE: Final = frozenset({"1", "true", "yes", "y", "是"})


@dataclass(frozen=True)
class Draft:
    """What a row would be: `links` name other things by code or external id."""

    external_id: str
    values: Mapping[str, Any]
    links: Mapping[str, Any]


@dataclass(frozen=True)
class Kind:
    model: Any
    draft: Callable[[Row], Draft]
    ids: Sequence[str]
    joined: Sequence[str] = ()

    def key(self, row: Row) -> str:
        return first(row, *self.ids)


def building_draft(row: Row) -> Draft:
    external_id = _required(row, *BUILDING_IDS)
    validate_area(row.geometry)
    longitude, latitude = centre(row.geometry)
    year = first(row, "built_year", "OCCU_DATE")[:4]
    values = {
        "code": first(row, "code", "BLDG_CODE") or external_id,
        **_names(row, "NAME", "name"),
        "address_zh": first(row, "address_zh"),
        "address_en": first(row, "address_en", "PRIMARY_ADDRESS"),
        "function": _choice(row, USES, SpaceFunction, "function", "BLDG_USAGE", "SBLDG_USAGE"),
        "realms": ["physical"],
        "geometry": row.geometry,
        "longitude": longitude,
        "latitude": latitude,
        "gross_area_m2": _decimal(row, "gross_area_m2", "GBA"),
        "built_year": int(year) if year.isdecimal() and int(year) else None,
    }
    return Draft(external_id, values, {"part_of": first(row, "part_of", "PARENT_ID")})


def place_draft(row: Row) -> Draft:
    point: Any = row.geometry.get("coordinates") if isinstance(row.geometry, dict) else None
    if not on_earth(point):
        raise ValidationError(_("The position is missing or not on earth."))
    website = first(row, "website", "URL")
    if website and "://" not in website:
        website = f"https://{website}"
    if website:
        _one_address(website)
    values = {
        "kind": _choice(row, PLACE_WORDS, PlaceKind, "kind", "SERVICE_TYPE"),
        **_names(row, "PLACENAME", "name"),
        "longitude": float(point[0]),
        "latitude": float(point[1]),
        "hours": first(row, "hours", "HOURS")[:300],
        "website": website,
    }
    return Draft(_required(row, *PLACE_IDS), values, {})


def _one_address(website: str) -> None:
    try:
        URLValidator(schemes=["http", "https"])(website)
    except ValidationError as error:
        raise ValidationError(
            _("“%(text)s” is not one web address. Give a single one, or none."),
            params={"text": website[:300]},
        ) from error


def space_draft(row: Row) -> Draft:
    code = _required(row, "code")
    # A list of rooms for classes and meetings has no such column: they are there to be booked.
    is_room = "roomName" in row.values and "bookable" not in row.values
    location = row.values.get("location")
    point = [location.get("x"), location.get("y")] if isinstance(location, dict) else None
    if point is not None and not on_earth(point):
        raise ValidationError(_("The position is missing or not on earth."))
    values = {
        "code": code,
        **_names(row, "roomName", "name"),
        "function": _choice(row, {}, SpaceFunction, "function", default=SpaceFunction.EDUCATION),
        "realms": ["physical"],
        "area_m2": _decimal(row, "area_m2"),
        "capacity": int(_decimal(row, "capacity") or 0),
        "features": _features(first(row, "features")),
        "bookable": first(row, "bookable").lower() in TRUE or is_room,
        "lettable": first(row, "lettable").lower() in TRUE,
        "longitude": point[0] if point else None,
        "latitude": point[1] if point else None,
    }
    links = {"building": first(row, "building") or code.split("-")[0], "floor": _level(row)}
    return Draft(first(row, *SPACE_IDS), values, links)


def ground_draft(row: Row) -> Draft:
    kind = first(row, "kind").lower()
    if kind not in GroundKind.values:
        raise ValidationError(
            _("“kind” must be one of: %(kinds)s"), params={"kinds": ", ".join(GroundKind.values)}
        )
    if kind in LINES:
        validate_line(row.geometry)
    else:
        validate_area(row.geometry)
    values = {
        "kind": kind,
        "name_zh": first(row, "name_zh"),
        "name_en": first(row, "name_en", "name"),
        "geometry": row.geometry,
    }
    return Draft(_required(row, *GROUND_IDS), values, {})


GROUND: Final = Kind(Ground, ground_draft, GROUND_IDS)
BUILDINGS: Final = Kind(Building, building_draft, BUILDING_IDS, ("part_of",))
PLACES: Final = Kind(Place, place_draft, PLACE_IDS)
SPACES: Final = Kind(Space, space_draft, SPACE_IDS, ("building", "floor"))


def first(row: Row, *names: str) -> str:
    for name in names:
        value = row.values.get(name)
        if value not in (None, "", "<Null>"):
            return str(value).strip()
    return ""


def _required(row: Row, *names: str) -> str:
    value = first(row, *names)
    if not value:
        raise ValidationError(_("“%(column)s” is missing."), params={"column": names[0]})
    return value


def _names(row: Row, *fallback: str) -> dict[str, str]:
    zh, en = first(row, "name_zh"), first(row, "name_en", *fallback)
    if not zh and not en:
        raise ValidationError(_("Give it a name in Chinese or in English."))
    return {"name_zh": zh, "name_en": en}


def _choice(
    row: Row, words: Mapping[str, str], choices: Any, *names: str, default: str = ""
) -> str:
    value = first(row, *names).lower()
    usual = default or ("other" if "other" in choices.values else choices.values[2])
    return value if value in choices.values else words.get(value, usual)


def _decimal(row: Row, *names: str) -> Decimal | None:
    text = first(row, *names)
    try:
        number = Decimal(text) if text else None
    except InvalidOperation as error:
        raise ValidationError(_("“%(text)s” is not a number."), params={"text": text}) from error
    if number is not None and (not number.is_finite() or number < 0):
        raise ValidationError(_("“%(text)s” is not a number."), params={"text": text})
    return number.quantize(Decimal("0.01")) or None if number is not None else None


def _level(row: Row) -> int | None:
    text = first(row, "floor")
    if not text:
        return None
    if text.lower() in {"ground", "g"}:
        return 1
    try:
        level = int(float(text))
    except (ValueError, OverflowError) as error:
        raise ValidationError(_("“%(text)s” is not a floor."), params={"text": text}) from error
    if not -20 <= level <= 200:
        raise ValidationError(_("“%(text)s” is not a floor."), params={"text": text})
    return level


def _features(text: str) -> Sequence[str]:
    return [word for word in text.replace(",", " ").split() if word in Feature.values]
