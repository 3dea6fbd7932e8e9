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
from spaces.actions.booking import set_price
from spaces.actions.occupancy import Claim, Span, claim_many
from spaces.demo.credits import settle_prices
from spaces.models import (
    Blocking,
    Booking,
    BookingSource,
    BookingStatus,
    OccupancyKind,
    QuotaUse,
    Space,
    SpaceLeaf,
)
from spaces.rules import needs_approval, opening_on

DAYS_BACK: Final = 182
DAYS_AHEAD: Final = 21
RECENT: Final = timedelta(days=45)
BUSY: Final = "CC"
# Share of a room's open half hours at which somebody starts a booking.
DEMAND: Final = {"meeting": 0.01, "equipment": 0.007, "education": 0.01, "culture": 0.003}
BUSY_FACTOR: Final = 3.0
# Today and the days beside it are fuller, so that every page has something to show at first.
NEAR: Final = {0: 3.2, 1: 1.8, -1: 1.6, 2: 1.4}
# Requests stand within this time; what is later has been decided already.
ASKED_AHEAD: Final = timedelta(days=5)
ASKED_SHARE: Final = 0.3
SEAT_DAYS: Final = range(-14, 8)
# Rooms out of use: days from today, first and last hour, whether it is over sooner, reasons.
CLOSED: Final = (
    (0, 13, 17, "投影机更换", "New projector"),
    (0, 8, 12, "空调检修", "Air conditioning service"),
    (1, 9, 18, "地毯清洗", "Carpet cleaning"),
    (6, 8, 20, "消防设施年检", "Yearly fire inspection"),
    (-9, 9, 17, "门锁维修", "Door lock repair"),
)
MOST_USED: Final = 0.8
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


Slot = tuple[datetime, datetime]


@dataclass
class Diary:
    """What has been booked so far, by leaf, so that nothing is booked twice."""

    taken: dict[UUID, list[tuple[datetime, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    closed: dict[UUID, list[tuple[datetime, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def is_free(self, leaves: list[UUID], starts_at: datetime, ends_at: datetime) -> bool:
        return not any(
            begin < ends_at and starts_at < end
            for leaf in leaves
            for begin, end in (*self.taken[leaf][-8:], *self.closed.get(leaf, ()))
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
    diary = Diary()
    _block(build, spaces, leaves, diary)
    bookings = list(_bookings(build, spaces, leaves, diary))
    seats = list(_seat_bookings(build, diary))
    every = [*bookings, *(booking for booking, _ in seats)]
    _count_quotas(every)
    purse = settle_prices(build, every)
    _store(build, bookings, seats, leaves)
    purse.save()


def _store(
    build: Build,
    bookings: list[Booking],
    seats: list[tuple[Booking, list[UUID]]],
    leaves: dict[UUID, list[UUID]],
) -> None:
    """Everything in bulk: bookings, their claims, and what the ledger says of them."""
    held = [(booking, leaves[booking.space_id]) for booking in bookings] + seats
    rows = [booking for booking, _ in held]
    Booking.objects.bulk_create(rows, batch_size=1000)
    waiting = [row for row in rows if row.status == BookingStatus.REQUESTED]
    for row in waiting:
        row.created_at = timezone.now() - timedelta(minutes=build.random.randrange(12, 9 * 60))
    Booking.objects.bulk_update(waiting, ["created_at"])
    claim_many(
        [
            Claim(
                leaf,
                Span(booking.claimed.lower, booking.claimed.upper),
                OccupancyKind.BOOKING,
                booking.pk,
            )
            for booking, ids in held
            if booking.status in CLAIMING
            for leaf in ids
        ]
    )
    Activity.objects.bulk_create(
        (activity for booking in rows for activity in _activities(build, booking)),
        batch_size=1000,
    )


def _count_quotas(bookings: list[Booking]) -> None:
    """What companies used of their quotas; what goes far into one was booked by staff instead."""
    used: dict[tuple[UUID, date], int] = defaultdict(int)
    for row in sorted(bookings, key=lambda booking: booking.starts_at):
        quota = row.rules.quota_minutes_per_month
        given_up = row.status in {BookingStatus.CANCELLED, BookingStatus.DECLINED}
        if quota is None or given_up or row.organization_id is None:
            continue
        share = (row.organization_id, timezone.localtime(row.starts_at).date().replace(day=1))
        if row.source == BookingSource.STAFF:
            continue
        if row.status != BookingStatus.REQUESTED and used[share] + row.minutes > quota * MOST_USED:
            row.source = BookingSource.STAFF
        else:
            used[share] += row.minutes
    QuotaUse.objects.bulk_create(
        QuotaUse(organization_id=organization_id, month=month, minutes=minutes)
        for (organization_id, month), minutes in used.items()
    )


def _bookings(
    build: Build, spaces: list[Space], leaves: dict[UUID, list[UUID]], diary: Diary
) -> Iterator[Booking]:
    now = timezone.now()
    people = _people(build)
    for offset in range(-DAYS_BACK, DAYS_AHEAD + 1):
        day = build.today + timedelta(days=offset)
        for space in spaces:
            for slot in _slots(build, space, day, offset):
                booking = _booking(build, space, slot, now, people)
                claimed = booking.claimed
                if diary.is_free(leaves[space.pk], claimed.lower, claimed.upper):
                    if booking.status in CLAIMING:
                        diary.take(leaves[space.pk], claimed.lower, claimed.upper)
                    yield booking


def _seat_bookings(build: Build, diary: Diary) -> Iterator[tuple[Booking, list[UUID]]]:
    """Teams at the desks of the open areas: each on seats that nobody else has that day."""
    now, people = timezone.now(), _people(build)
    areas: dict[UUID | None, list[Space]] = defaultdict(list)
    seats = Space.objects.bookable().filter(capacity=1, parent__isnull=False)
    for seat in seats.select_related("rules", "parent__building").order_by("code"):
        areas[seat.parent_id].append(seat)
    for offset in SEAT_DAYS:
        day = build.today + timedelta(days=offset)
        for members in areas.values():
            free = list(members)
            for _ in range(build.random.randrange(2, 5) if day.isoweekday() < 6 else 1):
                count = min(build.random.randrange(1, 5), len(free))
                if not count:
                    break
                hour = build.random.choice((8, 9, 9, 10, 13))
                starts_at = build.at(day, hour)
                ends_at = starts_at + timedelta(hours=build.random.choice((3, 4, 6, 8)))
                booking = _booking(build, free[0], (starts_at, ends_at), now, people)
                booking.space = free[0].parent
                booking.seat_count = booking.attendee_count = count
                set_price(booking)
                yield booking, [seat.pk for seat in free[:count]]
                free = free[count:]


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


def _slots(build: Build, space: Space, day: date, offset: int) -> Iterator[Slot]:
    chance = build.random
    share = DEMAND[space.function] * (BUSY_FACTOR if space.building.code == BUSY else 1)
    share *= 0.25 if day.isoweekday() > 5 and offset else 1
    share *= NEAR.get(offset, 1)
    rules = space.rules
    for opens, closes in opening_on(rules, day):
        # A place that never closes is in use today whatever the hour the demo starts.
        always = offset == 0 and closes - opens == 24 * 60
        minute = opens if always else max(opens, 8 * 60)
        while minute < (closes - 60 if always else min(closes, 20 * 60)):
            if chance.random() < share * (1.8 if minute in range(9 * 60, 17 * 60) else 0.6):
                last = closes if always else min(closes, 21 * 60)
                length = min(chance.choice(LENGTHS), last - minute)
                if length >= rules.min_minutes:
                    starts_at = build.at(day, minute // 60, minute % 60)
                    yield starts_at, starts_at + timedelta(minutes=length)
                minute += length + rules.setup_minutes + rules.cleanup_minutes
            minute += 30


def _booking(
    build: Build,
    space: Space,
    slot: Slot,
    now: datetime,
    people: list[tuple[Organization, Membership]],
) -> Booking:
    chance, (starts_at, ends_at) = build.random, slot
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
        currency=build.district.currency,
        source=BookingSource.STAFF if chance.random() < 0.1 else BookingSource.PORTAL,
    )
    set_price(booking)
    booking.status = _status(build, booking, now)
    return booking


def _status(build: Build, booking: Booking, now: datetime) -> BookingStatus:
    if booking.ends_at <= now:
        return build.random.choice(PAST)
    if booking.starts_at <= now:
        return BookingStatus.CHECKED_IN
    asked = needs_approval(booking.rules, booking.attendee_count)
    if asked and booking.starts_at < now + ASKED_AHEAD and build.random.random() < ASKED_SHARE:
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
    if booking.status == BookingStatus.NO_SHOW and booking.starts_at > now - RECENT:
        yield _activity(booking, "booking.no_show", booking.check_in_until)


def _activity(booking: Booking, verb: str, at: datetime) -> Activity:
    return Activity(
        verb=verb,
        subject_type="spaces.booking",
        subject_id=booking.pk,
        organization_id=booking.organization_id,
        at=at,
        data={"space": str(booking.space_id)},
    )


def _block(build: Build, spaces: list[Space], leaves: dict[UUID, list[UUID]], diary: Diary) -> None:
    """A few rooms out of use: now, soon and lately; nothing is booked there then."""
    rooms = [
        space
        for space in sorted(spaces, key=lambda space: (space.building.code != BUSY, space.code))
        if len(leaves[space.pk]) == 1 and space.function == "meeting" and not space.parent_id
    ]
    blockings = []
    for (offset, first, last, zh, en), space in zip(CLOSED, rooms[1::2], strict=False):
        day = build.today + timedelta(days=offset)
        starts_at, ends_at = build.at(day, first), build.at(day, last)
        diary.closed[space.pk].append((starts_at, ends_at))
        blockings.append(
            Blocking(space=space, starts_at=starts_at, ends_at=ends_at, reason_zh=zh, reason_en=en)
        )
    Blocking.objects.bulk_create(blockings)
    claim_many(
        [
            Claim(
                row.space_id,
                Span(row.starts_at, row.ends_at),
                OccupancyKind.BLOCKING,
                row.pk,
            )
            for row in blockings
        ]
    )
