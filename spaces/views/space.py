from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from district.actors import is_operator
from district.forms import refusals_shown
from district.ids import ids_of
from district.lists import render_list
from district.middleware import DistrictRequest
from district.permissions import can_import, require
from district.timeline import timeline
from district.views.respond import changed, render_page
from spaces import figures, permissions
from spaces.actions import structure
from spaces.actions.policies import policy_layers
from spaces.finding import favourite_ids
from spaces.forms.booking import LENGTHS, SearchForm
from spaces.forms.structure import PartForm, PartFormSet, SpaceForm
from spaces.listings import SPACES
from spaces.models import Building, Feature, Measure, Photo, Space
from spaces.policy_table import closure_rows, opening_rows, policy_rows, source_name
from spaces.rules import resolve
from spaces.similar import likenesses, similar_to
from spaces.use import recent_use
from spaces.week import week_of, window_of

SIMILAR = 3


@require_GET
def space_list(request: DistrictRequest) -> HttpResponse:
    context = {
        "can_edit_policy": permissions.can_edit_district_policy(request.actor),
        "can_import": can_import(request.actor),
    }
    return render_list(request, SPACES, "spaces/space_list.html", context)


@require_GET
def space_detail(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    require(permissions.can_view_spaces(request.actor))
    space = _visible(request, space_id)
    context = {**_shown(request, space), **_week(request, space)}
    return render_page(request, "spaces/space_detail.html", context, partials=["space-week"])


@require_http_methods(["GET", "POST"])
def space_new(request: DistrictRequest, building_id: UUID) -> HttpResponse:
    """A space in a building; `?parent=` puts it under another space, `?floor=` on a floor."""
    buildings = Building.objects.visible_to(request.actor)
    building = get_object_or_404(buildings, pk=building_id)
    require(permissions.can_edit_building(request.actor, building))
    space = Space(building=building)
    if parent_id := request.GET.get("parent"):
        spaces = Space.objects.current().filter(building=building)
        space.parent = get_object_or_404(spaces, pk=parent_id)
    return _edit(request, space, _("The space has been added."))


@require_http_methods(["GET", "POST"])
def space_edit(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    space = _editable(request, space_id)
    return _edit(request, space, _("The space has been saved."))


@require_http_methods(["GET", "POST"])
def space_split(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    space = _editable(request, space_id)
    parts: Any = PartFormSet(request.POST or None, prefix="parts")
    context = {"space": space, "parts": parts}
    if request.method == "GET":
        return render_page(request, "spaces/space_split.html", context)
    if parts.is_valid():
        with refusals_shown(parts.forms[0]):
            structure.split_space(space, parts.parts(), by=request.actor)
        if parts.forms[0].is_valid():
            return changed(request, _("The space has been divided."), space.get_absolute_url())
    return render_page(request, "spaces/space_split.html", context, status=422)


@require_http_methods(["GET", "POST"])
def space_merge(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    """Merge a space with chosen neighbours on its floor, under the same parent."""
    space = _editable(request, space_id)
    neighbours = Space.objects.current().filter(
        building=space.building, floor=space.floor, parent=space.parent, is_leaf=True
    )
    ids = ids_of(request.POST.getlist("with"))
    chosen = list(neighbours.filter(Q(pk=space.pk) | Q(pk__in=ids)))
    form = PartForm(request.POST or None, use_required_attribute=False)
    form.fields["code"].required = False
    merged = _merged(request, chosen, form)
    if merged is not None:
        return changed(request, _("The spaces have been merged."), merged.get_absolute_url())
    others = neighbours.exclude(pk=space.pk).order_by("code")
    context = {"space": space, "neighbours": others, "chosen": {row.pk for row in chosen}}
    status = 422 if form.is_bound else 200
    return render_page(request, "spaces/space_merge.html", {**context, "form": form}, status=status)


def _merged(request: DistrictRequest, spaces: Sequence[Space], form: PartForm) -> Space | None:
    """The one made of several, under its own code or one of theirs; None where nothing came."""
    if request.method != "POST" or not form.is_valid():
        return None
    merged = None
    with refusals_shown(form):
        into = form.part() if form.cleaned_data["code"] else None
        merged = structure.merge_spaces(spaces, into=into, by=request.actor)
    return merged


@require_POST
def space_end(request: DistrictRequest, space_id: UUID) -> HttpResponse:
    space = _editable(request, space_id)
    structure.end_space(space, by=request.actor)
    return changed(request, _("The space has been closed."), space.get_absolute_url())


def _visible(request: DistrictRequest, space_id: UUID) -> Space:
    rows = Space.objects.visible_to(request.actor).select_related(
        "building__community", "floor", "parent", "rules"
    )
    return get_object_or_404(rows, pk=space_id)


def _editable(request: DistrictRequest, space_id: UUID) -> Space:
    space = _visible(request, space_id)
    require(permissions.can_edit_space(request.actor, space))
    return space


def _edit(request: DistrictRequest, space: Space, message: str) -> HttpResponse:
    form = SpaceForm(request.POST or None, instance=space)
    if request.method == "POST" and form.is_valid():
        save = structure.create_space if space._state.adding else structure.change_space
        with refusals_shown(form):
            save(form.instance, by=request.actor)
        if form.is_valid():
            return changed(request, message, space.get_absolute_url())
    return render_page(
        request,
        "spaces/space_form.html",
        {"form": form, "space": space, "is_new": space._state.adding},
        status=422 if form.is_bound else 200,
    )


def _shown(request: DistrictRequest, space: Space) -> dict[str, Any]:
    can_edit = permissions.can_edit_space(request.actor, space) and space.ended_at is None
    labels, measures = dict(Feature.choices), dict(Measure.choices)
    return {
        "space": space,
        "photos": list(Photo.objects.of(space)),
        "children": _parts(space),
        "features": [(key, labels[key]) for key in space.features if key in labels],
        "measures": [
            (measures[key], value) for key, value in space.measures.items() if key in measures
        ],
        **(_rules(space) if space.bookable else {}),
        "state": _state(space, request),
        "use_share": recent_use([space]),
        "similar": _similar(space, request) if space.bookable else [],
        "versions": space.versions.order_by("-until")[:20],
        "entries": timeline(space, request) if is_operator(request.actor) else [],
        "is_favourite": space.pk in favourite_ids(request.actor),
        "can_edit": can_edit,
        "can_book": permissions.can_book(request.actor, space),
        "usual": _usual(space),
        "lengths": _lengths(space),
        "can_block": space.bookable
        and space.ended_at is None
        and permissions.can_block(request.actor, space),
        "can_divide": can_edit and space.is_leaf,
        "can_merge": can_edit and space.is_leaf,
        "can_edit_policy": permissions.can_edit_policy(request.actor, space.building),
    }


def _parts(space: Space) -> list[Space]:
    return [] if space.is_leaf else list(space.children.filter(ended_at=None).order_by("code"))


def _state(space: Space, request: DistrictRequest) -> Any:
    now = timezone.now()
    rows = Space.objects.filter(pk=space.pk).select_related("rules")
    state = figures.with_state_now(rows, now).get()
    figures.say_if_open([state], request.district.zone, now)
    return state


def _rules(space: Space) -> dict[str, Any]:
    layers = policy_layers(space)
    resolved = resolve(layers)
    return {
        "policy_rows": policy_rows(layers, space),
        "opening": opening_rows(resolved.values["opening"]),
        "opening_source": source_name(resolved.sources["opening"], space),
        "closures": closure_rows(resolved.values["closures"], timezone.localdate()),
    }


def _week(request: DistrictRequest, space: Space) -> dict[str, Any]:
    today = timezone.localdate()
    chosen = parse_date_or_none(request.GET.get("week")) or today
    monday = chosen - timedelta(days=chosen.weekday())
    week = week_of(space, monday, request.district.zone)
    return {
        "week": week,
        "window": window_of(week),
        "today": today,
        "previous_week": monday - timedelta(days=7),
        "next_week": monday + timedelta(days=7),
        "is_this_week": monday == today - timedelta(days=today.weekday()),
    }


def parse_date_or_none(text: str | None) -> Any:
    try:
        return parse_date(text or "")
    except ValueError:
        return None


def _similar(space: Space, request: DistrictRequest) -> list[Any]:
    """The spaces most like it, with how they differ and whether they are free now: one query."""
    now = timezone.now()
    similar = list(figures.with_state_now(similar_to(space), now)[:SIMILAR])
    figures.say_if_open(similar, request.district.zone, now)
    Photo.objects.put_faces_on(similar, "space")
    return likenesses(space, similar)


def _lengths(space: Space) -> list[int]:
    """Usual lengths that the rules here allow; the shortest and longest where none does."""
    rules = space.rules
    if rules is None:
        return []
    usual = [item for item in LENGTHS if rules.min_minutes <= item <= rules.max_minutes]
    return usual or sorted({rules.min_minutes, rules.max_minutes})


def _usual(space: Space) -> dict[str, Any]:
    """What most people want, as far as there is room for them here."""
    usual = SearchForm.usual()
    return {**usual, "people": min(usual["people"], space.capacity or usual["people"])}
