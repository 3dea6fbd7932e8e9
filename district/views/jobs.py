"""Long work as its starter sees it: under way, stopped, done."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from district.actions.jobs import cancel_job
from district.job_listing import JOBS
from district.lists import render_list
from district.middleware import DistrictRequest
from district.models import Job
from district.permissions import can_cancel_job, require, visible_jobs
from district.registry import jobs
from district.views.respond import changed, render_page


@require_GET
def job_list(request: DistrictRequest) -> HttpResponse:
    return render_list(request, JOBS, "district/job_list.html")


@require_GET
def job_detail(request: DistrictRequest, job_id: UUID) -> HttpResponse:
    """The page; while the job runs, htmx asks for its `job` part again and again."""
    job = _visible(request, job_id)
    kind = jobs[job.kind]
    context = {
        "job": job,
        "title": kind.label(job),
        "can_cancel": can_cancel_job(request.actor, job),
        "report": kind.report,
        **(kind.details(job, request.actor) if kind.details else {}),
    }
    return render_page(request, "district/job_detail.html", context, partials=["job"])


@require_POST
def job_cancel(request: DistrictRequest, job_id: UUID) -> HttpResponse:
    job = _visible(request, job_id)
    require(can_cancel_job(request.actor, job))
    cancel_job(job, by=request.actor)
    return changed(request, _("The task will be stopped."), job.get_absolute_url())


def _visible(request: DistrictRequest, job_id: UUID) -> Job:
    job: Job = get_object_or_404(visible_jobs(request.actor), pk=job_id)
    return job
