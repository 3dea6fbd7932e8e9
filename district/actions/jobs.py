"""Long work: started, and stopped at will; district.jobs does it."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.activity import record
from district.actors import Actor, organization_id
from district.models import File, Job, JobStatus, Membership
from district.registry import jobs
from district.rules import RuleViolation
from district.tenancy.scope import current_district_id
from district.waker import JOBS, wake


@transaction.atomic
def start_job(
    kind: str,
    *,
    by: Actor,
    parameters: Mapping[str, Any] | None = None,
    source: File | None = None,
) -> Job:
    """Queue long work of a registered kind; a worker is woken when this commits.

    `parameters` are JSON values the kind understands. Raises KeyError for an unknown kind.
    """
    if kind not in jobs:
        raise KeyError(kind)
    job = Job.objects.create(
        kind=kind,
        membership=by if isinstance(by, Membership) else None,
        parameters=dict(parameters or {}),
        source=source,
    )
    record("job.started", subject=job, by=by, organization=organization_id(by), data={"kind": kind})
    district_id = current_district_id()
    transaction.on_commit(lambda: wake(district_id, JOBS), robust=True)
    return job


@transaction.atomic
def cancel_job(job: Job, *, by: Actor) -> Job:
    """Stop a job: at once if it waits, else after the batch under way. What is done stays.

    Raises RuleViolation("job_ended") when it has ended already.
    """
    job = Job.objects.locked().get(pk=job.pk)
    if not job.is_unfinished:
        raise RuleViolation("job_ended", _("This task has ended already."))
    job.cancel_requested = True
    if job.status == JobStatus.QUEUED:
        job.move_to(JobStatus.CANCELLED)
        job.finished_at = timezone.now()
    job.save(update_fields=["status", "cancel_requested", "finished_at"])
    record("job.cancelled", subject=job, by=by, organization=organization_id(by))
    return job
