"""Certifications and contacts in an organisation's file."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from district.actions import organizations as actions
from district.forms import refusals_shown
from district.forms.organizations import CertificationForm, ContactForm
from district.middleware import DistrictRequest
from district.models import Certification, Organization, OrganizationContact
from district.permissions import can_edit_organization, require, visible_organizations
from district.views.respond import changed, render_page


@require_http_methods(["GET", "POST"])
def certification_new(request: DistrictRequest, organization_id: UUID) -> HttpResponse:
    certification = Certification(organization=_editable(request, organization_id))
    return _edit_certification(request, certification, _("The certification has been added."))


@require_http_methods(["GET", "POST"])
def certification_edit(request: DistrictRequest, certification_id: UUID) -> HttpResponse:
    certification = _certification(request, certification_id)
    return _edit_certification(request, certification, _("The certification has been saved."))


@require_POST
def certification_end(request: DistrictRequest, certification_id: UUID) -> HttpResponse:
    certification = actions.end_certification(
        _certification(request, certification_id), by=request.actor
    )
    return _back(request, certification.organization_id, _("The certification has ended."))


@require_http_methods(["GET", "POST"])
def contact_new(request: DistrictRequest, organization_id: UUID) -> HttpResponse:
    contact = OrganizationContact(organization=_editable(request, organization_id))
    return _edit_contact(request, contact, _("The contact has been added."))


@require_http_methods(["GET", "POST"])
def contact_edit(request: DistrictRequest, contact_id: UUID) -> HttpResponse:
    return _edit_contact(request, _contact(request, contact_id), _("The contact has been saved."))


@require_POST
def contact_remove(request: DistrictRequest, contact_id: UUID) -> HttpResponse:
    contact = _contact(request, contact_id)
    actions.remove_contact(contact, by=request.actor)
    return _back(request, contact.organization_id, _("The contact has been removed."))


def _edit_certification(
    request: DistrictRequest, certification: Certification, message: str
) -> HttpResponse:
    form = CertificationForm(request.POST or None, request.FILES or None, instance=certification)
    if form.is_bound and form.is_valid():
        upload = form.cleaned_data["upload"]
        with refusals_shown(form, field="upload" if upload else None):
            actions.save_certification(form.instance, upload=upload, by=request.actor)
        if form.is_valid():
            return _back(request, certification.organization_id, message)
    context = {
        "form": form,
        "organization": certification.organization,
        "certification": None if certification._state.adding else certification,
    }
    status = 422 if form.is_bound else 200
    return render_page(request, "district/certification_form.html", context, status=status)


def _edit_contact(
    request: DistrictRequest, contact: OrganizationContact, message: str
) -> HttpResponse:
    form = ContactForm(request.POST or None, instance=contact)
    if form.is_bound and form.is_valid():
        with refusals_shown(form):
            actions.save_contact(form.instance, by=request.actor)
        if form.is_valid():
            return _back(request, contact.organization_id, message)
    context = {
        "form": form,
        "organization": contact.organization,
        "contact": None if contact._state.adding else contact,
    }
    status = 422 if form.is_bound else 200
    return render_page(request, "district/contact_form.html", context, status=status)


def _editable(request: DistrictRequest, organization_id: UUID) -> Organization:
    organization = get_object_or_404(visible_organizations(request.actor), pk=organization_id)
    require(can_edit_organization(request.actor, organization))
    return organization


def _certification(request: DistrictRequest, certification_id: UUID) -> Certification:
    rows = Certification.objects.select_related("organization", "file")
    seen = rows.filter(organization__in=visible_organizations(request.actor))
    certification = get_object_or_404(seen, pk=certification_id)
    require(can_edit_organization(request.actor, certification.organization))
    return certification


def _contact(request: DistrictRequest, contact_id: UUID) -> OrganizationContact:
    rows = OrganizationContact.objects.select_related("organization")
    seen = rows.filter(organization__in=visible_organizations(request.actor))
    contact = get_object_or_404(seen, pk=contact_id)
    require(can_edit_organization(request.actor, contact.organization))
    return contact


def _back(request: DistrictRequest, organization_id: UUID, message: str) -> HttpResponse:
    organization = Organization.objects.get(pk=organization_id)
    return changed(request, message, organization.get_absolute_url())
