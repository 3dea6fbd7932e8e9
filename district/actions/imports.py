"""Bringing a file in: kept for the worker, then checked or applied as a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from district.actions.files import Readers, keep_file
from district.actions.jobs import start_job
from district.imports.work import APPLY, CHECK, KIND
from district.models import FileAudience, Job, JobStatus, Membership
from district.rules import RuleViolation


@transaction.atomic
def start_import(
    importer: str, upload: UploadedFile[Any], parameters: Mapping[str, str], *, by: Membership
) -> Job:
    """Keep the file and queue its check or its import; `parameters` are those of ImportForm."""
    source = keep_file(
        upload.name or "",
        upload.read(),
        content_type="application/octet-stream",
        readers=Readers(FileAudience.PERSON, person=by.person),
    )
    return start_job(KIND, by=by, parameters={**parameters, "importer": importer}, source=source)


@transaction.atomic
def apply_checked(job: Job, *, by: Membership) -> Job:
    """Bring in the file that a job has checked. Raises RuleViolation("import_not_checked")."""
    if job.kind != KIND or job.parameters["step"] != CHECK or job.status != JobStatus.DONE:
        raise RuleViolation("import_not_checked", _("Check the file first."))
    parameters = {**job.parameters, "step": APPLY}
    return start_job(KIND, by=by, parameters=parameters, source=job.source)
