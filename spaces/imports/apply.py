"""Rows into the district: what is new, changed, unchanged or wrong, then all good ones at once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.activity import record
from district.actors import Actor
from district.rules import Text
from spaces.actions.policies import apply_policies
from spaces.actions.structure import VERSIONED
from spaces.imports.kinds import KINDS, Draft, Kind
from spaces.imports.read import Row
from spaces.models import Building, Floor, Space, SpaceLeaf, SpaceVersion

BATCH: Final = 500


@dataclass(frozen=True)
class Wrong:
    number: int
    external_id: str
    reasons: Sequence[Text]


@dataclass
class Report:
    """What a file would do, or has done."""

    created: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)
    unchanged_count: int = 0
    wrong: list[Wrong] = field(default_factory=list)
    made_buildings: list[Building] = field(default_factory=list)
    versions: list[SpaceVersion] = field(default_factory=list)


def plan(kind_key: str, rows: Sequence[Row]) -> Report:
    """Compare rows with what is there, by external id; nothing is written."""
    kind, report, drafts = KINDS[kind_key], Report(), []
    seen: set[str] = set()
    for row in rows:
        try:
            draft = kind.draft(row)
            if draft.external_id in seen:
                raise ValidationError(_("This id stands in the file twice."))
            seen.add(draft.external_id)
            drafts.append((row, draft))
        except ValidationError as error:
            report.wrong.append(Wrong(row.number, "", error.messages))
    present = {
        item.external_id: item
        for item in kind.model.objects.filter(external_id__in=seen).select_related(*kind.joined)
    }
    links = _Links(kind, report)
    for row, draft in drafts:
        try:
            _place(kind, draft, present, links, report)
        except ValidationError as error:
            report.wrong.append(Wrong(row.number, draft.external_id, error.messages))
    report.wrong.sort(key=lambda item: item.number)
    return report


@transaction.atomic
def apply(kind_key: str, rows: Sequence[Row], *, by: Actor) -> Report:
    """Write what `plan` finds; a bad row never keeps a good one out. Twice changes nothing."""
    report, kind = plan(kind_key, rows), KINDS[kind_key]
    Building.objects.bulk_create(report.made_buildings, batch_size=BATCH)
    if kind.model is Space:
        Floor.objects.bulk_create(_new_floors(report), batch_size=BATCH)
    kind.model.objects.bulk_create(report.created, batch_size=BATCH)
    if kind.model is Space:
        SpaceLeaf.objects.bulk_create(
            [SpaceLeaf(space=space, leaf=space) for space in report.created], batch_size=BATCH
        )
    SpaceVersion.objects.bulk_create(report.versions, batch_size=BATCH)
    for item in report.changed:
        item.save()
    if kind.model is Space:
        apply_policies()
    _record(kind_key, report, by)
    return report


def _record(kind_key: str, report: Report, by: Actor) -> None:
    counts = {"created": len(report.created), "changed": len(report.changed)}
    for item in [*report.created, *report.changed][:1]:
        record("spaces.imported", subject=item, by=by, data={"kind": kind_key, **counts})


def _place(
    kind: Kind, draft: Draft, present: dict[str, Any], links: "_Links", report: Report
) -> None:
    item = present.get(draft.external_id)
    values = {**draft.values, **links.of(draft)}
    if item is None:
        item = kind.model(external_id=draft.external_id, **values)
        _check(kind, item, links)
        report.created.append(item)
        return
    before = {name: getattr(item, name) for name in VERSIONED if hasattr(item, name)}
    if links.taken(values.get("code"), draft.external_id):
        values["code"] = item.code
    differing = [name for name, value in values.items() if getattr(item, name) != value]
    if not differing:
        report.unchanged_count += 1
        return
    for name in differing:
        setattr(item, name, values[name])
    _check(kind, item, links)
    report.changed.append(item)
    if kind.model is Space and set(differing) & set(VERSIONED):
        report.versions.append(SpaceVersion(space=item, until=timezone.now(), **before))


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

    def __init__(self, kind: Kind, report: Report):
        self.kind, self.report = kind, report
        self.codes: dict[str, str] = {}
        if kind.model is not KINDS["places"].model:
            self.codes = dict(kind.model.objects.values_list("code", "external_id"))
        rows = list(Building.objects.all())
        self.by_external = {row.external_id: row for row in rows if row.external_id}
        self.by_code = {row.code: row for row in rows}
        self.floors = {(row.building_id, row.level): row for row in Floor.objects.all()}

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
            self.report.made_buildings.append(building)
        return self.by_code[code]

    def _floor(self, building: Building, level: int | None) -> Floor | None:
        if level is None:
            return None
        key = (building.pk, level)
        if key not in self.floors:
            self.floors[key] = Floor(building=building, level=level)
        return self.floors[key]


def _new_floors(report: Report) -> list[Floor]:
    floors = {
        item.floor.pk: item.floor for item in [*report.created, *report.changed] if item.floor
    }
    return [floor for floor in floors.values() if floor._state.adding]
