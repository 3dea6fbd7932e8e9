"""Organisations: the list, the file of each, its facts."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from district.actions.organizations import save_organization
from district.forms import refusals_shown
from district.forms.people import OrganizationForm
from district.listings import ORGANIZATIONS
from district.lists import render_list
from district.middleware import DistrictRequest
from district.models import Membership, Organization
from district.permissions import (
    can_create_organization,
    can_edit_organization,
    can_manage_people,
    require,
    visible_organizations,
)
from district.timeline import timeline
from district.views.respond import changed, render_page


@require_GET
def organization_list(request: DistrictRequest) -> HttpResponse:
    context = {"can_create": can_create_organization(request.actor)}
    return render_list(request, ORGANIZATIONS, "district/organization_list.html", context)


@require_GET
def organization_detail(request: DistrictRequest, organization_id: UUID) -> HttpResponse:
    organization = get_object_or_404(visible_organizations(request.actor), pk=organization_id)
    members = Membership.objects.current().filter(organization=organization)
    context = {
        "organization": organization,
        "certifications": organization.certifications.select_related("file").order_by("expires_on"),
        "contacts": organization.contacts.order_by("name"),
        "members": members.select_related("person").order_by("person__name")[:50],
        "entries": timeline(organization, request),
        "can_edit": can_edit_organization(request.actor, organization),
        "can_invite": can_manage_people(request.actor, organization),
    }
    return render_page(request, "district/organization_detail.html", context)


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
