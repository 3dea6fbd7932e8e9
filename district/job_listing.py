"""The list of jobs."""

from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from district.lists import Cell, Column, Filter, Listing, Sort
from district.models import Job, JobStatus
from district.permissions import visible_jobs
from district.registry import jobs
from district.templatetags.look import figure, moment

TONES: Final = {
    JobStatus.QUEUED: "wait",
    JobStatus.RUNNING: "wait",
    JobStatus.DONE: "go",
    JobStatus.FAILED: "stop",
    JobStatus.CANCELLED: "off",
}


def _task(job: Job) -> Cell:
    name = job.source.name if job.source else ""
    return Cell(jobs[job.kind].label(job), job.get_absolute_url(), name)


def _state(job: Job) -> Cell:
    return Cell(job.get_status_display(), state=TONES[JobStatus(job.status)])


def _progress(job: Job) -> Cell:
    if job.status == JobStatus.DONE:
        return Cell(jobs[job.kind].outcome(job))
    if job.status == JobStatus.FAILED:
        return Cell(job.report.get("reason", ""))
    return Cell(f"{figure(job.done_count)} / {figure(job.total_count)}" if job.total_count else "")


def _by(job: Job) -> Cell:
    return Cell(job.membership.person.name if job.membership else _("The system"))


JOBS: Listing[Job] = Listing(
    key="jobs",
    rows=visible_jobs,
    columns=[
        Column("task", _("Task"), _task),
        Column("state", _("State"), _state),
        Column("outcome", _("Outcome"), _progress),
        Column("by", _("Started by"), _by),
        Column("at", _("Started"), lambda job: Cell(moment(job.created_at))),
    ],
    sorts=[Sort("newest", _("Newest first"), "id", descending=True)],
    filters=[
        Filter(
            "status",
            _("State"),
            lambda values: Q(status__in=values),
            lambda: JobStatus.choices,
        )
    ],
)
