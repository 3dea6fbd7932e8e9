"""Buildings, places and spaces from rows: what is new, changed, unchanged or wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.activity import record_many
from district.actors import Actor
from district.imports.contract import Plan, Wrong
from district.imports.rows import Row
from spaces.actions.policies import apply_policies
from spaces.actions.structure import VERSIONED
from spaces.imports.kinds import BUILDINGS, GROUND, PLACES, SPACES, Draft, Kind
from spaces.models import Building, Floor, Space, SpaceLeaf, SpaceVersion

BATCH: Final = 500
NEW_BUILDINGS: Final = "new_buildings"


@dataclass
class StructurePlan(Plan):
    made_buildings: list[Building] = field(default_factory=list)
    versions: list[SpaceVersion] = field(default_factory=list)


class StructureImport:
    """Rows of one kind, recognised by their external id."""

    def __init__(self, kind: Kind):
        self.kind = kind
        self.links = _Links(kind)

    def plan(self, rows: Sequence[Row]) -> StructurePlan:
        plan = self.links.plan = StructurePlan()
        drafts = []
        for row in rows:
            try:
                drafts.append((row, self.kind.draft(row)))
            except ValidationError as error:
                plan.wrong.append(Wrong(row, error.messages))
        present = self._present([draft.external_id for _row, draft in drafts])
        for row, draft in drafts:
            try:
                _place(self.kind, draft, present, self.links, plan)
            except ValidationError as error:
                plan.wrong.append(Wrong(row, error.messages))
        if plan.made_buildings:
            plan.notes[NEW_BUILDINGS] += len(plan.made_buildings)
        return plan

    def _present(self, external_ids: Sequence[str]) -> Mapping[str, Any]:
        rows = self.kind.model.objects.filter(external_id__in=external_ids)
        return {item.external_id: item for item in rows.select_related(*self.kind.joined)}

    def write(self, plan: StructurePlan, *, by: Actor) -> None:
        """Twice changes nothing; a space keeps what it was called before."""
        Building.objects.bulk_create(plan.made_buildings, batch_size=BATCH)
        if self.kind.model is Space:
            Floor.objects.bulk_create(_new_floors(plan), batch_size=BATCH)
        self.kind.model.objects.bulk_create(plan.created, batch_size=BATCH)
        if self.kind.model is Space:
            SpaceLeaf.objects.bulk_create(
                [SpaceLeaf(space=space, leaf=space) for space in plan.created], batch_size=BATCH
            )
        SpaceVersion.objects.bulk_create(plan.versions, batch_size=BATCH)
        for item in plan.changed:
            item.save()
        if self.kind.model is Space:
            apply_policies()
        noun = self.kind.model._meta.model_name
        imported = {"imported": True}
        record_many("building.created", plan.made_buildings, by=by, data=imported)
        record_many(f"{noun}.created", plan.created, by=by, data=imported)
        record_many(f"{noun}.changed", plan.changed, by=by, data=imported)


def import_buildings(options: Mapping[str, str]) -> StructureImport:
    return StructureImport(BUILDINGS)


def import_places(options: Mapping[str, str]) -> StructureImport:
    return StructureImport(PLACES)


def import_ground(options: Mapping[str, str]) -> StructureImport:
    return StructureImport(GROUND)


def import_spaces(options: Mapping[str, str]) -> StructureImport:
    return StructureImport(SPACES)


def _place(
    kind: Kind,
    draft: Draft,
    present: Mapping[str, Any],
    links: "_Links",
    plan: StructurePlan,
) -> None:
    item = present.get(draft.external_id)
    values = {**draft.values, **links.of(draft)}
    if item is None:
        item = kind.model(external_id=draft.external_id, **values)
        _check(kind, item, links)
        links.know(item)
        plan.created.append(item)
        return
    before = {name: getattr(item, name) for name in VERSIONED if hasattr(item, name)}
    if links.taken(values.get("code"), draft.external_id):
        values["code"] = item.code
    differing = [name for name, value in values.items() if getattr(item, name) != value]
    if not differing:
        plan.unchanged_count += 1
        return
    for name in differing:
        setattr(item, name, values[name])
    _check(kind, item, links)
    plan.changed.append(item)
    if kind.model is Space and set(differing) & set(VERSIONED):
        plan.versions.append(SpaceVersion(space=item, until=timezone.now(), **before))


def _check(kind: Kind, item: Any, links: "_Links") -> None:
    """Field rules of the model; a code somebody else has gives way to the external id."""
    if hasattr(item, "code"):
        if links.taken(item.code, item.external_id):
            item.code = item.external_id
        if links.taken(item.code, item.external_id):
            raise ValidationError(_("Something else has this code already."))
        links.codes[item.code] = item.external_id
    item.clean_fields(exclude=[f.name for f in kind.model._meta.fields if f.is_relation])


class _Links:
    """Other things that rows name, found in a handful of queries."""

    def __init__(self, kind: Kind):
        self.kind, self.plan = kind, StructurePlan()
        self.codes: dict[str, str] = {}
        if hasattr(kind.model, "code"):
            self.codes = dict(kind.model.objects.values_list("code", "external_id"))
        rows = list(Building.objects.all())
        self.by_external = {row.external_id: row for row in rows if row.external_id}
        self.by_code = {row.code: row for row in rows}
        self.floors = {(row.building_id, row.level): row for row in Floor.objects.all()}

    def know(self, item: Any) -> None:
        """Rows further down may name what this one brings."""
        if isinstance(item, Building):
            self.by_external[item.external_id] = self.by_code[item.code] = item

    def taken(self, code: str | None, external_id: str) -> bool:
        return code in self.codes and self.codes[code] != external_id

    def of(self, draft: Draft) -> dict[str, Any]:
        if self.kind.model is Building:
            return {"part_of": self._whole(draft.links["part_of"])}
        if self.kind.model is Space:
            building = self._building(draft.links["building"], draft)
            return {"building": building, "floor": self._floor(building, draft.links["floor"])}
        return {}

    def _whole(self, external_id: str) -> Building | None:
        if not external_id:
            return None
        if external_id not in self.by_external:
            raise ValidationError(
                _("The building “%(id)s” it is a part of is not here. Import that one first."),
                params={"id": external_id},
            )
        return self.by_external[external_id]

    def _building(self, code: str, draft: Draft) -> Building:
        if code not in self.by_code:
            building = Building(
                code=code,
                name_en=code,
                function=draft.values["function"],
                realms=["physical"],
                longitude=draft.values["longitude"],
                latitude=draft.values["latitude"],
            )
            self.by_code[code] = building
            self.plan.made_buildings.append(building)
        return self.by_code[code]

    def _floor(self, building: Building, level: int | None) -> Floor | None:
        if level is None:
            return None
        key = (building.pk, level)
        if key not in self.floors:
            self.floors[key] = Floor(building=building, level=level)
        return self.floors[key]


def _new_floors(plan: StructurePlan) -> list[Floor]:
    floors = {item.floor.pk: item.floor for item in [*plan.created, *plan.changed] if item.floor}
    return [floor for floor in floors.values() if floor._state.adding]
