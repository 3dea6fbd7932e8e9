"""Bookings as iCalendar (RFC 5545): feeds that calendar programs read, invitations in mails.

An event keeps its UID for life and its SEQUENCE rises with each change, so that programs replace
what they have; what was cancelled stays, marked so, until it is long past. Times are local with
the rules of their zone beside them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from icalendar import Calendar, Event, Timezone, vCalAddress, vDuration, vGeo, vText

from district.models import District, Person
from spaces.models import Booking, BookingStatus

MAKER: Final = "-//District//Bookings//EN"
READ_EVERY: Final = timedelta(minutes=15)
STATUSES: Final = {
    BookingStatus.REQUESTED: "TENTATIVE",
    BookingStatus.DECLINED: "CANCELLED",
    BookingStatus.CANCELLED: "CANCELLED",
}


def calendar_of(
    events: Sequence[Event], district: District, *, name: str = "", method: str = ""
) -> bytes:
    """A calendar with the rules of the zone for as long as its events last."""
    calendar = Calendar()
    calendar.add("prodid", MAKER)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    if name:
        calendar.add("name", name)
        calendar.add("x-wr-calname", name)
        calendar.add("x-wr-timezone", district.time_zone)
        calendar.add("refresh-interval", vDuration(READ_EVERY), {"value": "DURATION"})
        calendar.add("x-published-ttl", vDuration(READ_EVERY))
    years = [event.DTSTART.year for event in events] or [timezone.now().year]
    calendar.add_component(_zone(district.time_zone, min(years), max(years) + 2))
    for event in events:
        calendar.add_component(event)
    return calendar.to_ical()


@lru_cache(maxsize=256)
def _zone(name: str, first_year: int, last_year: int) -> Timezone:
    first, last = datetime(first_year, 1, 1), datetime(last_year, 1, 1)  # noqa: DTZ001 - dates
    return Timezone.from_tzid(name, first_date=first.date(), last_date=last.date())


def event_of(booking: Booking, district: District) -> Event:
    """A booking in full, for whoever may see it."""
    status = STATUSES.get(BookingStatus(booking.status), "CONFIRMED")
    event = _event(booking.pk, booking.starts_at, booking.ends_at, district)
    event.add("summary", booking.title or booking.space.name)
    event.add("status", status)
    event.add("transp", "TRANSPARENT" if status == "CANCELLED" else "OPAQUE")
    event.add("sequence", booking.revision)
    event.add("created", booking.created_at)
    event.add("dtstamp", booking.updated_at)
    event.add("last-modified", booking.updated_at)
    _place(event, booking)
    event.add("url", district.absolute_url(booking.get_absolute_url()))
    event.add("description", _description(booking))
    return event


def busy_event(claim_id: UUID, span: tuple[datetime, datetime], district: District) -> Event:
    """A time that somebody else has; by whom is not said."""
    event = _event(claim_id, *span, district)
    event.add("summary", _("Taken"))
    event.add("status", "CONFIRMED")
    event.add("dtstamp", timezone.now().replace(hour=0, minute=0, second=0, microsecond=0))
    event.add("class", "PRIVATE")
    return event


def invitation(booking: Booking, person: Person, district: District) -> bytes:
    """What a mail about a booking carries (RFC 5546), so that one click puts it into a calendar."""
    event = event_of(booking, district)
    host = vCalAddress(f"mailto:{settings.DEFAULT_FROM_EMAIL}")
    host.params["cn"] = vText(district.name)
    event.add("organizer", host)
    guest = vCalAddress(f"mailto:{person.email}")
    guest.params["cn"] = vText(person.name)
    guest.params["partstat"] = vText("ACCEPTED")
    guest.params["rsvp"] = vText("FALSE")
    event.add("attendee", guest)
    method = "CANCEL" if event["status"] == "CANCELLED" else "REQUEST"
    return calendar_of([event], district, method=method)


def several(bookings: Iterable[Booking], district: District) -> bytes:
    """Many events to be taken over at once, such as the dates of a series."""
    return calendar_of([event_of(row, district) for row in bookings], district, method="PUBLISH")


def _event(key: UUID, starts_at: datetime, ends_at: datetime, district: District) -> Event:
    event, zone = Event(), ZoneInfo(district.time_zone)
    event.add("uid", f"{key}@{urlsplit(settings.BASE_URL).hostname}")
    event.add("dtstart", starts_at.astimezone(zone))
    event.add("dtend", ends_at.astimezone(zone))
    return event


def _place(event: Event, booking: Booking) -> None:
    space, building = booking.space, booking.space.building
    event.add("location", ", ".join(filter(None, [space.name, space.where, building.address])))
    if building.latitude is not None and building.longitude is not None:
        event.add("geo", vGeo((building.latitude, building.longitude)))


def _description(booking: Booking) -> str:
    count = booking.attendee_count
    lines = [
        booking.get_status_display(),
        ngettext("%(n)d person", "%(n)d people", count) % {"n": count},
        booking.organization.name if booking.organization else "",
        booking.person.name if booking.person else "",
        booking.number,
    ]
    return "\n".join(filter(None, lines))
