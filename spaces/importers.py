"""The files that buildings, places, spaces and their bookings come in."""

from collections.abc import Mapping
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from district.permissions import can_import
from district.registry import Importer
from spaces.imports.kinds import (
    BUILDING_IDS,
    BUILDINGS,
    GROUND,
    GROUND_IDS,
    PLACE_IDS,
    PLACES,
    SPACES,
)
from spaces.imports.structure import (
    NEW_BUILDINGS,
    import_buildings,
    import_ground,
    import_places,
    import_spaces,
)
from spaces.imports.timetable import (
    LAST_WEEK,
    SHARED_USES,
    TimetableImport,
    read_timetable,
    timetable_key,
)


def _term_options() -> Mapping[str, forms.Field]:
    return {
        "term_starts_on": forms.DateField(
            label=_("Monday of the first week"),
            widget=forms.DateInput(attrs={"type": "date"}),
            validators=[_is_monday],
        ),
        "pause_after": forms.IntegerField(
            label=_("One week off after week"), min_value=1, max_value=LAST_WEEK, required=False
        ),
    }


def _is_monday(day: date) -> None:
    if day.weekday():
        raise ValidationError(_("This is not a Monday."), code="monday")


IMPORTERS = {
    "buildings": Importer(
        label=_("Buildings and their parts"),
        help=_("Outlines in GeoJSON. A part names its building in part_of or PARENT_ID."),
        icon="building",
        extensions=["geojson", "json"],
        can=can_import,
        key=BUILDINGS.key,
        begin=import_buildings,
        columns=[
            "external_id",
            "code",
            "name_zh",
            "name_en",
            "function",
            "address_zh",
            "address_en",
            "gross_area_m2",
            "built_year",
            "part_of",
        ],
        required=[BUILDING_IDS],
        order=10,
    ),
    "ground": Importer(
        label=_("Ground of the map"),
        help=_("Water, greens, roads and neighbouring buildings in GeoJSON: drawn under the map."),
        icon="map",
        extensions=["geojson", "json"],
        can=can_import,
        key=GROUND.key,
        begin=import_ground,
        columns=["external_id", "kind", "name_zh", "name_en"],
        required=[GROUND_IDS, ["kind"]],
        order=15,
    ),
    "places": Importer(
        label=_("Places"),
        help=_("Points in GeoJSON: cafés, shops, parks, stops and what else people look for."),
        icon="map-pin",
        extensions=["geojson", "json"],
        can=can_import,
        key=PLACES.key,
        begin=import_places,
        columns=["external_id", "kind", "name_zh", "name_en", "hours", "website"],
        required=[PLACE_IDS],
        order=20,
    ),
    "spaces": Importer(
        label=_("Spaces and rooms"),
        help=_("A table in CSV or XLSX, or a list of rooms in JSON. Buildings are made as needed."),
        icon="door",
        extensions=["csv", "xlsx", "json"],
        can=can_import,
        key=SPACES.key,
        begin=import_spaces,
        columns=[
            "code",
            "name_zh",
            "name_en",
            "building",
            "floor",
            "function",
            "area_m2",
            "capacity",
            "features",
            "bookable",
            "lettable",
            "external_id",
        ],
        required=[["code"], ["name_zh", "name_en", "name", "roomName"]],
        notes={NEW_BUILDINGS: _("New buildings for them")},
        order=30,
    ),
    "timetable": Importer(
        label=_("Timetable of classes"),
        help=_("Weekly classes by room in JSON. Classes held together share one booking."),
        icon="calendar-week",
        extensions=["json"],
        can=can_import,
        key=timetable_key,
        begin=TimetableImport,
        options=_term_options,
        notes={SHARED_USES: _("Shared by several classes")},
        read=read_timetable,
        order=40,
    ),
}
