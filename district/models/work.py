"""Long work and the search index."""

from typing import Self

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from district.models.bilingual import Bilingual
from district.models.file import File
from district.models.organization import Organization
from district.models.person import Membership
from district.rules import Lifecycle
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)


class JobStatus(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


UNFINISHED = (JobStatus.QUEUED, JobStatus.RUNNING)


class JobQuerySet(DistrictQuerySet["Job"]):
    def unfinished(self) -> Self:
        return self.filter(status__in=UNFINISHED)


class Job(Lifecycle, DistrictModel):
    """A piece of long work (import, export, run) with progress, left and cancelled at will.

    `done_count` commits with the batch it counts, so that whoever goes on after a crash neither
    repeats nor skips a row. `attempt_count` says how often the work was taken up where it stands
    now. `report` holds what came of it, and why it failed.
    """

    TRANSITIONS = {
        JobStatus.QUEUED: {JobStatus.RUNNING, JobStatus.CANCELLED, JobStatus.FAILED},
        JobStatus.RUNNING: {JobStatus.DONE, JobStatus.FAILED, JobStatus.CANCELLED},
    }

    kind = models.CharField(max_length=60)
    membership = DistrictForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="jobs"
    )
    status = models.CharField(max_length=12, choices=JobStatus, default=JobStatus.QUEUED)
    done_count = models.PositiveIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    parameters = models.JSONField(default=dict, blank=True)
    report = models.JSONField(default=dict, blank=True)
    source = DistrictForeignKey(
        File, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    result = DistrictForeignKey(
        File, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = DistrictManager.from_queryset(JobQuerySet)()  # type: ignore[misc]

    class Meta:
        indexes = [
            models.Index(fields=["district", "-id"], name="job_newest"),
            models.Index(
                fields=["district", "id"],
                condition=models.Q(status__in=UNFINISHED),
                name="job_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return self.kind

    def get_absolute_url(self) -> str:
        return reverse("job_detail", args=[self.pk])

    @property
    def is_unfinished(self) -> bool:
        return self.status in UNFINISHED


class JobProblem(DistrictModel):
    """A row of a file that a job could not use, with the reason.

    `values` are (column, value) pairs as they stood there: JSON objects forget their order here.
    """

    job = DistrictForeignKey(Job, on_delete=models.CASCADE, related_name="problems")
    number = models.PositiveIntegerField()
    external_id = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=1000)
    values = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "job", "number"], name="jobproblem_once")
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.reason}"


class SearchEntry(DistrictModel):
    """One thing the palette and the search page find; follows the ledger (district.searching).

    `organization` narrows it to that organisation and the operator; `is_shared` shows it to all.
    """

    kind = models.CharField(max_length=40)
    subject_id = models.UUIDField()
    title_zh = models.CharField(max_length=200, blank=True)
    title_en = models.CharField(max_length=200, blank=True)
    note_zh = models.CharField(max_length=200, blank=True)
    note_en = models.CharField(max_length=200, blank=True)
    organization = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_shared = models.BooleanField(default=False)
    vector = SearchVectorField()

    title = Bilingual("title")
    note = Bilingual("note")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "kind", "subject_id"], name="searchentry_subject"
            )
        ]
        indexes = [GinIndex(fields=["vector"], name="searchentry_vector")]

    def __str__(self) -> str:
        return self.title
