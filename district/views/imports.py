"""Files brought into the district: chosen, sent, checked, applied."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from district.actions.imports import apply_checked, start_import
from district.exports import CONTENT_TYPES
from district.forms.imports import ImportForm
from district.imports.columns import template_of
from district.imports.work import KIND
from district.middleware import DistrictRequest
from district.permissions import can_import, require, visible_jobs
from district.registry import Importer, importers
from district.views.respond import changed, render_page


@require_GET
def import_list(request: DistrictRequest) -> HttpResponse:
    require(can_import(request.actor))
    kinds = sorted(importers.items(), key=lambda item: item[1].order)
    context = {"importers": [pair for pair in kinds if pair[1].can(request.actor)]}
    return render_page(request, "district/import_list.html", context)


@require_GET
def import_template(request: DistrictRequest, importer_key: str, format_: str) -> HttpResponse:
    importer = _importer(request, importer_key)
    if format_ not in importer.templates:
        raise Http404
    content = template_of(format_, importer.columns)
    response = HttpResponse(content, content_type=CONTENT_TYPES[format_])
    response["Content-Disposition"] = f'attachment; filename="{importer_key}.{format_}"'
    return response


@require_http_methods(["GET", "POST"])
def import_new(request: DistrictRequest, importer_key: str) -> HttpResponse:
    importer = _importer(request, importer_key)
    form = ImportForm(importer, request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        file = form.cleaned_data["file"]
        job = start_import(importer_key, file, form.parameters(), by=request.actor)
        return changed(
            request, _("The file is in. You can leave this page."), job.get_absolute_url()
        )
    context = {"importer": importer, "importer_key": importer_key, "form": form}
    status = 422 if form.is_bound else 200
    return render_page(request, "district/import_form.html", context, status=status)


@require_POST
def import_apply(request: DistrictRequest, job_id: UUID) -> HttpResponse:
    checked = get_object_or_404(visible_jobs(request.actor).filter(kind=KIND), pk=job_id)
    require(importers[checked.parameters["importer"]].can(request.actor))
    job = apply_checked(checked, by=request.actor)
    return changed(request, _("The rows are being brought in."), job.get_absolute_url())


def _importer(request: DistrictRequest, key: str) -> Importer:
    if key not in importers:
        raise Http404
    require(importers[key].can(request.actor))
    return importers[key]
