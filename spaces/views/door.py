"""The page behind the QR code at a door, and the signs that show it."""

from typing import Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from district.guesses import Guesses
from district.middleware import DistrictRequest, public
from district.permissions import require
from district.templatetags.look import clock
from district.views.respond import changed, render_page
from spaces import permissions
from spaces.actions.check_in import use_now
from spaces.actions.doors import renew_door_code
from spaces.door import seen_from_door, sign_of
from spaces.forms.booking import UntilForm
from spaces.models import Building, Photo, Space

GUESSES: Final = Guesses("door", most=20, seconds=600)
MOST_SIGNS: Final = 500


@public
@require_GET
def door(request: DistrictRequest, code: str) -> HttpResponse:
    """For whoever stands there, logged in or not; who guesses codes is soon sent away."""
    if request.membership is None and GUESSES.used_up(request):
        return render(request, "429.html", status=429)
    space = _behind(code)
    if space is None:
        GUESSES.count(request)
        raise Http404
    Photo.objects.put_faces_on([space], "space")
    actor = request.membership
    seen = seen_from_door(space, actor, request.district.zone, timezone.now())
    context = {"door": seen, "space": space, "now": timezone.now(), "actor": actor}
    response = render_page(request, "spaces/door.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def door_use(request: DistrictRequest, code: str) -> HttpResponse:
    """Walk up, and have it until one of the times that were offered."""
    space = _behind(code)
    if space is None:
        raise Http404
    require(permissions.can_book(request.actor, space))
    form = UntilForm(request.POST)
    ends_at = form.cleaned_data["until"] if form.is_valid() else timezone.now()
    booking = use_now(space, ends_at, by=request.actor)
    said = _("It is yours until %(time)s.") % {"time": clock(booking.ends_at)}
    return changed(request, said, reverse("door", args=[space.door_code]))


def _behind(code: str) -> Space | None:
    rows = Space.objects.bookable().select_related("building", "floor", "rules")
    return rows.filter(door_code=code.upper()).first()


@require_GET
def space_sign(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    space = _editable(request, space_id)
    context = {"signs": [sign_of(space)], "space": space, "back": space.get_absolute_url()}
    return render(request, "spaces/signs.html", context)


@require_POST
def sign_renew(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    renew_door_code(_editable(request, space_id), by=request.actor)
    said = _("The old sign no longer works. Print the new one.")
    return changed(request, said, reverse("space_sign", args=[space_id]))


@require_GET
def building_signs(request: DistrictRequest, building_id: UUID) -> HttpResponse:
    """The signs of all its spaces that can be booked, a page each; seats stand under their area."""
    building = get_object_or_404(Building.objects.visible_to(request.actor), pk=building_id)
    require(permissions.can_edit_building(request.actor, building))
    rows = (
        Space.objects.bookable().filter(building=building).exclude(capacity=1, parent__isnull=False)
    )
    spaces = rows.select_related("building", "floor").order_by("floor__level", "code")
    context = {
        "signs": [sign_of(space) for space in spaces[:MOST_SIGNS]],
        "building": building,
        "back": building.get_absolute_url(),
    }
    return render(request, "spaces/signs.html", context)


def _editable(request: DistrictRequest, space_id: UUID) -> Space:
    rows = Space.objects.visible_to(request.actor).select_related("building", "floor", "rules")
    space = get_object_or_404(rows, pk=space_id)
    require(permissions.can_edit_space(request.actor, space))
    if not space.bookable or space.ended_at:
        raise Http404
    return space
