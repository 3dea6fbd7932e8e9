"""The worker's side of jobs: batch after batch, each in a scope that commits with its progress.

Whoever holds a job's advisory lock does its next batch. The lock goes with the transaction, so a
killed worker leaves nothing but the last committed batch, and the next one goes on from there.
A job that kills its worker at one place again and again is given up.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import structlog
from django.db import OperationalError, connection
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from district.activity import record
from district.actors import System
from district.models import District, Job, JobStatus
from district.registry import Work, jobs
from district.rules import RuleViolation
from district.tenancy.scope import scope

log = structlog.get_logger(__name__)
LOCK = 0x4A0B
MOST_ATTEMPTS = 3


def run_jobs(district_id: int) -> None:
    """Do all unfinished work of a district, oldest first; others' work in hand is left alone."""
    with scope(district_id):
        waiting = list(Job.objects.unfinished().order_by("id").values_list("pk", flat=True))
    for job_id in waiting:
        run_job(district_id, job_id)


def run_job(district_id: int, job_id: UUID) -> None:
    """Do a job to its end, from where it stands. A lost database connection leaves it waiting."""
    work: Work | None = None
    position = 0
    try:
        with _batch(district_id, job_id) as job:
            if job is not None:
                _take_up(job)
        while True:
            with _batch(district_id, job_id) as job:
                if job is None:
                    return
                if work is None or job.done_count != position:  # another worker did a batch
                    work = _begin(job)
                else:
                    _go_on(job, work)
                position = job.done_count
    except RuleViolation as refusal:
        _fail(district_id, job_id, str(refusal))
    except OperationalError:
        raise
    except Exception:  # the worker's edge: whatever a kind did wrong ends its job, not the worker
        log.exception("job failed", job=str(job_id), district=district_id)
        _fail(district_id, job_id, "")


@contextmanager
def _batch(district_id: int, job_id: UUID) -> Iterator[Job | None]:
    """The job in a scope of its own, if it still runs and nobody else has it in hand.

    Its starter's language and the district's zone are active, for what they will read.
    """
    district = District.objects.get(pk=district_id)
    with scope(district_id), timezone.override(district.zone):
        job = _mine(job_id)
        person = job.membership.person if job and job.membership else None
        with translation.override(person.language if person else district.language):
            yield job


def _mine(job_id: UUID) -> Job | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, job_id.int % 2**31])
        if not cursor.fetchone()[0]:
            return None
    rows = Job.objects.select_related("membership__person", "membership__organization", "source")
    return rows.unfinished().filter(pk=job_id).first()


def _take_up(job: Job) -> None:
    """Count the attempt in a commit of its own: reading the file may already end the worker."""
    if job.attempt_count >= MOST_ATTEMPTS:
        raise RuleViolation(
            "job_attempts",
            _("It was tried %(n)d times and broke off at the same place each time.")
            % {"n": MOST_ATTEMPTS},
        )
    job.attempt_count += 1
    job.save(update_fields=["attempt_count"])


def _begin(job: Job) -> Work:
    """Read what there is to do. What can be known of its length is shown from now on."""
    Job.objects.locked().get(pk=job.pk)
    job.refresh_from_db(fields=["status", "cancel_requested"])
    work = jobs[job.kind].begin(job)
    if job.status == JobStatus.QUEUED:
        job.move_to(JobStatus.RUNNING)
        job.started_at = timezone.now()
    job.total_count = work.total_count
    job.save(update_fields=["status", "started_at", "total_count"])
    return work


def _go_on(job: Job, work: Work) -> None:
    if job.cancel_requested:
        _end(job, JobStatus.CANCELLED)
    elif job.done_count >= work.total_count:
        work.finish(job)
        _end(job, JobStatus.DONE)
        _tell("job.finished", job)
    else:
        job.done_count += work.step(job)
        job.attempt_count = 1
        job.save(update_fields=["done_count", "attempt_count", "report"])


def _end(job: Job, status: JobStatus) -> None:
    job.move_to(status)
    job.finished_at = timezone.now()
    job.save(update_fields=["status", "finished_at", "report", "result"])


def _fail(district_id: int, job_id: UUID, reason: str) -> None:
    with _batch(district_id, job_id) as job:
        if job is not None:
            job.report["reason"] = reason or _("Something went wrong on our side.")
            _end(job, JobStatus.FAILED)
            _tell("job.failed", job)


def _tell(verb: str, job: Job) -> None:
    """The system says so, not the starter: nobody is told of what they did themselves."""
    record(
        verb,
        subject=job,
        by=System("jobs"),
        organization=job.membership.organization_id if job.membership else None,
        data={"kind": job.kind, "rows": job.done_count},
    )
