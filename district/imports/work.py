"""An import as long work: a check that writes nothing, or the real thing; then a report."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.actions.files import Readers, keep_file
from district.actors import Actor, System
from district.imports.columns import keyed
from district.imports.contract import Plan, Wrong
from district.imports.garbled import cannot_be_kept, repaired, storable, texts_in
from district.imports.rows import Row, read_rows, unreadable
from district.models import FileAudience, Job, JobProblem
from district.registry import Importer, importers
from district.rules import Text
from district.tables import csv_of

KIND: Final = "import"
CHECK, APPLY = "check", "apply"
BATCH: Final = 250
COUNTS: Final = ("created", "changed", "unchanged", "wrong")
REASON_LENGTH: Final = 1000
ID_LENGTH: Final = 160


class ImportWork:
    """The rows of a job's file, and the importer's memory of what it has brought so far."""

    def __init__(self, job: Job):
        self.importer = importers[job.parameters["importer"]]
        with default_storage.open(job.source.path) as file:
            content = file.read()
        read = self.importer.read or read_rows
        self.rows = keyed(self.importer.columns, read(job.source.name, content))
        _require_columns(self.importer, self.rows)
        self.repeats = _repeats(self.importer, self.rows)
        self.run = self.importer.begin(job.parameters)
        self.is_check = job.parameters["step"] == CHECK
        self.total_count = len(self.rows)

    def step(self, job: Job) -> int:
        batch = self.rows[job.done_count : job.done_count + BATCH]
        bad = [wrong for row in batch if (wrong := self._unfit(row))]
        numbers = {wrong.row.number for wrong in bad}
        plan: Plan = self.run.plan([row for row in batch if row.number not in numbers])
        if not self.is_check:
            by: Actor = job.membership or System("import")
            self.run.write(plan, by=by)
        plan.wrong += bad
        self._keep(job, plan.wrong)
        job.report = _counted(job.report, plan)
        return len(batch)

    def finish(self, job: Job) -> None:
        """Bad rows become a table with their reasons, to be corrected and brought again."""
        problems = list(job.problems.order_by("number"))
        if not problems:
            return
        columns = list(dict.fromkeys(name for row in problems for name, _value in row.values))
        heads = [self.rows[0].heads.get(name, name) for name in columns]
        head: list[Any] = [_("Row"), _("Reason"), *heads]
        table = [
            [row.number, row.reason, *(dict(row.values).get(name, "") for name in columns)]
            for row in problems
        ]
        content = csv_of([head, *table])
        job.result = keep_file(
            f"{job.source.name.rsplit('.', 1)[0]}-{_('wrong rows')}.csv",
            content,
            content_type="text/csv",
            readers=Readers(
                FileAudience.PERSON, person=job.membership.person if job.membership else None
            ),
        )

    def _unfit(self, row: Row) -> Wrong | None:
        reasons: list[Text] = []
        if row.number in self.repeats:
            reasons.append(_("This id stands in the file twice."))
        for text in texts_in(dict(row.values)):
            before = repaired(text)
            if cannot_be_kept(text):
                reasons.append(_("It contains characters that cannot be stored."))
            elif before is not None:
                names = {"text": text[:80], "before": before[:80]}
                garbled = _("“%(text)s” was decoded wrongly. Perhaps it is “%(before)s”.") % names
                reasons.append(garbled)
        return Wrong(row, [*reasons, *self.run.problems(row)]) if reasons else None

    def _keep(self, job: Job, wrong: Sequence[Wrong]) -> None:
        JobProblem.objects.bulk_create(
            JobProblem(
                job=job,
                number=item.row.number,
                external_id=storable(self.importer.key(item.row))[:ID_LENGTH],
                reason=storable("\n".join(dict.fromkeys(map(str, item.reasons))))[:REASON_LENGTH],
                values=_plain(item.row),
            )
            for item in wrong
        )


def _require_columns(importer: Importer, rows: Sequence[Row]) -> None:
    """Raises RuleViolation("import_file") naming the columns that stand nowhere in the file."""
    present = {name for row in rows for name in row.values}
    missing = [names[0] for names in importer.required if present.isdisjoint(names)]
    if missing:
        raise unreadable(
            ngettext(
                "The column %(missing)s is missing. The file has: %(present)s.",
                "The columns %(missing)s are missing. The file has: %(present)s.",
                len(missing),
            )
            % {"missing": ", ".join(missing), "present": ", ".join(sorted(present)[:20])}
        )


def _repeats(importer: Importer, rows: Sequence[Row]) -> set[int]:
    """Numbers of the rows whose id stands further up already."""
    seen: set[str] = set()
    repeats = set()
    for row in rows:
        key = importer.key(row)
        if key and key in seen:
            repeats.add(row.number)
        seen.add(key)
    return repeats


def _counted(report: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    news = dict(
        zip(
            COUNTS,
            (len(plan.created), len(plan.changed), plan.unchanged_count, len(plan.wrong)),
            strict=True,
        )
    )
    notes = Counter(report.get("notes", {})) + plan.notes
    named: dict[str, list[str]] = dict(report.get("named", {}))
    for key, names in plan.named.items():
        named[key] = list(dict.fromkeys([*named.get(key, []), *names]))
    return {
        **report,
        **{name: report.get(name, 0) + count for name, count in news.items()},
        "notes": dict(notes),
        "named": named,
    }


def _plain(row: Row) -> list[Any]:
    """The row's (column, value) pairs as JSON; its shape too, so that a correction is complete."""
    pairs: list[Any] = [[name, value] for name, value in row.values.items()]
    if row.geometry is not None:
        pairs.append(["geometry", row.geometry])
    plain: list[Any] = storable(json.loads(json.dumps(pairs, default=str)))
    return plain
