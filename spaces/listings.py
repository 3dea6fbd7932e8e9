"""The lists of buildings and spaces: columns, filters, sorting."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from district.lists import BulkAction, Cell, Column, Filter, Listing, Rows, Sort
from district.models import Community
from district.permissions import require
from district.rules import Text
from district.templatetags.look import figure
from spaces import permissions
from spaces.actions.structure import change_space
from spaces.models import Building, Feature, Realm, Space, SpaceFunction


def one_of(field: str) -> Callable[[Sequence[str]], Q]:
    return lambda values: Q(**{f"{field}__in": values})


def ids(field: str, values: Sequence[str]) -> Q:
    return Q(**{f"{field}__in": [UUID(value) for value in values]})


def _named(rows: Rows[Space], query: str) -> Rows[Space]:
    return rows.filter(
        Q(name_zh__icontains=query) | Q(name_en__icontains=query) | Q(code__icontains=query)
    )


def _named_building(rows: Rows[Building], query: str) -> Rows[Building]:
    return rows.filter(
        Q(name_zh__icontains=query) | Q(name_en__icontains=query) | Q(code__icontains=query)
    )


def buildings() -> list[tuple[str, Text]]:
    rows = Building.objects.filter(ended_at=None, part_of=None).order_by("code")
    return [(str(row.pk), row.name) for row in rows]


def _visible_spaces(actor: Actor) -> Rows[Space]:
    require(permissions.can_view_spaces(actor))
    return Space.objects.visible_to(actor).select_related("building", "floor")


def _visible_buildings(actor: Actor) -> Rows[Building]:
    require(permissions.can_view_spaces(actor))
    return Building.objects.visible_to(actor).select_related("community", "part_of")


def _communities() -> list[tuple[str, Text]]:
    return [(str(row.pk), row.name) for row in Community.objects.order_by("code")]


def _uses(values: Sequence[str]) -> Q:
    condition = Q()
    for value in values:
        if value in {"bookable", "lettable"}:
            condition |= Q(**{value: True})
    return condition


def _state(row: Building | Space) -> Cell:
    if row.ended_at is not None:
        return Cell(_("Ended"), state="off")
    return Cell(_("In use"), state="go")


def _realms(row: Building | Space) -> str:
    labels = dict(Realm.choices)
    return " · ".join(str(labels[realm]) for realm in row.realms if realm in labels)


def _may_edit(actor: Actor) -> bool:
    return permissions.can_create_building(actor)


def _open_for_booking(row: Space, actor: Actor) -> None:
    _set_bookable(row, actor, True)


def _close_for_booking(row: Space, actor: Actor) -> None:
    _set_bookable(row, actor, False)


def _set_bookable(row: Space, actor: Actor, bookable: bool) -> None:
    require(permissions.can_edit_space(actor, row))
    if row.bookable is not bookable:
        row.bookable = bookable
        change_space(row, by=actor)


STATE: Filter[Any] = Filter(
    "state",
    _("State"),
    lambda values: Q(ended_at__isnull="ended" not in values),
    lambda: [("ended", _("Ended"))],
    unset=Q(ended_at=None),
)
SPACES: Listing[Space] = Listing(
    key="spaces",
    rows=_visible_spaces,
    columns=[
        Column("name", _("Space"), lambda row: Cell(row.name, row.get_absolute_url(), row.code)),
        Column("code", _("Code"), lambda row: Cell(row.code), shown=False),
        Column(
            "building",
            _("Building"),
            lambda row: Cell(row.building.name, row.building.get_absolute_url()),
        ),
        Column("floor", _("Floor"), lambda row: Cell(row.floor.name if row.floor else "")),
        Column("function", _("Function"), lambda row: Cell(SpaceFunction(row.function).label)),
        Column("realms", _("Realms"), lambda row: Cell(_realms(row)), shown=False),
        Column(
            "area",
            _("Area (m²)"),
            lambda row: Cell(figure(row.area_m2)),
            value=lambda row: row.area_m2 or "",
            numeric=True,
        ),
        Column("capacity", _("Capacity"), lambda row: Cell(row.capacity or ""), numeric=True),
        Column("use", _("Use"), lambda row: Cell(_use(row))),
        Column("features", _("Features"), lambda row: Cell(_features(row)), shown=False),
        Column("state", _("State"), _state, shown=False),
    ],
    sorts=[
        Sort("code", _("Code"), "code"),
        Sort("capacity", _("Largest first"), "capacity", descending=True),
        Sort("newest", _("Newest first"), "id", descending=True),
    ],
    filters=[
        Filter("building", _("Building"), lambda v: ids("building_id", v), buildings),
        Filter("function", _("Function"), one_of("function"), lambda: list(SpaceFunction.choices)),
        Filter(
            "realm",
            _("Realm"),
            lambda values: Q(realms__overlap=list(values)),
            lambda: list(Realm.choices),
        ),
        Filter(
            "feature",
            _("Feature"),
            lambda values: Q(features__contains=list(values)),
            lambda: list(Feature.choices),
        ),
        Filter(
            "capacity",
            _("At least for"),
            lambda values: Q(capacity__gte=int(values[0])),
            input_type="number",
        ),
        Filter(
            "use",
            _("Use"),
            _uses,
            lambda: [("bookable", _("Can be booked")), ("lettable", _("Can be let"))],
        ),
        STATE,
    ],
    search=_named,
    bulk=[
        BulkAction("open", _("Open for booking"), "lock-open", _may_edit, _open_for_booking),
        BulkAction("close", _("Close for booking"), "lock", _may_edit, _close_for_booking),
    ],
)


def _use(row: Space) -> str:
    words = [_("Can be booked")] if row.bookable else []
    return " · ".join(str(word) for word in [*words, *([_("Can be let")] * row.lettable)])


def _features(row: Space) -> str:
    return " · ".join(row.feature_names)


BUILDINGS: Listing[Building] = Listing(
    key="buildings",
    rows=_visible_buildings,
    columns=[
        Column("name", _("Building"), lambda row: Cell(row.name, row.get_absolute_url(), row.code)),
        Column(
            "community",
            _("Community"),
            lambda row: Cell(row.community.name if row.community else ""),
        ),
        Column("part_of", _("Part of"), lambda row: Cell(row.part_of.name if row.part_of else "")),
        Column("function", _("Function"), lambda row: Cell(SpaceFunction(row.function).label)),
        Column("realms", _("Realms"), lambda row: Cell(_realms(row)), shown=False),
        Column(
            "area",
            _("Gross area (m²)"),
            lambda row: Cell(figure(row.gross_area_m2)),
            value=lambda row: row.gross_area_m2 or "",
            numeric=True,
        ),
        Column("built", _("Built in"), lambda row: Cell(row.built_year or ""), numeric=True),
        Column(
            "map",
            _("Map"),
            lambda row: Cell(_("Show"), f"{reverse('district_map')}?building={row.pk}"),
        ),
        Column("state", _("State"), _state, shown=False),
    ],
    sorts=[
        Sort("code", _("Code"), "code"),
        Sort("newest", _("Newest first"), "id", descending=True),
    ],
    filters=[
        Filter("community", _("Community"), lambda v: ids("community_id", v), _communities),
        Filter("function", _("Function"), one_of("function"), lambda: list(SpaceFunction.choices)),
        Filter(
            "realm",
            _("Realm"),
            lambda values: Q(realms__overlap=list(values)),
            lambda: list(Realm.choices),
        ),
        STATE,
    ],
    search=_named_building,
)
