"""Organisations: the list, the file of each, its facts."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from district.actions.organizations import save_organization
from district.forms import refusals_shown
from district.forms.organizations import OrganizationForm
from district.listings import ORGANIZATIONS
from district.lists import render_list
from district.middleware import DistrictRequest
from district.models import Certification, Membership, Organization
from district.permissions import (
    can_create_organization,
    can_edit_organization,
    can_import,
    can_manage_people,
    require,
    visible_organizations,
)
from district.templatetags.look import figure
from district.timeline import timeline
from district.views.respond import changed, render_page

MEMBERS_SHOWN = 50


@require_GET
def organization_list(request: DistrictRequest) -> HttpResponse:
    context = {
        "can_create": can_create_organization(request.actor),
        "can_import": can_import(request.actor),
    }
    return render_list(request, ORGANIZATIONS, "district/organization_list.html", context)


@require_GET
def organization_detail(request: DistrictRequest, organization_id: UUID) -> HttpResponse:
    organization = get_object_or_404(visible_organizations(request.actor), pk=organization_id)
    can_edit = can_edit_organization(request.actor, organization)
    members = list(_members(organization))
    certifications = list(_certifications(organization))
    context = {
        "organization": organization,
        "vitals": _vitals(organization, members, certifications),
        "certifications": certifications,
        "contacts": organization.contacts.order_by("name", "id"),
        "members": members[:MEMBERS_SHOWN],
        "former_names": organization.former_names.order_by("-until")[:MEMBERS_SHOWN],
        "entries": timeline(organization, request),
        "can_edit": can_edit and organization.ended_at is None,
        "can_invite": can_manage_people(request.actor, organization),
    }
    return render_page(request, "district/organization_detail.html", context)


def _members(organization: Organization) -> QuerySet[Membership]:
    rows = Membership.objects.current().filter(organization=organization)
    return rows.select_related("person").order_by("person__name", "id")


def _certifications(organization: Organization) -> QuerySet[Certification]:
    """Those in force first, what expires soonest above."""
    return organization.certifications.select_related("file").order_by(
        F("ended_at").asc(nulls_first=True), F("expires_on").asc(nulls_last=True), "id"
    )


def _vitals(
    organization: Organization,
    members: Sequence[Membership],
    certifications: Sequence[Certification],
) -> list[dict[str, Any]]:
    held = [row for row in certifications if row.state[0] in {"go", "wait"}]
    soon = sum(row.state[0] == "wait" for row in held)
    founded = organization.founded_on
    facts = [
        {"label": _("Members"), "value": len(members), "note": _("with access")},
        {
            "label": _("Certifications"),
            "value": len(held),
            "note": _("%(n)d expire soon") % {"n": soon} if soon else _("in force"),
        },
    ]
    if organization.employee_count is not None:
        facts.append({"label": _("Employees"), "value": figure(organization.employee_count)})
    if founded is not None:
        facts.append({"label": _("Founded"), "value": founded.year})
    return facts


@require_http_methods(["GET", "POST"])
def organization_new(request: DistrictRequest) -> HttpResponse:
    require(can_create_organization(request.actor))
    return _edit(request, Organization(), _("The organisation has been added."))


@require_http_methods(["GET", "POST"])
def organization_edit(request: DistrictRequest, organization_id: UUID) -> HttpResponse:
    organization = get_object_or_404(visible_organizations(request.actor), pk=organization_id)
    require(can_edit_organization(request.actor, organization))
    return _edit(request, organization, _("The organisation has been saved."))


def _edit(request: DistrictRequest, organization: Organization, message: str) -> HttpResponse:
    form = OrganizationForm(request.POST or None, instance=organization, actor=request.actor)
    if form.is_bound and form.is_valid():
        with refusals_shown(form):
            save_organization(form.instance, by=request.actor)
        if form.is_valid():
            return changed(request, message, organization.get_absolute_url())
    context = {"form": form, "organization": None if organization._state.adding else organization}
    return render_page(
        request, "district/organization_form.html", context, status=422 if form.is_bound else 200
    )
