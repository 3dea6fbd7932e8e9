"""What the search finds of spaces and bookings."""

from collections.abc import Sequence

from django.db.models import Q
from django.urls import reverse

from district.actors import Actor
from district.registry import Hit
from district.templatetags.look import until
from spaces import permissions
from spaces.models import Booking, Space


def find_spaces(actor: Actor, query: str, limit: int) -> Sequence[Hit]:
    if not permissions.can_view_spaces(actor):
        return []
    rows = (
        Space.objects.current()
        .filter(
            Q(name_zh__icontains=query) | Q(name_en__icontains=query) | Q(code__istartswith=query)
        )
        .select_related("building")
        .order_by("code")[:limit]
    )
    return [
        Hit(row.name, row.building.name, reverse("space_detail", args=[row.pk])) for row in rows
    ]


def find_bookings(actor: Actor, query: str, limit: int) -> Sequence[Hit]:
    rows = (
        Booking.objects.visible_to(actor)
        .filter(Q(number__iexact=query) | Q(title__icontains=query))
        .select_related("space")
        .order_by("-starts_at", "-id")[:limit]
    )
    return [
        Hit(
            row.title or row.number,
            f"{row.space.name} · {until(row.starts_at, row.ends_at)}",
            row.get_absolute_url(),
        )
        for row in rows
    ]
