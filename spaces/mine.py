"""The spaces somebody comes back to: favourites and those booked last, with when each is free."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from district.models import Membership
from spaces.actions.first_free import Seek, Slot, first_slots
from spaces.finding import booking_query
from spaces.models import Booking, BookingStatus, Favourite, Space
from spaces.starts import Span

SHOWN: Final = 5
LOOKED_BACK: Final = 30  # bookings
AHEAD: Final = timedelta(days=6)
USUAL_MINUTES: Final = 60


@dataclass(frozen=True)
class Known:
    """A space with its next free hour within a week, None where there is none.

    `query` is what its booking is asked with; `again` leads to the last booking made anew.
    """

    space: Space
    is_favourite: bool
    slot: Slot | None
    query: str
    again: str


def spaces_of(by: Membership, zone: ZoneInfo) -> list[Known]:
    """Favourites first, then what was booked last: always as many statements."""
    kept = list(Favourite.objects.filter(person=by.person_id).order_by("-id")[: SHOWN - 1])
    last = _last_bookings(by)
    ids = list(dict.fromkeys([*(row.space_id for row in kept), *last]))[:SHOWN]
    found = _free(ids, by, zone)
    rows = Space.objects.bookable().select_related("building", "floor").in_bulk(ids)
    favourites = {row.space_id for row in kept}
    return [
        _known(rows[pk], pk in favourites, found.get(pk), last.get(pk)) for pk in ids if pk in rows
    ]


def _last_bookings(by: Membership) -> Mapping[UUID, Booking]:
    """The person's last booking of each space, seats and what came to nothing left out."""
    rows = (
        Booking.objects.filter(person=by.person_id, seat_count=None)
        .exclude(status__in=[BookingStatus.CANCELLED, BookingStatus.DECLINED])
        .order_by("-starts_at", "-id")[:LOOKED_BACK]
    )
    last: dict[UUID, Booking] = {}
    for row in rows:
        last.setdefault(row.space_id, row)
    return last


def _free(ids: Sequence[UUID], by: Membership, zone: ZoneInfo) -> Mapping[UUID, Slot]:
    today = timezone.localdate()
    seek = Seek(Span(today, today + AHEAD, USUAL_MINUTES), spaces=ids, person_id=by.person_id)
    return {slot.space.pk: slot for slot in first_slots(seek, by=by, zone=zone)} if ids else {}


def _known(space: Space, is_favourite: bool, slot: Slot | None, last: Booking | None) -> Known:
    people = last.attendee_count if last else 1
    query = booking_query(slot, people) if slot else ""
    return Known(space, is_favourite, slot, query, again_query(last) if last else "")


def again(booking: Booking) -> dict[str, Any]:
    """What a form is asked, to make this booking once more at its next time."""
    starts_at = booking.again_at
    return {
        "day": starts_at.date().isoformat(),
        "at": f"{starts_at:%H:%M}",
        "minutes": booking.minutes,
        "people": booking.attendee_count,
        "title": booking.title,
    }


def again_query(booking: Booking) -> str:
    return urlencode(again(booking))
