"""Other things that rows name: found in a handful of queries, created only where that is wanted."""

from difflib import get_close_matches
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from spaces.imports.kinds import Draft, Kind
from spaces.models import Building, Floor, Space

# How alike a building's code or name must be to be offered instead (0 to 1).
ALIKE: Final = 0.5


class Links:
    """What is unknown becomes a problem of the draft's cells."""

    def __init__(self, kind: Kind, *, creates_buildings: bool):
        self.kind, self.creates_buildings = kind, creates_buildings
        self.codes: dict[str, str] = {}
        if hasattr(kind.model, "code"):
            self.codes = dict(kind.model.objects.values_list("code", "external_id"))
        rows = list(Building.objects.all())
        self.by_external = {row.external_id: row for row in rows if row.external_id}
        self.by_code = {row.code: row for row in rows}
        self.by_word = _by_word(rows)
        self.floors = {(row.building_id, row.level): row for row in Floor.objects.all()}

    def know(self, item: Any) -> None:
        """Rows further down may name what this one brings."""
        if isinstance(item, Building):
            self.by_external[item.external_id] = self.by_code[item.code] = item

    def taken(self, code: str | None, external_id: str) -> bool:
        return code in self.codes and self.codes[code] != external_id

    def of(self, draft: Draft) -> dict[str, Any]:
        if self.kind.model is Building:
            return {"part_of": self._whole(draft)}
        if self.kind.model is Space:
            building = self._building(draft)
            if building is None:
                return {}
            return {"building": building, "floor": self._floor(building, draft.links["floor"])}
        return {}

    def _whole(self, draft: Draft) -> Building | None:
        external_id = draft.links["part_of"]
        if external_id and external_id not in self.by_external:
            draft.cells.wrong(
                "part_of",
                _("The building “%(id)s” it is a part of is not here. Import that one first."),
                id=external_id,
            )
        return self.by_external.get(external_id)

    def _building(self, draft: Draft) -> Building | None:
        """By code, or by a code or name in letters of any size; else a new one, where wanted."""
        text = draft.links["building"]
        found = self.by_code.get(text) or self.by_word.get(text.casefold())
        if found is None and not text:
            draft.cells.missing("building")
        elif found is None and not self.creates_buildings:
            self._say_unknown(draft, text)
        elif found is None:
            found = Building(
                code=text,
                name_en=text,
                function=draft.values["function"],
                realms=["physical"],
                longitude=draft.values["longitude"],
                latitude=draft.values["latitude"],
            )
            if not draft.cells.problems:
                self.by_code[text] = found
        return found

    def _say_unknown(self, draft: Draft, text: str) -> None:
        near = get_close_matches(text.casefold(), self.by_word, n=1, cutoff=ALIKE)
        if near:
            building = self.by_word[near[0]]
            names = {"text": text, "code": building.code, "name": building}
            unknown = _("There is no building “%(text)s” here. Perhaps it is %(code)s (%(name)s).")
            draft.cells.wrong("building", unknown, **names)
        else:
            unknown = _("There is no building “%(text)s” here. Add it first, or have it created.")
            draft.cells.wrong("building", unknown, text=text)

    def _floor(self, building: Building, level: int | None) -> Floor | None:
        if level is None:
            return None
        key = (building.pk, level)
        if key not in self.floors:
            self.floors[key] = Floor(building=building, level=level)
        return self.floors[key]


def _by_word(buildings: list[Building]) -> dict[str, Building]:
    """Each code and name in small letters; what several share names none of them."""
    found: dict[str, Building | None] = {}
    for building in buildings:
        for word in {building.code, building.name_zh, building.name_en} - {""}:
            found[word.casefold()] = None if word.casefold() in found else building
    return {word: building for word, building in found.items() if building}
