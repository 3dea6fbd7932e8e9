"""Bringing files in, as tests do: start the job, run it, look at the job again."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from district.actions.imports import start_import
from district.jobs import run_job
from district.models import Job, Membership


def bring_in(
    importer: str,
    name: str,
    content: bytes,
    *,
    by: Membership,
    step: str = "apply",
    **options: str,
) -> Job:
    """The job of a file, run to its end."""
    upload = SimpleUploadedFile(name, content)
    job = start_import(importer, upload, {"step": step, **options}, by=by)
    run_job(job.district_id, job.pk)
    return Job.objects.get(pk=job.pk)


def counts(job: Job) -> tuple[int, ...]:
    """New, changed, unchanged, wrong."""
    return tuple(job.report.get(name, 0) for name in ("created", "changed", "unchanged", "wrong"))


def reasons(job: Job) -> list[tuple[int, str]]:
    return list(job.problems.order_by("number").values_list("number", "reason"))


def features(*items: dict[str, Any], outline: Any) -> bytes:
    return json.dumps(
        {
            "type": "FeatureCollection",
            "features": [
                {"type": "Feature", "geometry": item.pop("geometry", outline), "properties": item}
                for item in items
            ],
        }
    ).encode()
