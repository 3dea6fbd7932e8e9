"""Half a year of bookings of a demo district, up to three weeks ahead, with one busy building."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from district.demo.build import Build
from district.models import Activity, Membership, Organization
from district.numbers import ALPHABET
from spaces.actions.occupancy import Claim, Span, claim_many
from spaces.models import (
    Blocking,
    Booking,
    BookingSource,
    BookingStatus,
    OccupancyKind,
    Space,
    SpaceLeaf,
)
from spaces.rules import needs_approval, opening_on, price_of

DAYS_BACK: Final = 182
DAYS_AHEAD: Final = 21
RECENT: Final = timedelta(days=45)
BUSY: Final = "CC"
# Share of a room's open half hours at which somebody starts a booking.
DEMAND: Final = {"meeting": 0.01, "equipment": 0.007, "education": 0.01, "culture": 0.003}
BUSY_FACTOR: Final = 4.0
LENGTHS: Final = (60, 60, 60, 90, 90, 120, 120, 180, 240)
PAST: Final = (
    *[BookingStatus.COMPLETED] * 17,
    *[BookingStatus.CANCELLED] * 2,
    BookingStatus.NO_SHOW,
)
CLAIMING: Final = {
    BookingStatus.REQUESTED,
    BookingStatus.CONFIRMED,
    BookingStatus.CHECKED_IN,
    BookingStatus.COMPLETED,
}
TITLES: Final = {
    "zh-hans": "周例会|季度产品发布|新员工培训|投资人沟通|技术评审|联合课题研讨|面试|"
    "客户来访|预算评审|"
    "海外双周会|产学研对接会|加速营第三课|读书会|成果转化路演|设备培训|董事会预备会",
    "en": "Stand-up|Product review|Induction|Investor call|Design review|Joint seminar|Interview|"
    "Client visit|Budget round|Supplier day|Reading group|Demo day|Training",
}


@dataclass
class Diary:
    """What has been booked so far, by leaf, so that nothing is booked twice."""

    taken: dict[UUID, list[tuple[datetime, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def is_free(self, leaves: list[UUID], starts_at: datetime, ends_at: datetime) -> bool:
        return not any(
            begin < ends_at and starts_at < end
            for leaf in leaves
            for begin, end in self.taken[leaf][-8:]
        )

    def take(self, leaves: list[UUID], starts_at: datetime, ends_at: datetime) -> None:
        for leaf in leaves:
            self.taken[leaf].append((starts_at, ends_at))


def fill_bookings(build: Build) -> None:
    spaces = [
        space
        for space in Space.objects.bookable().select_related("rules", "building").order_by("code")
        if space.function in DEMAND
    ]
    leaves: dict[UUID, list[UUID]] = defaultdict(list)
    for space_id, leaf_id in SpaceLeaf.objects.values_list("space_id", "leaf_id"):
        leaves[space_id].append(leaf_id)
    bookings = list(_bookings(build, spaces, leaves))
    Booking.objects.bulk_create(bookings, batch_size=1000)
    claim_many(
        [
            Claim(
                leaf,
                Span(booking.claimed.lower, booking.claimed.upper),
                OccupancyKind.BOOKING,
                booking.pk,
            )
            for booking in bookings
            if booking.status in CLAIMING
            for leaf in leaves[booking.space_id]
        ]
    )
    Activity.objects.bulk_create(
        (activity for booking in bookings for activity in _activities(build, booking)),
        batch_size=1000,
    )
    _block(build, spaces, leaves)


def _bookings(
    build: Build, spaces: list[Space], leaves: dict[UUID, list[UUID]]
) -> Iterator[Booking]:
    diary = Diary()
    now = timezone.now()
    people = _people(build)
    for offset in range(-DAYS_BACK, DAYS_AHEAD + 1):
        day = build.today + timedelta(days=offset)
        for space in spaces:
            for starts_at, ends_at in _slots(build, space, day):
                booking = _booking(build, space, starts_at, ends_at, now, people)
                claimed = booking.claimed
                if diary.is_free(leaves[space.pk], claimed.lower, claimed.upper):
                    if booking.status in CLAIMING:
                        diary.take(leaves[space.pk], claimed.lower, claimed.upper)
                    yield booking


def _people(build: Build) -> list[tuple[Organization, Membership]]:
    """Companies that book, the first ones more often; each through one of its people."""
    by_company: dict[UUID, list[Membership]] = defaultdict(list)
    for membership in Membership.objects.select_related("organization").order_by("id"):
        by_company[membership.organization_id].append(membership)
    pairs = []
    for position, company in enumerate(build.companies):
        for member in by_company[company.pk]:
            pairs += [(company, member)] * (12 if position == 0 else 4 if position < 20 else 1)
    return pairs


def _slots(build: Build, space: Space, day: date) -> Iterator[tuple[datetime, datetime]]:
    chance = build.random
    share = DEMAND[space.function] * (BUSY_FACTOR if space.building.code == BUSY else 1)
    share *= 0.25 if day.isoweekday() > 5 else 1
    rules = space.rules
    for opens, closes in opening_on(rules, day):
        minute = max(opens, 8 * 60)
        while minute < min(closes, 20 * 60):
            if chance.random() < share * (1.8 if minute in range(9 * 60, 17 * 60) else 0.6):
                length = min(chance.choice(LENGTHS), min(closes, 21 * 60) - minute)
                if length >= rules.min_minutes:
                    starts_at = build.at(day, minute // 60, minute % 60)
                    yield starts_at, starts_at + timedelta(minutes=length)
                minute += length + rules.setup_minutes + rules.cleanup_minutes
            minute += 30


def _booking(
    build: Build,
    space: Space,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
    people: list[tuple[Organization, Membership]],
) -> Booking:
    chance = build.random
    company, member = chance.choice(people)
    attendees = chance.randint(max(1, space.capacity // 4), max(1, space.capacity))
    titles = TITLES[build.district.language]
    booking = Booking(
        number="BK-" + "".join(chance.choices(ALPHABET, k=7)),
        space=space,
        organization=company,
        person_id=member.person_id,
        title=chance.choice(titles.split("|")),
        attendee_count=attendees,
        starts_at=starts_at,
        ends_at=ends_at,
        rules=space.rules,
        price_amount=price_of(space.rules, int((ends_at - starts_at).total_seconds()) // 60),
        currency=build.district.currency,
        source=BookingSource.STAFF if chance.random() < 0.1 else BookingSource.PORTAL,
    )
    booking.status = _status(build, booking, now)
    return booking


def _status(build: Build, booking: Booking, now: datetime) -> BookingStatus:
    if booking.ends_at <= now:
        return build.random.choice(PAST)
    if booking.starts_at <= now:
        return BookingStatus.CHECKED_IN
    if needs_approval(booking.rules, booking.attendee_count) and build.random.random() < 0.6:
        return BookingStatus.REQUESTED
    return BookingStatus.CONFIRMED


def _activities(build: Build, booking: Booking) -> Iterator[Activity]:
    """What led to a booking's state, dated within the time it took."""
    now = timezone.now()
    made_at = min(booking.starts_at, now) - timedelta(
        minutes=build.random.randrange(90, 6 * 24 * 60)
    )
    # Of what is long past the outcome is enough: half of the ledger's rows, and of the waiting.
    if booking.starts_at > now - RECENT or booking.status == BookingStatus.REQUESTED:
        yield _activity(booking, "booking.requested", made_at)
    if booking.status == BookingStatus.CANCELLED:
        yield _activity(booking, "booking.cancelled", made_at + timedelta(minutes=45))
    elif booking.status != BookingStatus.REQUESTED:
        yield _activity(booking, "booking.confirmed", made_at + timedelta(minutes=20))


def _activity(booking: Booking, verb: str, at: datetime) -> Activity:
    return Activity(
        verb=verb,
        subject_type="spaces.booking",
        subject_id=booking.pk,
        organization_id=booking.organization_id,
        at=at,
        data={"space": str(booking.space_id)},
    )


def _block(build: Build, spaces: list[Space], leaves: dict[UUID, list[UUID]]) -> None:
    """Two rooms are out of use from the next free weekday on."""
    rooms = [space for space in spaces if len(leaves[space.pk]) == 1][3:40:20]
    for days, space in enumerate(rooms, start=1):
        starts_at = build.at(build.today + timedelta(days=DAYS_AHEAD + days), 8)
        span = Span(starts_at, starts_at + timedelta(hours=9))
        blocking = Blocking.objects.create(
            space=space,
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            reason_zh="投影机更换",
            reason_en="New projector",
        )
        claim_many(
            [Claim(leaf, span, OccupancyKind.BLOCKING, blocking.pk) for leaf in leaves[space.pk]]
        )
