from collections.abc import Sequence
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from district.forms import refusals_shown
from district.middleware import DistrictRequest
from district.permissions import require
from district.views.respond import changed, render_page
from spaces import permissions
from spaces.actions.policies import building_layers, policy_layers, save_policy
from spaces.forms.policy import PolicyForm
from spaces.forms.policy_rows import row_forms
from spaces.models import BookingPolicy, Building, Space
from spaces.policy_table import policy_rows
from spaces.rules import resolve


@require_http_methods(["GET", "POST"])
def district_policy(request: DistrictRequest) -> HttpResponse:
    require(permissions.can_edit_district_policy(request.actor))
    policy = BookingPolicy.objects.filter(space=None, building=None).first() or BookingPolicy()
    name = request.district.name
    return _edit(request, policy, [], {"name": name, "back": reverse("space_list")})


@require_http_methods(["GET", "POST"])
def building_policy(request: DistrictRequest, building_id: UUID) -> HttpResponse:
    building = get_object_or_404(Building.objects.visible_to(request.actor), pk=building_id)
    require(permissions.can_edit_policy(request.actor, building))
    policy = building.policies.first() or BookingPolicy(building=building)
    above = [row for row in building_layers(building) if row.building_id is None]
    place = {"name": building.name, "back": building.get_absolute_url()}
    return _edit(request, policy, above, place)


@require_http_methods(["GET", "POST"])
def space_policy(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    spaces = Space.objects.visible_to(request.actor).select_related("building")
    space = get_object_or_404(spaces, pk=space_id)
    require(permissions.can_edit_policy(request.actor, space.building))
    policy = space.policies.first() or BookingPolicy(space=space)
    above = [row for row in policy_layers(space) if row.space_id != space.pk]
    place = {"name": space.name, "back": space.get_absolute_url()}
    return _edit(request, policy, above, place)


def _edit(
    request: DistrictRequest,
    policy: BookingPolicy,
    above: Sequence[BookingPolicy],
    place: dict[str, str],
) -> HttpResponse:
    form = PolicyForm(request.POST or None, instance=policy, above=resolve(above))
    rows = row_forms(policy, request.POST or None)
    valid = [form.is_valid(), *(item.is_valid() for item in rows.values())]
    if request.method == "POST" and all(valid):
        form.take_rows(rows)
        with refusals_shown(form):
            count = save_policy(policy, by=request.actor)
        if form.is_valid():
            words = ngettext(
                "Saved. %(n)d space has new rules.", "Saved. %(n)d spaces have new rules.", count
            )
            return changed(request, words % {"n": count}, place["back"])
    context = {"form": form, **rows, "inherited": policy_rows(above, None), **place}
    status = 422 if form.is_bound else 200
    return render_page(request, "spaces/policy_form.html", context, status=status)
