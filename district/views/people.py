"""People by their memberships: who is where, in which role."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from district.actions.people import change_role, end_membership
from district.activity import record
from district.forms import refusals_shown
from district.forms.people import RoleForm
from district.listings import PEOPLE, current_memberships
from district.lists import render_list
from district.middleware import DistrictRequest
from district.models import Invitation, Membership, Role
from district.permissions import can_manage_people, manageable_organizations, require
from district.timeline import timeline
from district.views.respond import changed, render_page


@require_GET
def person_list(request: DistrictRequest) -> HttpResponse:
    can_invite = can_manage_people(request.actor, request.actor.organization)
    context = {
        "can_invite": can_invite,
        "invitations": _open_invitations(request) if can_invite else [],
    }
    return render_list(request, PEOPLE, "district/person_list.html", context)


@require_http_methods(["GET", "POST"])
def membership_edit(request: DistrictRequest, membership_id: UUID) -> HttpResponse:
    membership = get_object_or_404(current_memberships(request.actor), pk=membership_id)
    if membership.organization_id != request.actor.organization_id:
        record("person.viewed", subject=membership.person, by=request.actor)
    form = RoleForm(
        request.POST or None,
        initial={"role": membership.role, "community": membership.community_id},
        actor=request.actor,
        organization=membership.organization,
    )
    if form.is_bound:
        require(can_manage_people(request.actor, membership.organization))
        if _is_role_changed(request, membership, form):
            return changed(request, _("The role has been changed."), reverse("person_list"))
    context = _membership_context(request, membership, form)
    status = 422 if form.is_bound else 200
    return render_page(request, "district/person_detail.html", context, status=status)


def _is_role_changed(request: DistrictRequest, membership: Membership, form: RoleForm) -> bool:
    if form.is_valid():
        with refusals_shown(form):
            change_role(
                membership,
                role=Role(form.cleaned_data["role"]),
                community=form.cleaned_data.get("community"),
                by=request.actor,
            )
    return form.is_valid()


def _membership_context(
    request: DistrictRequest, membership: Membership, form: RoleForm
) -> dict[str, Any]:
    return {
        "shown": membership,
        "form": form,
        "can_manage": can_manage_people(request.actor, membership.organization),
        "others": _others(request, membership),
        "entries": timeline(membership, request),
    }


@require_POST
def membership_end(request: DistrictRequest, membership_id: UUID) -> HttpResponse:
    membership = get_object_or_404(current_memberships(request.actor), pk=membership_id)
    require(can_manage_people(request.actor, membership.organization))
    end_membership(membership, by=request.actor)
    return changed(request, _("The membership has ended."), reverse("person_list"))


def _others(request: DistrictRequest, membership: Membership) -> QuerySet[Membership]:
    """For whom else the person acts, as far as the actor sees it."""
    rows = current_memberships(request.actor).filter(person_id=membership.person_id)
    return rows.exclude(pk=membership.pk).order_by("id")


def _open_invitations(request: DistrictRequest) -> QuerySet[Invitation]:
    """Those not taken up yet, run out ones too: they can be sent again."""
    rows = Invitation.objects.filter(
        organization__in=manageable_organizations(request.actor), accepted_at=None, revoked_at=None
    )
    return rows.select_related("organization", "community").order_by("-id")[:50]
