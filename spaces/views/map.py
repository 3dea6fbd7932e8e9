from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import condition, require_GET

from district.middleware import DistrictRequest
from district.permissions import require
from district.views.respond import render_page
from spaces import figures, permissions
from spaces.map_data import map_data, map_version
from spaces.models import (
    CULTURAL_PLACES,
    ArtWork,
    Building,
    Photo,
    Place,
    Platform,
    Route,
    Space,
    Zone,
    ZonePurpose,
)
from spaces.zones import progress_of

MODES = ("let", "use", "busy")


@require_GET
def district_map(request: DistrictRequest) -> HttpResponse:
    require(permissions.can_view_spaces(request.actor))
    shares = figures.building_figures()
    building = _chosen(request)
    context = {
        "layers": _layers(),
        "modes": _modes(),
        "mode": request.GET.get("mode") if request.GET.get("mode") in MODES else "use",
        "zone": (zone := Zone.objects.filter(purpose=ZonePurpose.CORE, ended_at=None).first()),
        "progress": progress_of(zone) if zone else [],
        "now": timezone.now(),
        "can_edit": permissions.can_create_building(request.actor),
        "config": _config(request, building, shares),
        **(_panel(request, building, shares) if building else {}),
    }
    return render_page(request, "spaces/map.html", context, partials=["map-panel"])


def _config(
    request: DistrictRequest,
    building: Building | None,
    shares: Mapping[UUID, figures.BuildingFigures],
) -> dict[str, Any]:
    """What the script of the map has to know."""
    return {
        "data": reverse("map_data"),
        "page": reverse("district_map"),
        "chosen": str(building.pk) if building else "",
        "shares": {str(key): row for key, row in _known(shares).items()},
        "centre": [request.district.longitude, request.district.latitude],
    }


def _version(request: HttpRequest) -> str:
    return f'"{map_version()}"'


@gzip_page
@require_GET
@condition(etag_func=_version)
def map_json(request: DistrictRequest) -> HttpResponse:
    require(permissions.can_view_spaces(request.actor))
    response = JsonResponse(map_data(), json_dumps_params={"separators": (",", ":")})
    patch_cache_control(response, private=True, no_cache=True)
    patch_vary_headers(response, ["Cookie", "Accept-Language"])
    return response


def _chosen(request: DistrictRequest) -> Building | None:
    wanted = request.GET.get("building", "")
    if not wanted:
        return None
    try:
        building_id = UUID(wanted)
    except ValueError:
        return None
    rows = Building.objects.visible_to(request.actor).select_related("community")
    return get_object_or_404(rows, pk=building_id)


def _known(shares: Mapping[UUID, figures.BuildingFigures]) -> dict[UUID, list[int | None]]:
    """Without buildings of which nothing is known: a campus has hundreds."""
    rows = {key: _shares(item) for key, item in shares.items()}
    return {key: row for key, row in rows.items() if any(value is not None for value in row)}


def _shares(item: figures.BuildingFigures) -> list[int | None]:
    return [item.let_share, item.use_share, item.busy_share]


def _modes() -> list[tuple[str, str, str, str]]:
    """Key, name, what is divided by what, and where the colour changes (per cent)."""
    return [
        ("use", _("Utilisation"), _("Booked ÷ open hours, 30 days"), "2 4 8 20"),
        ("busy", _("In use now"), _("Rooms in use ÷ bookable rooms"), "10 30 50 75"),
        ("let", _("Let"), _("Let ÷ lettable area"), "60 75 85 92"),
    ]


def _layers() -> list[dict[str, Any]]:
    """The three realms: how many things each shows, and in words."""
    buildings = Building.objects.current().filter(part_of=None).count()
    spaces = Space.objects.current().count()
    platforms = Platform.objects.filter(ended_at=None).count()
    venues = Place.objects.filter(ended_at=None, kind__in=CULTURAL_PLACES).count()
    works = ArtWork.objects.filter(ended_at=None).count()
    routes = Route.objects.filter(ended_at=None).count()
    physical = _("%(buildings)d buildings, %(spaces)d spaces")
    virtual = _("%(platforms)d digital platforms")
    cultural = _("%(venues)d venues, %(works)d art works, %(routes)d routes")
    numbers = {
        "buildings": buildings,
        "spaces": spaces,
        "platforms": platforms,
        "venues": venues,
        "works": works,
        "routes": routes,
    }
    rows = [
        ("physical", "building", _("Physical"), spaces, physical),
        ("virtual", "cloud", _("Virtual"), platforms, virtual),
        ("cultural", "palette", _("Cultural"), venues + works + routes, cultural),
    ]
    keys = ("key", "icon", "label", "count", "words")
    return [dict(zip(keys, (*row[:4], row[4] % numbers), strict=True)) for row in rows]


def _panel(request: DistrictRequest, building: Building, shares: Any) -> dict[str, Any]:
    floors = list(building.floors.all())
    spaces = Space.objects.current().filter(building=building)
    leaves = figures.leaves_now(spaces, request.district.zone, timezone.now())
    free = figures.free_now(leaves)
    return {
        "building": building,
        "photos": list(Photo.objects.of(building)),
        "figures": shares.get(building.pk),
        "stack": figures.stack(floors, leaves),
        "stack_height": round(len(floors) * figures.STACK_STEP + 2, 1),
        "tally": figures.tally(leaves),
        "free": free[:4],
        "free_count": len(free),
        "bookable_count": figures.bookable_count(leaves),
        "parts": building.parts.filter(ended_at=None).order_by("code"),
    }
