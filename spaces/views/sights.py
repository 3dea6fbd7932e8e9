"""Zones, places, art works, routes and platforms: five kinds of thing, one set of pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from district.actors import Actor, is_operator
from district.forms import refusals_shown
from district.lists import Cell, Column, Filter, Listing, Sort, render_list
from district.middleware import DistrictRequest
from district.permissions import require
from district.rules import Text
from district.timeline import timeline
from district.views.respond import changed, render_page
from spaces import permissions
from spaces.actions.sights import end_sight, save_route, save_sight
from spaces.forms.sights import ArtWorkForm, PlaceForm, PlatformForm, RouteForm, ZoneForm
from spaces.listings import STATE
from spaces.models import (
    ArtWork,
    Photo,
    Place,
    PlaceKind,
    Platform,
    PlatformCheck,
    PlatformKind,
    Route,
    Zone,
    ZonePurpose,
)
from spaces.zones import progress_of


@dataclass(frozen=True)
class Kind:
    """What differs between the five: words, model, form and list."""

    model: Any
    form: type[Any]
    plural: Text
    add: Text
    icon: str
    listing: Listing[Any]

    @property
    def noun(self) -> str:
        return str(self.model._meta.model_name)


def _visible(actor: Actor, model: Any) -> Any:
    require(permissions.can_view_spaces(actor))
    rows = model.objects.all()
    return rows if is_operator(actor) else rows.filter(ended_at=None)


def _named(rows: Any, query: str) -> Any:
    return rows.filter(Q(name_zh__icontains=query) | Q(name_en__icontains=query))


def _listing(
    model: Any,
    columns: Sequence[Column[Any]],
    choices: Sequence[tuple[str, Text]] = (),
    field: str = "kind",
) -> Listing[Any]:
    kinds = Filter[Any](
        field,
        gettext_lazy("Kind"),
        lambda values: Q(**{f"{field}__in": values}),
        lambda: list(choices),
    )
    return Listing(
        key=f"{model._meta.model_name}s",
        rows=lambda actor: _visible(actor, model),
        columns=[
            Column(
                "name", gettext_lazy("Name"), lambda row: Cell(row.name, row.get_absolute_url())
            ),
            *columns,
        ],
        sorts=[Sort("newest", gettext_lazy("Newest first"), "id", descending=True)],
        filters=[kinds, STATE] if choices else [STATE],
        search=_named,
    )


def _text(key: str, label: Text, read: Callable[[Any], Any]) -> Column[Any]:
    return Column(key, label, lambda row: Cell(read(row) or ""))


def _health(row: Platform) -> Cell:
    return Cell(row.get_health_display(), state=row.health_tone)


SHOWN: Final = 12
KINDS: Final[dict[str, Kind]] = {
    kind.noun: kind
    for kind in (
        Kind(
            Zone,
            ZoneForm,
            gettext_lazy("Zones"),
            gettext_lazy("Add a zone"),
            "polygon",
            _listing(
                Zone,
                [_text("purpose", gettext_lazy("Purpose"), lambda row: row.get_purpose_display())],
                ZonePurpose.choices,
                "purpose",
            ),
        ),
        Kind(
            Place,
            PlaceForm,
            gettext_lazy("Places"),
            gettext_lazy("Add a place"),
            "map-pin",
            _listing(
                Place,
                [
                    _text("kind", gettext_lazy("Kind"), lambda row: row.get_kind_display()),
                    _text("hours", gettext_lazy("Hours"), lambda row: row.hours),
                ],
                PlaceKind.choices,
            ),
        ),
        Kind(
            ArtWork,
            ArtWorkForm,
            gettext_lazy("Art works"),
            gettext_lazy("Add an art work"),
            "palette",
            _listing(
                ArtWork,
                [
                    _text("artist", gettext_lazy("Artist"), lambda row: row.artist),
                    _text("year", gettext_lazy("Year"), lambda row: row.year),
                ],
            ),
        ),
        Kind(
            Route,
            RouteForm,
            gettext_lazy("Routes"),
            gettext_lazy("Add a route"),
            "route",
            _listing(
                Route,
                [_text("about", gettext_lazy("Description"), lambda row: row.description[:80])],
            ),
        ),
        Kind(
            Platform,
            PlatformForm,
            gettext_lazy("Platforms"),
            gettext_lazy("Add a platform"),
            "cloud",
            _listing(
                Platform,
                [
                    Column("health", gettext_lazy("Health"), _health),
                    _text("kind", gettext_lazy("Kind"), lambda row: row.get_kind_display()),
                    _text("purpose", gettext_lazy("Purpose"), lambda row: row.purpose[:80]),
                ],
                PlatformKind.choices,
            ),
        ),
    )
}


@require_GET
def sight_list(request: DistrictRequest, noun: str) -> HttpResponse:
    kind = KINDS[noun]
    context = {
        "kind": kind,
        "kinds": [(item, reverse(f"{item.noun}_list")) for item in KINDS.values()],
        "add_url": reverse(f"{noun}_new") if permissions.can_edit_sights(request.actor) else "",
    }
    return render_list(request, kind.listing, "spaces/sight_list.html", context)


@require_GET
def sight_detail(request: DistrictRequest, noun: str, sight_id: UUID) -> HttpResponse:
    require(permissions.can_view_spaces(request.actor))
    kind = KINDS[noun]
    sight = get_object_or_404(_visible(request.actor, kind.model), pk=sight_id)
    context = {
        "kind": kind,
        "sight": sight,
        "list_url": reverse(f"{noun}_list"),
        "edit_url": reverse(f"{noun}_edit", args=[sight.pk]),
        "end_url": reverse(f"{noun}_end", args=[sight.pk]),
        "can_edit": permissions.can_edit_sights(request.actor) and sight.ended_at is None,
        "stops": _stops(sight),
        **_photos(sight, noun),
        "entries": timeline(sight, request) if is_operator(request.actor) else [],
        "checks": _checks(sight),
        "progress": progress_of(sight) if isinstance(sight, Zone) else [],
    }
    return render_page(request, "spaces/sight_detail.html", context)


def _photos(sight: Any, noun: str) -> dict[str, Any]:
    """Only of what can be photographed."""
    if not isinstance(sight, Place | ArtWork):
        return {"photos": [], "photos_url": ""}
    photos = list(Photo.objects.of(sight))
    return {"photos": photos, "photos_url": reverse("photo_list", args=[noun, sight.pk])}


@require_http_methods(["GET", "POST"])
def sight_new(request: DistrictRequest, noun: str) -> HttpResponse:
    require(permissions.can_edit_sights(request.actor))
    return _edit(request, KINDS[noun], KINDS[noun].model())


@require_http_methods(["GET", "POST"])
def sight_edit(request: DistrictRequest, noun: str, sight_id: UUID) -> HttpResponse:
    sight = get_object_or_404(_visible(request.actor, KINDS[noun].model), pk=sight_id)
    require(permissions.can_edit_sights(request.actor))
    return _edit(request, KINDS[noun], sight)


@require_POST
def sight_end(request: DistrictRequest, noun: str, sight_id: UUID) -> HttpResponse:
    sight = get_object_or_404(_visible(request.actor, KINDS[noun].model), pk=sight_id)
    require(permissions.can_edit_sights(request.actor))
    end_sight(sight, by=request.actor)
    return changed(request, _("It has been ended."), reverse(f"{noun}_list"))


def _edit(request: DistrictRequest, kind: Kind, sight: Any) -> HttpResponse:
    form: Any = kind.form(request.POST or None, instance=sight)
    if request.method == "POST" and form.is_valid():
        with refusals_shown(form):
            if isinstance(form, RouteForm):
                save_route(sight, form.stops, by=request.actor)
            else:
                save_sight(sight, by=request.actor)
        if form.is_valid():
            return changed(request, _("Saved."), sight.get_absolute_url())
    context = {
        "kind": kind,
        "form": form,
        "is_new": sight._state.adding,
        "back": reverse(f"{kind.noun}_list") if sight._state.adding else sight.get_absolute_url(),
    }
    status = 422 if form.is_bound else 200
    return render_page(request, "spaces/sight_form.html", context, status=status)


def _checks(sight: Any) -> list[PlatformCheck]:
    return list(sight.checks.order_by("-at", "-id")[:SHOWN]) if isinstance(sight, Platform) else []


def _stops(sight: Any) -> list[Any]:
    if not isinstance(sight, Route):
        return []
    rows = sight.stops.select_related("place", "artwork").order_by("position")
    return [row.place or row.artwork for row in rows]
