"""The district's settings and its communities."""

from uuid import UUID

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from district.actions.settings import save_community, save_settings
from district.forms import refusals_shown
from district.forms.settings import CommunityForm, SettingsForm
from district.middleware import DistrictRequest
from district.models import Community, District, Membership
from district.permissions import can_edit_settings, require
from district.views.respond import changed, render_page

MOST_COMMUNITIES = 200


@require_http_methods(["GET", "POST"])
def district_settings(request: DistrictRequest) -> HttpResponse:
    require(can_edit_settings(request.actor))
    # A copy: the page around a form with errors still shows the district as it is.
    district = District.objects.get(pk=request.district.pk)
    form = SettingsForm(request.POST or None, instance=district)
    if form.is_bound and form.is_valid():
        with refusals_shown(form):
            save_settings(form.instance, form.changed_data, by=request.actor)
        if form.is_valid():
            return changed(request, _("The settings have been saved."), request.path)
    status = 422 if form.is_bound else 200
    return render_page(request, "district/settings_form.html", {"form": form}, status=status)


@require_GET
def community_list(request: DistrictRequest) -> HttpResponse:
    require(can_edit_settings(request.actor))
    # `buildings` is what the app above calls its reference to a community.
    rows = Community.objects.annotate(
        building_count=Count("buildings", filter=Q(buildings__ended_at=None))
    ).order_by("code")[:MOST_COMMUNITIES]
    staffed = Membership.objects.current().exclude(community=None).values_list("community")
    staff = dict(staffed.annotate(count=Count("id")).order_by())
    context = {"communities": [(row, staff.get(row.pk, 0)) for row in rows]}
    return render_page(request, "district/community_list.html", context)


@require_http_methods(["GET", "POST"])
def community_new(request: DistrictRequest) -> HttpResponse:
    require(can_edit_settings(request.actor))
    return _edit(request, Community(), _("The community has been added."))


@require_http_methods(["GET", "POST"])
def community_edit(request: DistrictRequest, community_id: UUID) -> HttpResponse:
    require(can_edit_settings(request.actor))
    community = get_object_or_404(Community, pk=community_id)
    return _edit(request, community, _("The community has been saved."))


def _edit(request: DistrictRequest, community: Community, message: str) -> HttpResponse:
    form = CommunityForm(request.POST or None, instance=community)
    if form.is_bound and form.is_valid():
        with refusals_shown(form):
            save_community(form.instance, by=request.actor)
        if form.is_valid():
            return changed(request, message, reverse("community_list"))
    known = None if community._state.adding else Community.objects.get(pk=community.pk)
    context = {"form": form, "community": known}
    status = 422 if form.is_bound else 200
    return render_page(request, "district/community_form.html", context, status=status)
