"""What time alone does to bookings: released when nobody comes, completed when they are over.

Every function takes at most BATCH bookings, in a scope of its own, with the same few statements for
one and for all of them. Bookings that somebody has locked are left for the next minute: whoever
checks in at the last moment, or moves it, comes first.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, QuerySet, Value
from django.utils import timezone

from district.actors import System
from district.models import District
from district.tenancy.scope import scope
from spaces.actions.check_in import record_bookings, release_no_shows
from spaces.models import Booking, BookingStatus

BATCH: Final = 500
REMIND_BEFORE: Final = timedelta(minutes=10)
SWEEP: Final = System("sweep")


def sweep_bookings(district: District) -> int:
    """Bring the bookings of a district up to date; returns how many changed.

    It may be called as often as wanted, and after any break.
    """
    return sum(
        _in_batches(district, step) for step in (release_unused, complete_over, remind_to_check_in)
    )


def _in_batches(district: District, step: Callable[[datetime], int]) -> int:
    done = BATCH
    total = 0
    while done == BATCH:
        with scope(district.pk), timezone.override(district.zone):
            done = step(timezone.now())
        total += done
    return total


def release_unused(now: datetime) -> int:
    """Nobody checked in while the rules waited for it; whatever is over by now is only marked."""
    bookings = _due(
        _unmet(now).filter(Q(deadline__lte=now) | Q(ends_at__lte=now), starts_at__lte=now)
    )
    if bookings:
        release_no_shows(bookings, now, by=SWEEP)
    return len(bookings)


def complete_over(now: datetime) -> int:
    """Those in use, and those that nobody had to check in for, once they are over."""
    used = Q(status=BookingStatus.CHECKED_IN)
    unasked = Q(status=BookingStatus.CONFIRMED, rules__check_in_minutes=0)
    over = Booking.objects.filter(used | unasked, starts_at__lte=now, ends_at__lte=now)
    bookings = _due(over.filter(status__in=[BookingStatus.CHECKED_IN, BookingStatus.CONFIRMED]))
    for booking in bookings:
        booking.move_to(BookingStatus.COMPLETED)
    if bookings:
        Booking.objects.filter(pk__in=[row.pk for row in bookings]).update(
            status=BookingStatus.COMPLETED
        )
        record_bookings("booking.completed", bookings, SWEEP)
    return len(bookings)


def remind_to_check_in(now: datetime) -> int:
    """Once, shortly before those begin that will be released if nobody checks in."""
    soon = Q(starts_at__gt=now, starts_at__lte=now + REMIND_BEFORE, reminded_at=None)
    bookings = _due(_unmet(now).filter(soon))
    if bookings:
        Booking.objects.filter(pk__in=[row.pk for row in bookings]).update(reminded_at=now)
        record_bookings("booking.check_in_due", bookings, SWEEP)
    return len(bookings)


def _unmet(now: datetime) -> QuerySet[Booking]:
    """Confirmed ones that ask for a check-in, with the `deadline` for it."""
    grace = ExpressionWrapper(
        F("rules__check_in_minutes") * Value(timedelta(minutes=1)), output_field=DurationField()
    )
    deadline = ExpressionWrapper(F("starts_at") + grace, output_field=DateTimeField())
    rows: QuerySet[Booking] = Booking.objects.filter(
        status=BookingStatus.CONFIRMED, rules__check_in_minutes__gt=0
    )
    return rows.annotate(deadline=deadline)


def _due(rows: QuerySet[Booking]) -> list[Booking]:
    """The first of them, locked; then read, since a lock that joins could give what was before."""
    locked = rows.select_for_update(skip_locked=True, no_key=True, of=("self",))
    ids = list(locked.order_by("starts_at", "pk").values_list("pk", flat=True)[:BATCH])
    return list(Booking.objects.filter(pk__in=ids).select_related("rules").order_by("pk"))
