"""Calendar subscriptions of the people of a demo district, and one that is followed by it."""

from datetime import timedelta

from django.utils import timezone

from district.actors import System
from district.demo.build import Build
from district.models import Membership, Role
from spaces.actions.feeds import subscribe
from spaces.actions.held import Span
from spaces.actions.outside import add_calendar, take_over
from spaces.models import Feed, FeedKind, OutsideCalendar, Space
from spaces.outside import Event


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
    _elsewhere(build)


def _elsewhere(build: Build) -> None:
    """A hall that the city also books: its calendar was brought as a file."""
    hall = Space.objects.bookable().filter(function="culture", is_leaf=True).order_by("code").last()
    if hall is None:
        return
    calendar = OutsideCalendar(space=hall, name_zh="市文化馆排期", name_en="City cultural centre")
    add_calendar(calendar, "", by=System())
    events = []
    for week in range(1, 9):
        begins = build.at(build.today + timedelta(weeks=week), 14)
        events.append(Event(f"demo-{week}", Span(begins, begins + timedelta(hours=3))))
    take_over(calendar, events, by=System())
