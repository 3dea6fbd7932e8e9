"""The files that buildings, places, spaces and their bookings come in."""

from collections.abc import Mapping
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from district.imports.columns import FileColumn
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
    USUAL_FUNCTION,
)
from spaces.imports.structure import (
    CREATE_BUILDINGS,
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
from spaces.models import Feature, GroundKind, PlaceKind, SpaceFunction


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


def _space_options() -> Mapping[str, forms.Field]:
    return {
        CREATE_BUILDINGS: forms.BooleanField(
            label=_("Create missing buildings"),
            help_text=_(
                "Otherwise a row with an unknown building stays out. The check lists them."
            ),
            required=False,
        )
    }


EXTERNAL_ID = FileColumn("external_id", _("External id"), "", _("Recognises it next time."))
CODE = FileColumn("code", _("Code"), "A1-101")
NAME_ZH = FileColumn("name_zh", _("Chinese name"), "101 会议室")
NAME_EN = FileColumn("name_en", _("English name"), "Meeting room 101")
FUNCTION = FileColumn("function", _("Function"), SpaceFunction.MEETING, choices=SpaceFunction)

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
            EXTERNAL_ID,
            CODE,
            NAME_ZH,
            NAME_EN,
            FileColumn("function", _("Function"), choices=SpaceFunction, usual=USUAL_FUNCTION),
            FileColumn("address_zh", _("Chinese address")),
            FileColumn("address_en", _("English address")),
            FileColumn("gross_area_m2", _("Gross floor area (m²)")),
            FileColumn("built_year", _("Year built")),
            FileColumn("part_of", _("Part of"), "", _("The external id of its building.")),
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
        columns=[
            EXTERNAL_ID,
            FileColumn("kind", _("Kind"), GroundKind.WATER, choices=GroundKind),
            NAME_ZH,
            NAME_EN,
        ],
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
        columns=[
            EXTERNAL_ID,
            FileColumn("kind", _("Kind"), PlaceKind.CAFE, choices=PlaceKind, usual=PlaceKind.OTHER),
            NAME_ZH,
            NAME_EN,
            FileColumn("hours", _("Opening hours")),
            FileColumn("website", _("Website")),
        ],
        required=[PLACE_IDS],
        order=20,
    ),
    "spaces": Importer(
        label=_("Spaces and rooms"),
        help=_("A table in CSV or XLSX, or a list of rooms in JSON, in buildings that are here."),
        icon="door",
        extensions=["csv", "xlsx", "json"],
        can=can_import,
        key=SPACES.key,
        begin=import_spaces,
        columns=[
            CODE,
            NAME_ZH,
            NAME_EN,
            FileColumn("building", _("Building"), "A1", _("Its code or its name.")),
            FileColumn("floor", _("Floor"), "1", _("A number; below ground it is negative.")),
            FUNCTION,
            FileColumn("area_m2", _("Area (m²)"), "42.5"),
            FileColumn("capacity", _("Capacity (people)"), "8"),
            FileColumn(
                "features",
                _("Features"),
                Feature.PROJECTOR,
                _("Several are parted by commas."),
                choices=Feature,
            ),
            FileColumn("bookable", _("Bookable"), _("Yes"), _("yes or no")),
            FileColumn("lettable", _("To let"), _("No"), _("yes or no")),
            EXTERNAL_ID,
        ],
        options=_space_options,
        required=[["code"], ["name_zh", "name_en", "name", "roomName"]],
        notes={NEW_BUILDINGS: _("New buildings")},
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
