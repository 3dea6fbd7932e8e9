"""What the search finds of buildings, spaces, sights and bookings."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from district.actors import Actor
from district.models import Activity
from district.registry import Entry, Hit, Index
from district.templatetags.look import until
from spaces.models import ArtWork, Booking, Building, Place, Platform, Route, Space, Zone


def find_bookings(actor: Actor, query: str, limit: int) -> Sequence[Hit]:
    rows = (
        Booking.objects.visible_to(actor)
        .filter(Q(number__iexact=query) | Q(title__icontains=query))
        .select_related("space__building", "space__floor")
        .order_by("-starts_at", "-id")[:limit]
    )
    return [
        Hit(
            row.title or row.number,
            f"{row.space.name}, {row.space.where} · {until(row.starts_at, row.ends_at)}",
            row.get_absolute_url(),
        )
        for row in rows
    ]


def _building(row: Building) -> Entry | None:
    if row.ended_at is not None:
        return None
    community = row.community
    return Entry(
        titles=(row.name_zh, row.name_en),
        notes=(community.name_zh, community.name_en) if community else ("", ""),
        words=f"{row.code} {row.address_zh} {row.address_en}",
        is_shared=True,
    )


def _space(row: Space) -> Entry | None:
    if row.ended_at is not None:
        return None
    return Entry(
        titles=(row.name_zh, row.name_en),
        notes=(row.building.name_zh, row.building.name_en),
        words=row.code,
        is_shared=True,
    )


def _sight(row: Any) -> Entry | None:
    if row.ended_at is not None:
        return None
    return Entry(titles=(row.name_zh, row.name_en), is_shared=True)


def _buildings_touched(activity: Activity) -> Q | None:
    if activity.subject_type == "district.community":
        return Q(community_id=activity.subject_id)
    return None


def _spaces_touched(activity: Activity) -> Q | None:
    match activity.verb:
        case "space.split" | "space.ended":
            return Q(parent_id=activity.subject_id)
        case "space.merged":
            return Q(pk__in=activity.data["from"])
        case verb if verb.startswith("building."):
            return Q(building_id=activity.subject_id)
        case _:
            return None


BUILDINGS = Index(
    Building, _building, "building_detail", ("community",), touched=_buildings_touched
)
SPACES = Index(Space, _space, "space_detail", ("building",), touched=_spaces_touched)
SIGHTS = {
    model._meta.model_name: Index(model, _sight, f"{model._meta.model_name}_detail")
    for model in (Zone, Place, ArtWork, Route, Platform)
}
