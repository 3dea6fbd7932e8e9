"""What mails about bookings bring along for a calendar."""

from collections.abc import Sequence
from typing import Final

from district.models import Activity, District, Person
from district.tenancy.scope import current_district_id
from spaces.models import Booking

Attached = Sequence[tuple[str, bytes, str]]
READ: Final = ("space__building", "space__floor", "organization", "person")


def booking_invitation(activity: Activity, person: Person) -> Attached:
    """The booking as it is when the mail is sent, or that it is given up."""
    from spaces.calendars import invitation  # what only mails need

    booking = Booking.objects.select_related(*READ).filter(pk=activity.subject_id).first()
    if booking is None:
        return []
    content = invitation(booking, person, _district())
    method = "CANCEL" if b"METHOD:CANCEL" in content else "REQUEST"
    return [("invite.ics", content, f"text/calendar; charset=utf-8; method={method}")]


def series_calendar(activity: Activity, person: Person) -> Attached:
    """All dates of the series to be taken over at once."""
    from spaces.calendars import several  # what only mails need

    dates = Booking.objects.filter(series_dates__series=activity.subject_id)
    rows = list(dates.select_related(*READ).order_by("starts_at"))
    if not rows:
        return []
    content = several(rows, _district())
    return [("dates.ics", content, "text/calendar; charset=utf-8; method=PUBLISH")]


def _district() -> District:
    return District.objects.get(pk=current_district_id())
