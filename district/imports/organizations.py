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
from district.imports.contract import Plan, Wrong
from district.imports.rows import Row
from district.models import Industry, Organization, OrganizationKind, OrganizationName
from district.models.uscc import normal_uscc
from district.permissions import can_import
from district.registry import Importer

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

    def plan(self, rows: Sequence[Row]) -> OrganizationPlan:
        plan = OrganizationPlan()
        drafts = []
        for row in rows:
            try:
                drafts.append((row, draft_of(row)))
            except ValidationError as error:
                plan.wrong.append(Wrong(row, error.messages))
        present = _Present([draft for _row, draft in drafts])
        for row, draft in drafts:
            try:
                self._place(draft, present, plan)
            except ValidationError as error:
                plan.wrong.append(Wrong(row, error.messages))
        return plan

    def write(self, plan: OrganizationPlan, *, by: Actor) -> None:
        Organization.objects.bulk_create(plan.created)
        OrganizationName.objects.bulk_create(plan.former)
        for organization in plan.changed:
            organization.save()
        for verb, bodies in (("created", plan.created), ("changed", plan.changed)):
            record_many(f"organization.{verb}", bodies, by=by, data={"imported": True})

    def _place(self, draft: Draft, present: "_Present", plan: OrganizationPlan) -> None:
        self._claim_code(draft, present)
        known = present.of(draft)
        body = copy.copy(known) if known else Organization()
        for name, value in {"external_id": draft.external_id, **draft.values}.items():
            setattr(body, name, value)
        if draft.gone and body.ended_at is None:
            body.ended_at = timezone.now()
        if known and _same(known, body):
            plan.unchanged_count += 1
            return
        body.clean_fields(exclude=["district"])
        if not body.name_zh and not body.name_en:
            raise ValidationError(_("Give it a name in Chinese or in English."))
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
            raise ValidationError(_("An organisation with this code exists already."))


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
    """Raises ValidationError in words."""
    external_id = key_of(row)
    if not external_id or len(external_id) > LONGEST_ID:
        raise ValidationError(_("“%(column)s” is missing."), params={"column": "external_id"})
    read = _registry_values if isinstance(row.values.get("names"), list) else _table_values
    gone = str(row.values.get("status") or "").strip().lower() in GONE
    return Draft(external_id, read(row.values), gone)


def key_of(row: Row) -> str:
    for name in ("external_id", "id", "uscc"):
        value = str(row.values.get(name) or "").strip()
        if value:
            return normal_uscc(value) if name == "uscc" else value
    return ""


def _registry_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """A record of ROR, schema 2: the label in each language, all other names besides."""
    names = [item for item in _dicts(values["names"]) if item.get("value")]
    zh = _label(names, lambda item: item.get("lang") == "zh")
    en = _label(names, lambda item: item.get("lang") == "en") or _label(
        names, lambda item: "ror_display" in (item.get("types") or [])
    )
    if not zh and not en:
        raise ValidationError(_("Give it a name in Chinese or in English."))
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


def _table_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """A row of a table: what has no column stays as it is."""
    read: dict[str, Any] = {
        name: str(values[name] or "").strip() for name in TEXTS if name in values
    }
    if "country" in read:
        read["country"] = read["country"].upper() or "CN"
    if "other_names" in read:
        read["other_names"] = read["other_names"].replace(";", "\n").replace("；", "\n")
    if "uscc" in values:
        read["uscc"] = normal_uscc(str(values["uscc"] or "")) or None
    if values.get("kind"):
        read["kind"] = _one_of(OrganizationKind, str(values["kind"]))
    if values.get("industry"):
        read["industry"] = _one_of(Industry, str(values["industry"]))
    if values.get("founded_on"):
        read["founded_on"] = _day(values["founded_on"])
    if values.get("employee_count"):
        read["employee_count"] = _count(values["employee_count"])
    return read


def _one_of(choices: Any, text: str) -> str:
    """By its key; nobody becomes the operator by a file."""
    wanted = text.strip().lower()
    if wanted in choices.values and wanted != OrganizationKind.OPERATOR:
        return wanted
    raise ValidationError(
        _("“%(text)s” is not one of: %(choices)s."),
        params={
            "text": text,
            "choices": ", ".join(v for v in choices.values if v != OrganizationKind.OPERATOR),
        },
    )


def _day(value: Any) -> date:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        day = parse_date(str(value).strip().replace("/", "-"))
    except ValueError:
        day = None
    if day is None:
        raise ValidationError(_("“%(text)s” is not a date."), params={"text": value})
    return day


def _count(value: Any) -> int:
    text = str(value).strip().removesuffix(".0")
    if not text.isdecimal() or len(text) > 9:
        raise ValidationError(_("“%(text)s” is not a number."), params={"text": value})
    return int(text)


IMPORTER: Final = Importer(
    label=_("Organisations"),
    help=_("Records of the Research Organization Registry (ROR), or a table in CSV or XLSX."),
    icon="building-community",
    extensions=["jsonl", "json", "csv", "xlsx"],
    can=can_import,
    key=key_of,
    begin=OrganizationImport,
    columns=[
        "external_id",
        *TEXTS[:4],
        "uscc",
        "kind",
        "industry",
        *TEXTS[4:],
        "founded_on",
        "employee_count",
        "status",
    ],
    required=[["external_id", "id", "uscc"], ["name_zh", "name_en", "names"]],
    notes={ENDED: _("Ended ones among them")},
    order=5,
)
