"""Who is told of jobs, and what they read."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from district.models import Activity, Job
from district.registry import Message, jobs


def _jobs(activities: Sequence[Activity]) -> Mapping[UUID, Job]:
    rows = Job.objects.select_related("membership", "source")
    return rows.in_bulk([activity.subject_id for activity in activities])


def starter(activities: Sequence[Activity]) -> Mapping[UUID, Collection[UUID]]:
    """Whoever started the job."""
    found = _jobs(activities)
    return {
        activity.pk: {job.membership.person_id}
        for activity in activities
        if (job := found.get(activity.subject_id)) and job.membership
    }


def job_messages(activities: Sequence[Activity]) -> Mapping[UUID, Message]:
    found = _jobs(activities)
    return {
        activity.pk: _message(activity.verb, job)
        for activity in activities
        if (job := found.get(activity.subject_id))
    }


def _message(verb: str, job: Job) -> Message:
    task = {"task": str(jobs[job.kind].label(job))}
    if verb == "job.failed":
        title, text = _("%(task)s could not be done") % task, job.report.get("reason", "")
    else:
        title, text = _("%(task)s is done") % task, jobs[job.kind].outcome(job)
    return Message(title, text, job.get_absolute_url())
