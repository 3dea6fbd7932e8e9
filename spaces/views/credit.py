"""Credits and passes: the list, one of them with its uses, granting and ending."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from district.forms import refusals_shown
from district.lists import render_list
from district.middleware import DistrictRequest
from district.permissions import require
from district.timeline import timeline
from district.views.respond import changed, render_page
from spaces import permissions
from spaces.actions.credits import end_credit, grant_credit
from spaces.credit_list import CREDITS, STATES, TONES, state_of
from spaces.credit_messages import amount_of
from spaces.forms.credit import CreditForm
from spaces.models import Credit

USES = 50


@require_GET
def credit_list(request: DistrictRequest) -> HttpResponse:
    context = {"can_grant": permissions.can_grant_credits(request.actor)}
    return render_list(request, CREDITS, "spaces/credit_list.html", context)


@require_http_methods(["GET", "POST"])
def credit_new(request: DistrictRequest) -> HttpResponse:
    require(permissions.can_grant_credits(request.actor))
    form = CreditForm(request.POST or None, initial={"organization": request.GET.get("for")})
    if form.is_bound and form.is_valid():
        with refusals_shown(form):
            credit = grant_credit(form.save(commit=False), by=request.actor)
            return changed(request, _("Granted. The company is told."), credit.get_absolute_url())
    status = 422 if form.is_bound else 200
    return render_page(request, "spaces/credit_form.html", {"form": form}, status=status)


@require_GET
def credit_detail(request: DistrictRequest, credit_id: UUID) -> HttpResponse:
    credit = _visible(request, credit_id)
    uses = credit.uses.select_related("booking__space").order_by("-id")[:USES]
    state = state_of(credit)
    context = {
        "credit": credit,
        "left": amount_of(credit, credit.left),
        "granted": amount_of(credit, credit.granted),
        "state": dict(STATES)[state],
        "tone": TONES[state],
        "uses": [(use, amount_of(credit, abs(use.value))) for use in uses],
        "can_end": permissions.can_grant_credits(request.actor) and not credit.is_over,
        "entries": timeline(credit, request),
    }
    return render_page(request, "spaces/credit_detail.html", context)


@require_POST
def credit_end(request: DistrictRequest, credit_id: UUID) -> HttpResponse:
    credit = _visible(request, credit_id)
    require(permissions.can_grant_credits(request.actor))
    end_credit(credit, by=request.actor)
    return changed(request, _("The credit has ended."), credit.get_absolute_url())


def _visible(request: DistrictRequest, credit_id: UUID) -> Credit:
    rows = Credit.objects.visible_to(request.actor).select_related("organization", "district")
    credit: Credit = get_object_or_404(rows, pk=credit_id)
    return credit
