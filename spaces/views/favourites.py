"""A star on a space: one's own, to find it again."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from district.middleware import DistrictRequest
from district.permissions import require
from district.views.respond import inside
from spaces import permissions
from spaces.actions.favourites import add_favourite, remove_favourite
from spaces.models import Space


@require_POST
def favourite_add(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    space = _space(request, space_id)
    add_favourite(space, person=request.actor.person)
    return _shown(request, space, kept=True)


@require_POST
def favourite_remove(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    space = _space(request, space_id)
    remove_favourite(space, person=request.actor.person)
    return _shown(request, space, kept=False)


def _space(request: DistrictRequest, space_id: UUID) -> Space:
    require(permissions.can_view_spaces(request.actor))
    return get_object_or_404(Space.objects.visible_to(request.actor), pk=space_id)


def _shown(request: DistrictRequest, space: Space, *, kept: bool) -> HttpResponse:
    """The star as it is now, or the page it was pressed on."""
    if not request.htmx:
        back = inside(request, request.POST.get("next", ""))
        return redirect(back or space.get_absolute_url())
    only_icon = "only_icon" in request.POST
    context = {"space": space, "kept": kept, "only_icon": only_icon}
    return render(request, "spaces/_star.html", context)
