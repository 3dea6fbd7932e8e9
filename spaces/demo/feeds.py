"""Calendar subscriptions of the people of a demo district."""

from datetime import timedelta

from django.utils import timezone

from district.demo.build import Build
from district.models import Membership, Role
from spaces.actions.feeds import subscribe
from spaces.models import Feed, FeedKind, Space


def fill_feeds(build: Build) -> None:
    """The first companies read their bookings; the operator watches a busy room."""
    for member in Membership.objects.filter(
        organization__in=build.companies[:2], role=Role.COMPANY_ADMIN
    ).order_by("id"):
        subscribe(FeedKind.PERSON, by=member)
        subscribe(FeedKind.ORGANIZATION, by=member)
    staff = Membership.objects.filter(role=Role.OPERATOR_ADMIN).order_by("id").first()
    room = Space.objects.bookable().filter(function="meeting").order_by("-capacity", "code").first()
    if staff and room:
        subscribe(FeedKind.SPACE, by=staff, space=room)
    Feed.objects.update(last_read_at=timezone.now() - timedelta(minutes=24))
