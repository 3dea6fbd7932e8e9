"""Taking spaces out of use: look what breaks, decide, close; the list, changing and ending."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from district.forms import refusals_shown
from district.ids import ids_of
from district.lists import render_list
from district.middleware import DistrictRequest
from district.permissions import require
from district.views.respond import changed, render_page
from spaces import permissions
from spaces.actions import blocking as actions
from spaces.actions.conflicts import what_breaks
from spaces.closings import BLOCKINGS, state_of, visible_blockings
from spaces.forms.blocking import BlockingForm, ClosingForm, answers_in
from spaces.models import Blocking, Building, Space


@require_GET
def blocking_list(request: DistrictRequest) -> HttpResponse:
    return render_list(request, BLOCKINGS, "spaces/blocking_list.html")


@require_http_methods(["GET", "POST"])
def blocking_new(request: DistrictRequest) -> HttpResponse:
    """The address holds what is asked: GET shows what would break, POST closes."""
    buildings = permissions.buildings_to_block(request.actor)
    building = _chosen(request, buildings)
    if building is None:
        return render_page(request, "spaces/blocking_form.html", {"buildings": []})
    data = request.POST or request.GET
    asked = "look" in data or request.method == "POST"
    form = BlockingForm(data if asked else None, initial=_asked(request), building=building)
    context = {"form": form, "buildings": buildings, "building": building}
    spaces = list(form.cleaned_data["space"]) if asked and form.is_valid() else []
    return _decide(request, form, spaces, context)


@require_http_methods(["GET", "POST"])
def blocking_edit(request: DistrictRequest, blocking_id: UUID) -> HttpResponse:
    """Longer, shorter or for another reason; what is newly in the way is decided first."""
    blocking = get_object_or_404(visible_blockings(request.actor), pk=blocking_id)
    require(permissions.can_block(request.actor, blocking.space))
    data = request.POST or request.GET
    asked = "look" in data or request.method == "POST"
    form = ClosingForm(data if asked else None, initial=ClosingForm.of(blocking))
    context = {"form": form, "blocking": blocking, "state": state_of(blocking)}
    spaces = [blocking.space] if asked and form.is_valid() else []
    return _decide(request, form, spaces, context)


@require_POST
def blocking_end(request: DistrictRequest, blocking_id: UUID) -> HttpResponse:
    blocking = get_object_or_404(visible_blockings(request.actor), pk=blocking_id)
    require(permissions.can_block(request.actor, blocking.space))
    actions.end_blocking(blocking, by=request.actor)
    return changed(request, _("The space is open again."), blocking.get_absolute_url())


def _decide(
    request: DistrictRequest, form: ClosingForm, spaces: list[Space], context: dict[str, Any]
) -> HttpResponse:
    """What breaks, with a choice for each booking; a POST that answers them all closes."""
    blocking: Blocking | None = context.get("blocking")
    status = 422 if form.is_bound and not form.is_valid() else 200
    if spaces:
        breaks = what_breaks(
            spaces,
            form.closing.span,
            by=request.actor,
            blocking_id=blocking.pk if blocking else None,
        )
        answers = answers_in(request.POST, breaks.touched, form.closing)
        context |= {"breaks": breaks, "answers": answers, "spaces": spaces}
        if request.method == "POST":
            with refusals_shown(form):
                return _close(request, spaces, form, answers, blocking)
            status = 409
    context["asked"] = _plain(request)
    return render_page(request, "spaces/blocking_form.html", context, status=status)


def _close(
    request: DistrictRequest,
    spaces: list[Space],
    form: ClosingForm,
    answers: Any,
    blocking: Blocking | None,
) -> HttpResponse:
    if blocking is not None:
        actions.change_blocking(blocking, form.closing, answers, by=request.actor)
        return changed(request, _("Saved."), blocking.get_absolute_url())
    made = actions.block_spaces(spaces, form.closing, answers, by=request.actor)
    words = ngettext(
        "Out of use: %(n)d space. Companies have been told.",
        "Out of use: %(n)d spaces. Companies have been told.",
        len(made),
    )
    target = made[0].get_absolute_url() if len(made) == 1 else reverse("blocking_list")
    return changed(request, words % {"n": len(made)}, target)


def _chosen(request: DistrictRequest, buildings: Sequence[Building]) -> Building | None:
    data = request.POST or request.GET
    space = Space.objects.filter(pk__in=ids_of(data.getlist("space"))).first()
    wanted = data.get("building") or (str(space.building_id) if space else "")
    return next((b for b in buildings if str(b.pk) == wanted), buildings[0] if buildings else None)


def _asked(request: DistrictRequest) -> dict[str, Any]:
    given = {key: value for key, value in request.GET.items() if value}
    return {**ClosingForm.usual(), **given, "space": ids_of(request.GET.getlist("space"))}


def _plain(request: DistrictRequest) -> list[tuple[str, str]]:
    """What was asked, to be sent along with the answers."""
    data = request.POST or request.GET
    return [
        (key, value)
        for key, values in data.lists()
        for value in values
        if key not in {"look", "csrfmiddlewaretoken"} and not key.startswith("answer-")
    ]
