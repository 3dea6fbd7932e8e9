from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from district.actors import is_operator
from district.forms import refusals_shown
from district.lists import render_list
from district.middleware import DistrictRequest
from district.permissions import require
from district.timeline import timeline
from district.views.respond import changed, render_page
from spaces import figures, permissions
from spaces.actions import structure
from spaces.forms.structure import BuildingForm, FloorForm
from spaces.listings import BUILDINGS
from spaces.models import Building, Floor, Photo, Space
from spaces.use import recent_use


@require_GET
def building_list(request: DistrictRequest) -> HttpResponse:
    context = {
        "can_create": permissions.can_create_building(request.actor),
    }
    return render_list(request, BUILDINGS, "spaces/building_list.html", context)


@require_GET
def building_detail(request: DistrictRequest, building_id: UUID) -> HttpResponse:
    require(permissions.can_view_spaces(request.actor))
    building = _visible(request, building_id)
    return render_page(request, "spaces/building_detail.html", _shown(request, building))


@require_http_methods(["GET", "POST"])
def building_new(request: DistrictRequest) -> HttpResponse:
    require(permissions.can_create_building(request.actor))
    building = Building(community=request.actor.community)
    return _edit(request, building, _("The building has been added."))


@require_http_methods(["GET", "POST"])
def building_edit(request: DistrictRequest, building_id: UUID) -> HttpResponse:
    building = _visible(request, building_id)
    require(permissions.can_edit_building(request.actor, building))
    return _edit(request, building, _("The building has been saved."))


@require_POST
def building_end(request: DistrictRequest, building_id: UUID) -> HttpResponse:
    building = _visible(request, building_id)
    require(permissions.can_edit_building(request.actor, building))
    structure.end_building(building, by=request.actor)
    return changed(request, _("The building has been closed."), building.get_absolute_url())


@require_POST
def floor_new(request: DistrictRequest, building_id: UUID) -> HttpResponse:
    building = _visible(request, building_id)
    require(permissions.can_edit_building(request.actor, building))
    form = FloorForm(request.POST, instance=Floor(building=building))
    if form.is_valid():
        with refusals_shown(form):
            structure.add_floor(form.instance, by=request.actor)
    if form.is_valid():
        return changed(request, _("The floor has been added."), building.get_absolute_url())
    context = {**_shown(request, building), "floor_form": form}
    return render_page(request, "spaces/building_detail.html", context, status=422)


def _visible(request: DistrictRequest, building_id: UUID) -> Building:
    rows = Building.objects.visible_to(request.actor).select_related("community", "part_of")
    return get_object_or_404(rows, pk=building_id)


def _edit(request: DistrictRequest, building: Building, message: str) -> HttpResponse:
    form = BuildingForm(request.POST or None, request.FILES or None, instance=building)
    if request.method == "POST" and form.is_valid():
        require(permissions.can_edit_building(request.actor, form.instance))
        with refusals_shown(form):
            structure.save_building(form.instance, by=request.actor)
        if form.is_valid():
            return changed(request, message, building.get_absolute_url())
    return render_page(
        request,
        "spaces/building_form.html",
        {"form": form, "building": None if building._state.adding else building},
        status=422 if form.is_bound else 200,
    )


def _shown(request: DistrictRequest, building: Building) -> dict[str, Any]:
    floors = list(building.floors.order_by("-level"))
    spaces = Space.objects.current().filter(building=building)
    leaves = figures.leaves_now(spaces, request.district.zone, timezone.now())
    rooms = spaces.select_related("floor").order_by("code")
    free = figures.free_now(leaves)
    can_edit = permissions.can_edit_building(request.actor, building)
    return {
        "photos": list(Photo.objects.of(building)),
        "building": building,
        "parts": building.parts.filter(ended_at=None).order_by("code"),
        "floors": [(floor, [row for row in rooms if row.floor_id == floor.pk]) for floor in floors],
        "elsewhere": [row for row in rooms if row.floor_id is None],
        "stack": figures.stack(floors, leaves),
        "stack_height": round(len(floors) * figures.STACK_STEP + 2, 1),
        "tally": figures.tally(leaves),
        "figures": figures.building_figures().get(building.pk),
        "use_share": recent_use(list(spaces.bookable())),
        "free": free[:6],
        "free_count": len(free),
        "bookable_count": figures.bookable_count(leaves),
        "platforms": building.platforms.filter(ended_at=None),
        "places": building.places.filter(ended_at=None),
        "can_edit": can_edit and building.ended_at is None,
        "can_edit_policy": permissions.can_edit_policy(request.actor, building),
        "floor_form": FloorForm() if can_edit else None,
        "entries": timeline(building, request) if is_operator(request.actor) else [],
    }
