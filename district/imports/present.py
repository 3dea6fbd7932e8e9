"""An import job on its page: what it is called, what came of it, what can be done next."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from district.actors import Actor
from district.imports.work import CHECK, COUNTS
from district.models import Job, JobStatus
from district.permissions import can_import
from district.registry import Importer, importers
from district.rules import Text

SHOWN_PROBLEMS: Final = 100
LABELS: Final = (
    gettext_lazy("New"),
    gettext_lazy("Changed"),
    gettext_lazy("Unchanged"),
    gettext_lazy("Wrong"),
)


def label(job: Job) -> Text:
    what = {"what": importers[job.parameters["importer"]].label}
    if job.parameters["step"] == CHECK:
        return _("Check: %(what)s") % what
    return _("Import: %(what)s") % what


def outcome(job: Job) -> str:
    """Such as “717 new, 3 changed, 2 wrong”, whatever there is."""
    new, changed, unchanged, wrong = (job.report.get(name, 0) for name in COUNTS)
    parts = [
        (new, ngettext("%(n)d new", "%(n)d new", new)),
        (changed, ngettext("%(n)d changed", "%(n)d changed", changed)),
        (unchanged, ngettext("%(n)d unchanged", "%(n)d unchanged", unchanged)),
        (wrong, ngettext("%(n)d wrong", "%(n)d wrong", wrong)),
    ]
    return _(", ").join(text % {"n": count} for count, text in parts if count)


def details(job: Job, actor: Actor) -> Mapping[str, Any]:
    importer = importers[job.parameters["importer"]]
    is_check = job.parameters["step"] == CHECK
    counts = zip(LABELS, COUNTS, (False, False, False, True), strict=True)
    can_bring = bool(job.report.get("created", 0) or job.report.get("changed", 0))
    return {
        "importer": importer,
        "importer_key": job.parameters["importer"],
        "is_check": is_check,
        "counts": [(text, job.report.get(name, 0), bad) for text, name, bad in counts],
        "notes": _notes(job, importer),
        "problems": job.problems.order_by("number")[:SHOWN_PROBLEMS],
        "wrong_count": job.report.get("wrong", 0),
        "can_apply": is_check and job.status == JobStatus.DONE and can_bring and can_import(actor),
    }


def _notes(job: Job, importer: Importer) -> Sequence[tuple[Text, int, Sequence[str]]]:
    """Label, count and, where they were kept, the names of what is counted."""
    counted, named = job.report.get("notes", {}), job.report.get("named", {})
    found = [
        (text, counted.get(key) or len(named.get(key, [])), named.get(key, []))
        for key, text in importer.notes.items()
    ]
    return [note for note in found if note[1]]
