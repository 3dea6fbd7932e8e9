"""Claiming a company, and the operator's review."""

from typing import cast
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from district.accounts.models import User
from district.actions.claims import approve_claim, decline_claim, submit_claim, withdraw_claim
from district.actions.files import store_upload
from district.actions.people import person_of
from district.forms import refusals_shown
from district.forms.people import ClaimForm, ReasonForm
from district.middleware import DistrictRequest, for_persons
from district.models import (
    ClaimStatus,
    FileAudience,
    Membership,
    Organization,
    OrganizationClaim,
    Role,
)
from district.permissions import can_decide_claims, require
from district.timeline import timeline
from district.views.respond import changed, render_page

SHOWN = 100


@for_persons
@require_http_methods(["GET", "POST"])
def claim_new(request: DistrictRequest) -> HttpResponse:
    if request.district is None:
        raise Http404
    form = ClaimForm(request.POST or None, request.FILES or None, initial=_known(request))
    if form.is_bound and form.is_valid():
        with refusals_shown(form):
            _submit(request, form)
        if form.is_valid():
            return changed(request, _("Your request is in review."), reverse("claim_new"))
    mine = OrganizationClaim.objects.filter(person=request.person).order_by("-id")
    asked = mine.filter(status=ClaimStatus.SUBMITTED).exists()
    settled = asked or request.membership is not None
    context = {"form": form, "claims": mine[:SHOWN], "settled": settled}
    status = 422 if form.is_bound else 200
    return render_page(request, "district/claim_form.html", context, status=status)


@for_persons
@require_POST
def claim_withdraw(request: DistrictRequest, claim_id: UUID) -> HttpResponse:
    if request.district is None or request.person is None:
        raise Http404
    own = OrganizationClaim.objects.filter(person=request.person)
    withdraw_claim(get_object_or_404(own, pk=claim_id))
    return changed(request, _("Your request has been withdrawn."), reverse("claim_new"))


@require_GET
def claim_list(request: DistrictRequest) -> HttpResponse:
    require(can_decide_claims(request.actor))
    rows = OrganizationClaim.objects.filter(status=ClaimStatus.SUBMITTED)
    context = {"claims": rows.select_related("person").order_by("id")[:SHOWN]}
    return render_page(request, "district/claim_list.html", context)


@require_GET
def claim_detail(request: DistrictRequest, claim_id: UUID) -> HttpResponse:
    claim = _decidable(request, claim_id)
    return _render_claim(request, claim, ReasonForm())


@require_POST
def claim_approve(request: DistrictRequest, claim_id: UUID) -> HttpResponse:
    approve_claim(_decidable(request, claim_id), by=request.actor)
    return changed(request, _("The claim has been approved."), reverse("claim_list"))


@require_POST
def claim_decline(request: DistrictRequest, claim_id: UUID) -> HttpResponse:
    claim = _decidable(request, claim_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _render_claim(request, claim, form)
    decline_claim(claim, reason=form.cleaned_data["reason"], by=request.actor)
    return changed(request, _("The claim has been declined."), reverse("claim_list"))


def _render_claim(
    request: DistrictRequest, claim: OrganizationClaim, form: ReasonForm
) -> HttpResponse:
    known = Organization.objects.current().filter(uscc=claim.uscc).first()
    administrators = Membership.objects.current().filter(
        organization=known, role=Role.COMPANY_ADMIN
    )
    context = {
        "claim": claim,
        "known": known,
        "administrators": administrators.select_related("person") if known else [],
        "is_open": claim.status == ClaimStatus.SUBMITTED,
        "form": form,
        "entries": timeline(claim),
    }
    status = 422 if form.is_bound else 200
    return render_page(request, "district/claim_detail.html", context, status=status)


def _decidable(request: DistrictRequest, claim_id: UUID) -> OrganizationClaim:
    require(can_decide_claims(request.actor))
    rows = OrganizationClaim.objects.select_related(
        "person", "licence", "authorisation", "organization", "decided_by__person"
    )
    return get_object_or_404(rows, pk=claim_id)


def _known(request: DistrictRequest) -> dict[str, str]:
    return {"name": request.person.name} if request.person else {}


def _submit(request: DistrictRequest, form: ClaimForm) -> None:
    user, given = cast(User, request.user), form.cleaned_data
    claim: OrganizationClaim = form.instance
    claim.person = person_of(
        user.pk, name=given["name"], email=user.email or "", mobile=user.mobile or ""
    )
    for paper in ("licence", "authorisation"):
        with refusals_shown(form, field=f"{paper}_file"):
            file = store_upload(
                given[f"{paper}_file"], audience=FileAudience.PERSON, person=claim.person
            )
            setattr(claim, paper, file)
    if form.is_valid():
        submit_claim(claim)
