from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from district.forms import refusals_shown
from district.middleware import DistrictRequest
from district.permissions import require
from district.views.respond import render_page
from spaces import permissions
from spaces.forms.imports import ImportForm
from spaces.imports.apply import apply, plan
from spaces.imports.read import read_rows

SHOWN_WRONG = 200


@require_http_methods(["GET", "POST"])
def space_import(request: DistrictRequest) -> HttpResponse:
    """Check a file or bring it in; the same page shows what came of it."""
    require(permissions.can_import(request.actor))
    form = ImportForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form, "report": None}
    if request.method == "POST" and form.is_valid():
        kind, upload = form.cleaned_data["kind"], form.cleaned_data["file"]
        with refusals_shown(form):
            rows = read_rows(upload.name, upload.read())
            is_check = form.cleaned_data["step"] == "check"
            report = plan(kind, rows) if is_check else apply(kind, rows, by=request.actor)
            context |= {
                "report": report,
                "is_check": is_check,
                "wrong": report.wrong[:SHOWN_WRONG],
                "title": _("What would happen") if is_check else _("What has happened"),
            }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render_page(request, "spaces/space_import.html", context, status=status)
