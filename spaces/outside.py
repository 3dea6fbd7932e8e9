"""Calendars kept elsewhere: fetched through the one way out, and read as spans of time."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district import egress
from district.rules import RuleViolation
from spaces.actions.held import Span

if TYPE_CHECKING:
    from icalendar import Calendar

TIMEOUT: Final = httpx.Timeout(20, connect=5)
MOST_BYTES: Final = 5_000_000
MOST_EVENTS: Final = 2_000
AHEAD: Final = timedelta(days=365)
LONGEST: Final = timedelta(days=31)


@dataclass(frozen=True)
class Event:
    """One date of an event: `key` is the same each time the calendar is read."""

    key: str
    span: Span


@dataclass(frozen=True)
class Fetched:
    """What an address gave: nothing where it is unchanged since `etag`."""

    content: bytes | None
    etag: str


def fetch(address: str, etag: str = "") -> Fetched:
    """Raises RuleViolation: "calendar_address", "calendar_unreachable", "calendar_too_large"."""
    if urlsplit(address).scheme != "https":
        raise RuleViolation("calendar_address", _("The address must begin with https://."))
    headers = {"Accept": "text/calendar", **({"If-None-Match": etag} if etag else {})}
    try:
        with (
            egress.client(TIMEOUT) as client,
            client.stream("GET", address, headers=headers) as answer,
        ):
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return Fetched(None, etag)
            if answer.status_code != httpx.codes.OK:
                raise _unreachable()
            return Fetched(_within(answer), answer.headers.get("ETag", "")[:200])
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _unreachable() from error


def _within(answer: httpx.Response) -> bytes:
    content = bytearray()
    for part in answer.iter_bytes():
        content += part
        if len(content) > MOST_BYTES:
            raise RuleViolation("calendar_too_large", _("The calendar is larger than 5 MB."))
    return bytes(content)


def _unreachable() -> RuleViolation:
    return RuleViolation(
        "calendar_unreachable", _("The address does not answer, or not with a calendar.")
    )


def events_of(content: bytes, zone: ZoneInfo, now: datetime | None = None) -> list[Event]:
    """What takes the space in the year to come, by start; all-day events by local midnight.

    Raises RuleViolation: "calendar_unreadable", "calendar_too_large". What is cancelled or says
    that it takes no time is left out.
    """
    from icalendar import Calendar  # what only followed calendars need

    now = now or timezone.now()
    try:
        calendar = Calendar.from_ical(content)
        events = list(islice(_coming(calendar, zone, now), MOST_EVENTS + 1))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise RuleViolation(
            "calendar_unreadable", _("This is no calendar that can be read (iCalendar, .ics).")
        ) from error
    if len(events) > MOST_EVENTS:
        raise RuleViolation(
            "calendar_too_large", _("The calendar has more than 2,000 dates in the year to come.")
        )
    single = {event.key: event for event in events}
    return sorted(single.values(), key=lambda event: (event.span.starts_at, event.key))


def _coming(calendar: "Calendar", zone: ZoneInfo, now: datetime) -> Iterator[Event]:
    """In order and one by one, so that a rule for every second is not written out."""
    import recurring_ical_events  # what only followed calendars need

    for item in recurring_ical_events.of(calendar).after(now):
        if _moment(item.start, zone) > now + AHEAD:
            return
        yield from _events(item, zone)


def _events(item: Any, zone: ZoneInfo) -> Iterator[Event]:
    free = str(item.get("TRANSP", "")).upper() == "TRANSPARENT"
    cancelled = str(item.get("STATUS", "")).upper() == "CANCELLED"
    starts_at, ends_at = _moment(item.start, zone), _moment(item.end, zone)
    if free or cancelled or not starts_at < ends_at <= starts_at + LONGEST:
        return
    named = f"{item.get('UID', '')} {item.get('RECURRENCE-ID', item['DTSTART']).dt}"
    yield Event(hashlib.sha256(named.encode()).hexdigest(), Span(starts_at, ends_at))


def _moment(value: date | datetime, zone: ZoneInfo) -> datetime:
    """A time without a zone, or a whole day, is meant as the district's clocks have it."""
    if not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=zone)
    return value if value.tzinfo else value.replace(tzinfo=zone)
