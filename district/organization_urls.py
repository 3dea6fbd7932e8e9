"""Organisations and what lies in their files."""

from django.urls import path

from district.views import certifications, organizations

urlpatterns = [
    path("organizations/", organizations.organization_list, name="organization_list"),
    path("organizations/new/", organizations.organization_new, name="organization_new"),
    path(
        "organizations/<uuid:organization_id>/",
        organizations.organization_detail,
        name="organization_detail",
    ),
    path(
        "organizations/<uuid:organization_id>/edit/",
        organizations.organization_edit,
        name="organization_edit",
    ),
    path(
        "organizations/<uuid:organization_id>/certifications/new/",
        certifications.certification_new,
        name="certification_new",
    ),
    path(
        "certifications/<uuid:certification_id>/",
        certifications.certification_edit,
        name="certification_edit",
    ),
    path(
        "certifications/<uuid:certification_id>/end/",
        certifications.certification_end,
        name="certification_end",
    ),
    path(
        "organizations/<uuid:organization_id>/contacts/new/",
        certifications.contact_new,
        name="contact_new",
    ),
    path("contacts/<uuid:contact_id>/", certifications.contact_edit, name="contact_edit"),
    path(
        "contacts/<uuid:contact_id>/remove/", certifications.contact_remove, name="contact_remove"
    ),
]
