"""The activity ledger, for those who audit."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from district.actions.ledger import check_ledger, last_check
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
    check_ledger()
    return changed(request, _("The chain has been checked."), reverse("audit_list"))
