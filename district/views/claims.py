"""Claiming a company, and the operator's review."""

from typing import cast
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from district.accounts.models import User
from district.actions.claims import approve_claim, decline_claim, submit_claim
from district.actions.files import store_upload
from district.actions.people import person_of
from district.forms import refusals_shown
from district.forms.people import ClaimForm, ReasonForm
from district.middleware import DistrictRequest, for_persons
from district.models import ClaimStatus, FileAudience, Organization, OrganizationClaim
from district.permissions import can_decide_claims, require
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
    context = {"form": form, "claims": mine[:SHOWN]}
    status = 422 if form.is_bound else 200
    return render_page(request, "district/claim_form.html", context, status=status)


@require_GET
def claim_list(request: DistrictRequest) -> HttpResponse:
    require(can_decide_claims(request.actor))
    rows = OrganizationClaim.objects.filter(status=ClaimStatus.SUBMITTED)
    context = {"claims": rows.select_related("person").order_by("id")[:SHOWN]}
    return render_page(request, "district/claim_list.html", context)


@require_GET
def claim_detail(request: DistrictRequest, claim_id: UUID) -> HttpResponse:
    claim = _decidable(request, claim_id)
    known = Organization.objects.current().filter(uscc=claim.uscc).first()
    context = {"claim": claim, "known": known, "is_open": claim.status == ClaimStatus.SUBMITTED}
    return render_page(request, "district/claim_detail.html", context)


@require_POST
def claim_approve(request: DistrictRequest, claim_id: UUID) -> HttpResponse:
    approve_claim(_decidable(request, claim_id), by=request.actor)
    return changed(request, _("The claim has been approved."), reverse("claim_list"))


@require_POST
def claim_decline(request: DistrictRequest, claim_id: UUID) -> HttpResponse:
    claim = _decidable(request, claim_id)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        context = {"claim": claim, "form": form, "is_open": True}
        return render_page(request, "district/claim_detail.html", context, status=422)
    decline_claim(claim, reason=form.cleaned_data["reason"], by=request.actor)
    return changed(request, _("The claim has been declined."), reverse("claim_list"))


def _decidable(request: DistrictRequest, claim_id: UUID) -> OrganizationClaim:
    require(can_decide_claims(request.actor))
    rows = OrganizationClaim.objects.select_related("person", "licence", "authorisation")
    return get_object_or_404(rows, pk=claim_id)


def _known(request: DistrictRequest) -> dict[str, str]:
    return {"name": request.person.name} if request.person else {}


def _submit(request: DistrictRequest, form: ClaimForm) -> None:
    user, given = cast(User, request.user), form.cleaned_data
    claim: OrganizationClaim = form.instance
    claim.person = person_of(
        user.pk, name=given["name"], email=user.email or "", mobile=user.mobile or ""
    )
    private = {"audience": FileAudience.PERSON, "person": claim.person}
    claim.licence = store_upload(given["licence_file"], **private)
    claim.authorisation = store_upload(given["authorisation_file"], **private)
    submit_claim(claim)
