"""Buildings, places and spaces from rows: what is new, changed, unchanged or wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.activity import record_many
from district.actors import Actor
from district.imports.cells import Cells
from district.imports.contract import Plan, Wrong
from district.imports.rows import Row
from district.rules import Text
from spaces.actions.policies import apply_policies
from spaces.actions.structure import VERSIONED
from spaces.imports.kinds import BUILDINGS, GROUND, PLACES, SPACES, Draft, Kind
from spaces.imports.links import Links
from spaces.models import Building, Floor, Space, SpaceLeaf, SpaceVersion

BATCH: Final = 500
NEW_BUILDINGS: Final = "new_buildings"
CREATE_BUILDINGS: Final = "create_buildings"


@dataclass
class StructurePlan(Plan):
    versions: list[SpaceVersion] = field(default_factory=list)


class StructureImport:
    """Rows of one kind, recognised by their external id."""

    def __init__(self, kind: Kind, *, creates_buildings: bool = False):
        self.kind = kind
        self.links = Links(kind, creates_buildings=creates_buildings)

    def problems(self, row: Row) -> Sequence[Text]:
        return self.kind.draft(Cells(row)).cells.problems

    def plan(self, rows: Sequence[Row]) -> StructurePlan:
        plan = StructurePlan()
        drafts = [self.kind.draft(Cells(row)) for row in rows]
        present = self._present([draft.external_id for draft in drafts if draft.external_id])
        for draft in drafts:
            _place(self.kind, draft, present, self.links, plan)
            if draft.cells.problems:
                plan.wrong.append(Wrong(draft.cells.row, draft.cells.problems))
        plan.named[NEW_BUILDINGS] = [building.code for building in _new_buildings(plan)]
        return plan

    def _present(self, external_ids: Sequence[str]) -> Mapping[str, Any]:
        rows = self.kind.model.objects.filter(external_id__in=external_ids)
        return {item.external_id: item for item in rows.select_related(*self.kind.joined)}

    def write(self, plan: StructurePlan, *, by: Actor) -> None:
        """Twice changes nothing; a space keeps what it was called before."""
        made = _new_buildings(plan)
        Building.objects.bulk_create(made, batch_size=BATCH)
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
        record_many("building.created", made, by=by, data=imported)
        record_many(f"{noun}.created", plan.created, by=by, data=imported)
        record_many(f"{noun}.changed", plan.changed, by=by, data=imported)


def import_buildings(options: Mapping[str, str]) -> StructureImport:
    return StructureImport(BUILDINGS)


def import_places(options: Mapping[str, str]) -> StructureImport:
    return StructureImport(PLACES)


def import_ground(options: Mapping[str, str]) -> StructureImport:
    return StructureImport(GROUND)


def import_spaces(options: Mapping[str, str]) -> StructureImport:
    return StructureImport(SPACES, creates_buildings=options.get(CREATE_BUILDINGS) == "True")


def _place(
    kind: Kind, draft: Draft, present: Mapping[str, Any], links: Links, plan: StructurePlan
) -> None:
    """Sort a draft into the plan, unless its cells have or get problems."""
    item = present.get(draft.external_id)
    values = {**draft.values, **links.of(draft)}
    if item is None:
        item = kind.model(external_id=draft.external_id, **values)
        _check(kind, item, links, draft.cells)
        if not draft.cells.problems:
            links.know(item)
            plan.created.append(item)
        return
    before = {name: getattr(item, name) for name in VERSIONED if hasattr(item, name)}
    if links.taken(values.get("code"), draft.external_id):
        values["code"] = item.code
    differing = [name for name, value in values.items() if getattr(item, name) != value]
    for name in differing:
        setattr(item, name, values[name])
    if differing or draft.cells.problems:
        _check(kind, item, links, draft.cells)
    if draft.cells.problems:
        return
    if not differing:
        plan.unchanged_count += 1
        return
    plan.changed.append(item)
    if kind.model is Space and set(differing) & set(VERSIONED):
        plan.versions.append(SpaceVersion(space=item, until=timezone.now(), **before))


def _check(kind: Kind, item: Any, links: Links, cells: Cells) -> None:
    """Field rules of the model; a code somebody else has gives way to the external id."""
    if hasattr(item, "code"):
        if links.taken(item.code, item.external_id):
            item.code = item.external_id
        if links.taken(item.code, item.external_id):
            cells.wrong("code", _("Something else has this code already."))
    apart = [field.name for field in kind.model._meta.fields if field.is_relation]
    try:
        item.clean_fields(exclude=[*apart, *cells.faulty])
    except ValidationError as error:
        cells.wrong_fields(error)
    if hasattr(item, "code") and not cells.problems:
        links.codes[item.code] = item.external_id


def _new_buildings(plan: StructurePlan) -> list[Building]:
    """Those that rows need and nobody has made yet."""
    places = [item for item in [*plan.created, *plan.changed] if isinstance(item, Space)]
    buildings = {space.building.pk: space.building for space in places}
    return [building for building in buildings.values() if building._state.adding]


def _new_floors(plan: StructurePlan) -> list[Floor]:
    floors = {item.floor.pk: item.floor for item in [*plan.created, *plan.changed] if item.floor}
    return [floor for floor in floors.values() if floor._state.adding]
