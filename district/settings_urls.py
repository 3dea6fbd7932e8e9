"""Pages under Settings."""

from django.urls import path

from district.views import audit, roles, settings

urlpatterns = [
    path("", settings.district_settings, name="district_settings"),
    path("communities/", settings.community_list, name="community_list"),
    path("communities/new/", settings.community_new, name="community_new"),
    path("communities/<uuid:community_id>/", settings.community_edit, name="community_edit"),
    path("audit/", audit.audit_list, name="audit_list"),
    path("audit/check/", audit.ledger_check, name="ledger_check"),
    path("roles/", roles.role_list, name="role_list"),
]
