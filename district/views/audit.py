"""The activity ledger, for those who audit."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from district.actions.ledger import last_check, start_ledger_check
from district.audit import AUDIT
from district.lists import render_list
from district.middleware import DistrictRequest
from district.models import ActivitySeal
from district.permissions import can_view_ledger, require
from district.views.respond import changed


@require_GET
def audit_list(request: DistrictRequest) -> HttpResponse:
    require(can_view_ledger(request.actor))
    newest = ActivitySeal.objects.order_by("-number").values_list("number", flat=True).first()
    context = {"check": last_check(), "sealed": newest or 0}
    return render_list(request, AUDIT, "district/audit_list.html", context)


@require_POST
def ledger_check(request: DistrictRequest) -> HttpResponse:
    require(can_view_ledger(request.actor))
    job = start_ledger_check(by=request.actor)
    message = _("The chain is being checked. You can leave this page.")
    return changed(request, message, job.get_absolute_url())
