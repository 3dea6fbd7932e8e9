"""What a feed shows: the bookings its holder may see, and of a space also when it is taken."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from district.models import District
from spaces import permissions
from spaces.models import Booking, Feed, FeedKind, Occupancy, SpaceLeaf

MOST: Final = 3000
KEPT: Final = timedelta(days=90)


def content_of(feed: Feed, district: District) -> bytes:
    """The calendar; the same number of statements for any number of bookings."""
    from spaces.calendars import busy_event, calendar_of, event_of  # what only feeds need

    rows = list(_bookings(feed)[:MOST])
    events = [event_of(row, district) for row in rows]
    if feed.space_id and not permissions.is_staff(feed.membership):
        others = _claims(feed.space_id).exclude(source_id__in=[row.pk for row in rows])
        events += [
            busy_event(claim.source_id, (claim.starts_at, claim.ends_at), district)
            for claim in {claim.source_id: claim for claim in others[:MOST]}.values()
        ]
    return calendar_of(events, district, name=name_of(feed, district))


def name_of(feed: Feed, district: District) -> str:
    match feed.kind:
        case FeedKind.SPACE if feed.space is not None:
            return f"{feed.space.name} · {feed.space.building.name}"
        case FeedKind.ORGANIZATION:
            return f"{feed.membership.organization.name} · {district.name}"
        case _:
            return f"{feed.membership.person.name} · {district.name}"


def _bookings(feed: Feed) -> QuerySet[Booking, Booking]:
    """What is long past is left out: who has it keeps it."""
    member = feed.membership
    rows: QuerySet[Booking, Booking] = Booking.objects.visible_to(member)
    match feed.kind:
        case FeedKind.PERSON:
            rows = rows.filter(person=member.person)
        case FeedKind.ORGANIZATION:
            rows = rows.filter(organization=member.organization)
        case _:
            rows = rows.filter(space=feed.space)
    recent = rows.filter(starts_at__gt=timezone.now() - KEPT)
    return recent.select_related(
        "space__building", "space__floor", "organization", "person"
    ).order_by("-starts_at", "-id")


def _claims(space_id: UUID) -> QuerySet[Occupancy, Occupancy]:
    """What takes a space or a part of it; of an area, a seat that is taken is no matter."""
    leaves = SpaceLeaf.objects.filter(space_id=space_id).values("leaf_id")
    claims = Occupancy.objects.filter(space_id__in=leaves, ends_at__gt=timezone.now())
    seats = Q(space__parent_id=space_id, space__capacity=1)
    return claims.exclude(seats).order_by("ends_at", "id")
