"""Organisations from files: records of the Research Organization Registry, or a plain table."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from district.actions.organizations import former_name
from district.activity import record_many
from district.actors import Actor
from district.imports.cells import Cells
from district.imports.columns import FileColumn
from district.imports.contract import Plan, Wrong
from district.imports.rows import Row
from district.models import Industry, Organization, OrganizationKind, OrganizationName
from district.models.uscc import normal_uscc
from district.permissions import can_import
from district.registry import Importer
from district.rules import Text

ENDED: Final = "ended"
# Of several types of the registry the first of these says what a body mainly is.
KINDS: Final[Mapping[str, OrganizationKind]] = {
    "company": OrganizationKind.COMPANY,
    "education": OrganizationKind.UNIVERSITY,
    "government": OrganizationKind.GOVERNMENT,
    "facility": OrganizationKind.RESEARCH,
    "healthcare": OrganizationKind.RESEARCH,
    "archive": OrganizationKind.RESEARCH,
    "funder": OrganizationKind.INVESTOR,
    "nonprofit": OrganizationKind.SERVICE,
}
GONE: Final = frozenset({"inactive", "withdrawn", "ended"})
TEXTS: Final = (
    "name_zh",
    "name_en",
    "legal_name",
    "other_names",
    "country",
    "website",
    "summary_zh",
    "summary_en",
)
LONGEST_ID: Final = 120


@dataclass(frozen=True)
class Draft:
    """What a row says; only the columns it has. `gone` bodies are kept, as ended."""

    cells: Cells
    external_id: str
    values: Mapping[str, Any]
    gone: bool


@dataclass
class OrganizationPlan(Plan):
    former: list[OrganizationName] = field(default_factory=list)


class OrganizationImport:
    """Rows are recognised by external id, or by the credit code of a body that has none yet."""

    def __init__(self, options: Mapping[str, str]):
        self.codes: dict[str, str] = {}

    def problems(self, row: Row) -> Sequence[Text]:
        return draft_of(row).cells.problems

    def plan(self, rows: Sequence[Row]) -> OrganizationPlan:
        plan = OrganizationPlan()
        drafts = [draft_of(row) for row in rows]
        present = _Present(drafts)
        for draft in drafts:
            self._place(draft, present, plan)
            if draft.cells.problems:
                plan.wrong.append(Wrong(draft.cells.row, draft.cells.problems))
        return plan

    def write(self, plan: OrganizationPlan, *, by: Actor) -> None:
        Organization.objects.bulk_create(plan.created)
        OrganizationName.objects.bulk_create(plan.former)
        for organization in plan.changed:
            organization.save()
        for verb, bodies in (("created", plan.created), ("changed", plan.changed)):
            record_many(f"organization.{verb}", bodies, by=by, data={"imported": True})

    def _place(self, draft: Draft, present: "_Present", plan: OrganizationPlan) -> None:
        """Sort a draft into the plan, unless its cells have or get problems."""
        self._claim_code(draft, present)
        known = present.of(draft)
        body = copy.copy(known) if known else Organization()
        for name, value in {"external_id": draft.external_id, **draft.values}.items():
            setattr(body, name, value)
        if draft.gone and body.ended_at is None:
            body.ended_at = timezone.now()
        if known and _same(known, body) and not draft.cells.problems:
            plan.unchanged_count += 1
            return
        _check(body, draft.cells)
        if draft.cells.problems:
            return
        if draft.gone:
            plan.notes[ENDED] += 1
        (plan.changed if known else plan.created).append(body)
        former = former_name(known, body) if known else None
        if former is not None:
            plan.former.append(former)

    def _claim_code(self, draft: Draft, present: "_Present") -> None:
        """A code belongs to one body, in the district and in the file."""
        code = draft.values.get("uscc")
        if not code:
            return
        holder = present.by_code.get(code)
        taken = holder is not None and holder.external_id not in {"", draft.external_id}
        if taken or self.codes.setdefault(code, draft.external_id) != draft.external_id:
            draft.cells.wrong("uscc", _("An organisation with this code exists already."))


def _check(body: Organization, cells: Cells) -> None:
    try:
        body.clean_fields(exclude=["district", *cells.faulty])
    except ValidationError as error:
        cells.wrong_fields(error)
    if not body.name_zh and not body.name_en and "name_en" not in cells.faulty:
        cells.wrong("name_en", _("Give it a name in Chinese or in English."))


class _Present:
    """What the rows of a batch may refer to, in one query."""

    def __init__(self, drafts: Sequence[Draft]):
        codes = [code for draft in drafts if (code := draft.values.get("uscc"))]
        rows = list(
            Organization.objects.filter(
                Q(external_id__in=[draft.external_id for draft in drafts]) | Q(uscc__in=codes)
            )
        )
        self.by_id = {row.external_id: row for row in rows if row.external_id}
        self.by_code = {row.uscc: row for row in rows if row.uscc}

    def of(self, draft: Draft) -> Organization | None:
        return self.by_id.get(draft.external_id) or self.by_code.get(draft.values.get("uscc") or "")


def _same(known: Organization, body: Organization) -> bool:
    names = [*TEXTS, "external_id", "uscc", "kind", "industry", "founded_on", "employee_count"]
    names += ["longitude", "latitude", "ended_at"]
    return all(getattr(known, name) == getattr(body, name) for name in names)


def draft_of(row: Row) -> Draft:
    cells = Cells(row)
    external_id = key_of(row)
    if not external_id or len(external_id) > LONGEST_ID:
        cells.missing("external_id")
    read = _registry_values if isinstance(row.values.get("names"), list) else _table_values
    gone = cells.text("status").casefold() in GONE
    return Draft(cells, external_id, read(cells), gone)


def key_of(row: Row) -> str:
    for name in ("external_id", "id", "uscc"):
        value = str(row.values.get(name) or "").strip()
        if value:
            return normal_uscc(value) if name == "uscc" else value
    return ""


def _registry_values(cells: Cells) -> dict[str, Any]:
    """A record of ROR, schema 2: the label in each language, all other names besides."""
    values = cells.row.values
    names = [item for item in _dicts(values["names"]) if item.get("value")]
    zh = _label(names, lambda item: item.get("lang") == "zh")
    en = _label(names, lambda item: item.get("lang") == "en") or _label(
        names, lambda item: "ror_display" in (item.get("types") or [])
    )
    others = dict.fromkeys(str(item["value"]) for item in names)
    place = next(iter(_dicts(values.get("locations"))), {}).get("geonames_details") or {}
    websites = [link for link in _dicts(values.get("links")) if link.get("type") == "website"]
    year = values.get("established")
    types = values.get("types") or []
    return {
        "name_zh": zh,
        "name_en": en,
        "other_names": "\n".join(name for name in others if name not in {zh, en}),
        "kind": next((kind for key, kind in KINDS.items() if key in types), KINDS["nonprofit"]),
        "country": str(place.get("country_code") or "").upper(),
        "longitude": place.get("lng"),
        "latitude": place.get("lat"),
        "website": str(websites[0].get("value") or "") if websites else "",
        # Only the year is known: its first day stands for it.
        "founded_on": date(year, 1, 1) if isinstance(year, int) and 0 < year <= 9999 else None,
    }


def _label(names: Sequence[Any], suits: Callable[[Any], bool]) -> str:
    found = [item for item in names if suits(item)]
    found.sort(key=lambda item: "label" not in (item.get("types") or []))
    labels = [item for item in found if {"label", "ror_display"} & set(item.get("types") or [])]
    return str(labels[0]["value"]) if labels else ""


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _table_values(cells: Cells) -> dict[str, Any]:
    """A row of a table: what has no column stays as it is."""
    values = cells.row.values
    read: dict[str, Any] = {name: cells.text(name) for name in TEXTS if name in values}
    if "country" in read:
        read["country"] = read["country"].upper() or "CN"
    if "other_names" in read:
        read["other_names"] = read["other_names"].replace(";", "\n").replace("；", "\n")
    if "uscc" in values:
        read["uscc"] = normal_uscc(cells.text("uscc")) or None
    if values.get("kind"):
        # Nobody becomes the operator by a file.
        read["kind"] = cells.choice(OrganizationKind, "kind", but=OrganizationKind.OPERATOR)
    if values.get("industry"):
        read["industry"] = cells.choice(Industry, "industry")
    if values.get("founded_on"):
        read["founded_on"] = _day(cells)
    if values.get("employee_count"):
        read["employee_count"] = _count(cells)
    return read


def _day(cells: Cells) -> date | None:
    value = cells.row.values["founded_on"]
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        day = parse_date(str(value).strip().replace("/", "-"))
    except ValueError:
        day = None
    if day is None:
        cells.wrong("founded_on", _("“%(text)s” is not a date."), text=value)
    return day


def _count(cells: Cells) -> int | None:
    text = cells.text("employee_count").removesuffix(".0")
    if not text.isdecimal() or len(text) > 9:
        cells.wrong("employee_count", _("“%(text)s” is not a number."), text=text)
        return None
    return int(text)


COLUMNS: Final = (
    FileColumn("external_id", _("External id"), "ORG-001", _("Recognises it next time.")),
    FileColumn("name_zh", _("Chinese name"), "示例科技有限公司"),
    FileColumn("name_en", _("English name"), "Example Technology"),
    FileColumn("legal_name", _("Registered name"), "示例科技有限公司"),
    FileColumn("other_names", _("Other names"), "", _("Several are parted by semicolons.")),
    FileColumn("uscc", _("Unified social credit code"), "", _("18 characters, or nothing.")),
    FileColumn(
        "kind",
        _("Kind"),
        OrganizationKind.COMPANY,
        choices=OrganizationKind,
        but=OrganizationKind.OPERATOR,
    ),
    FileColumn("industry", _("Industry"), Industry.values[0], choices=Industry),
    FileColumn("country", _("Country"), "CN", _("Two letters, such as CN.")),
    FileColumn("website", _("Website"), "https://www.example.com"),
    FileColumn("summary_zh", _("Chinese summary")),
    FileColumn("summary_en", _("English summary")),
    FileColumn("founded_on", _("Founded on"), "2019-05-04", _("Year-month-day.")),
    FileColumn("employee_count", _("Employees"), "25"),
    FileColumn("status", _("Status"), "", _("“ended” for one that is no more; else nothing.")),
)

IMPORTER: Final = Importer(
    label=_("Organisations"),
    help=_("Records of the Research Organization Registry (ROR), or a table in CSV or XLSX."),
    icon="building-community",
    extensions=["jsonl", "json", "csv", "xlsx"],
    can=can_import,
    key=key_of,
    begin=OrganizationImport,
    columns=COLUMNS,
    required=[["external_id", "id", "uscc"], ["name_zh", "name_en", "names"]],
    notes={ENDED: _("Ended ones among them")},
    order=5,
)
