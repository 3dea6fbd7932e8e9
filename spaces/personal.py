"""What the spaces keep of a person: what they booked, want and like, what their calendars read."""

from collections.abc import Mapping
from typing import Any

from district.models import Person
from spaces.models import Booking, Favourite, Feed, Hold, Series, WaitlistEntry
from spaces.recurrence_words import in_words


def export_bookings(person: Person) -> Mapping[str, Any]:
    return {
        "bookings": _bookings(person),
        "series": _series(person),
        "waitlist": _waitlist(person),
        "favourites": _favourites(person),
        "calendar_subscriptions": _feeds(person),
    }


def _bookings(person: Person) -> list[dict[str, Any]]:
    rows = Booking.objects.filter(person=person).select_related("space").order_by("starts_at", "id")
    return [
        {
            "number": row.number,
            "space": str(row.space),
            "title": row.title,
            "note": row.note,
            "starts_at": row.starts_at,
            "ends_at": row.ends_at,
            "status": row.status,
        }
        for row in rows
    ]


def _series(person: Person) -> list[dict[str, Any]]:
    rows = Series.objects.filter(person=person).select_related("space").order_by("id")
    return [
        {
            "number": series.number,
            "space": str(series.space),
            "title": series.title,
            "note": series.note,
            "repeats": in_words(series.pattern),
        }
        for series in rows
    ]


def _waitlist(person: Person) -> list[dict[str, Any]]:
    rows = WaitlistEntry.objects.filter(person=person).select_related("space").order_by("id")
    return [
        {
            "space": str(entry.space),
            "title": entry.title,
            "starts_at": entry.starts_at,
            "ends_at": entry.ends_at,
            "status": entry.status,
        }
        for entry in rows
    ]


def _favourites(person: Person) -> list[str]:
    rows = Favourite.objects.filter(person=person).select_related("space").order_by("id")
    return [str(row.space) for row in rows]


def _feeds(person: Person) -> list[dict[str, Any]]:
    rows = Feed.objects.filter(membership__person=person).select_related("space").order_by("id")
    return [
        {
            "kind": feed.kind,
            "space": str(feed.space or ""),
            "made_at": feed.created_at,
            "last_read_at": feed.last_read_at,
            "ended_at": feed.ended_at,
        }
        for feed in rows
    ]


def erase_bookings(person: Person) -> None:
    """The organisation keeps its bookings; what the person wrote into them goes."""
    for model in (Booking, Series):
        model.objects.filter(person=person).update(title="", note="")
    WaitlistEntry.objects.filter(person=person).update(title="")
    Hold.objects.filter(person=person).delete()
    Favourite.objects.filter(person=person).delete()
    Feed.objects.filter(membership__person=person).delete()
