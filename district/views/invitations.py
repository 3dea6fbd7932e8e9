"""Inviting people, and taking an invitation up."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from district.actions import invitations as actions
from district.forms import refusals_shown
from district.forms.people import InvitationForm
from district.middleware import DistrictRequest, public, switch_membership
from district.models import Invitation, Organization
from district.permissions import can_manage_people, require, visible_organizations
from district.views.respond import changed, render_page


@require_http_methods(["GET", "POST"])
def invitation_new(request: DistrictRequest) -> HttpResponse:
    organization = _organization(request)
    require(can_manage_people(request.actor, organization))
    invitation = Invitation(organization=organization)
    form = InvitationForm(request.POST or None, instance=invitation, actor=request.actor)
    if form.is_bound and form.is_valid():
        with refusals_shown(form):
            actions.invite(form.instance, by=request.actor)
        if form.is_valid():
            return changed(request, _("The invitation is on its way."), reverse("person_list"))
    context = {"form": form, "organization": organization}
    status = 422 if form.is_bound else 200
    return render_page(request, "district/invitation_form.html", context, status=status)


@require_POST
def invitation_resend(request: DistrictRequest, invitation_id: UUID) -> HttpResponse:
    actions.resend_invitation(_managed(request, invitation_id), by=request.actor)
    return changed(request, _("A new link is on its way."), reverse("person_list"))


@require_POST
def invitation_revoke(request: DistrictRequest, invitation_id: UUID) -> HttpResponse:
    actions.revoke_invitation(_managed(request, invitation_id), by=request.actor)
    return changed(request, _("The invitation has been revoked."), reverse("person_list"))


@public
@require_http_methods(["GET", "POST"])
def invitation_accept(request: DistrictRequest, key: str) -> HttpResponse:
    rows = Invitation.objects.select_related("organization", "invited_by__person")
    invitation = get_object_or_404(rows, key_hash=actions.hashed(key))
    if request.method == "POST" and request.user.is_authenticated:
        membership = actions.accept_invitation(
            invitation, user_id=request.user.pk, email=request.user.email
        )
        request.memberships = [*request.memberships, membership]
        switch_membership(request, membership.pk)
        return changed(request, _("Welcome! You have joined."), reverse("home"))
    return render_page(request, "district/invitation_accept.html", {"invitation": invitation})


def _organization(request: DistrictRequest) -> Organization:
    """The one asked for, or one's own."""
    try:
        wanted = UUID(request.GET.get("organization", ""))
    except ValueError:
        wanted = request.actor.organization_id
    return get_object_or_404(visible_organizations(request.actor), pk=wanted)


def _managed(request: DistrictRequest, invitation_id: UUID) -> Invitation:
    rows = Invitation.objects.filter(organization__in=visible_organizations(request.actor))
    invitation = get_object_or_404(rows.select_related("organization"), pk=invitation_id)
    require(can_manage_people(request.actor, invitation.organization))
    return invitation
