"""Who is told over which channel, and when: each becomes a row that a sender takes up."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from district.models import (
    Activity,
    Channel,
    Delivery,
    DeliveryStatus,
    District,
    MailPace,
    Notification,
    NotificationChoice,
    Person,
    Robot,
)
from district.readers import next_rows
from district.registry import Verb, VerbGroup, verbs
from district.tenancy.scope import scope

READER: Final = "mail"
Choices = Mapping[tuple[UUID, str], NotificationChoice]


def enqueue(district_id: int) -> int:
    """Plan the deliveries of the next batch of sealed activities; returns how many were read."""
    district = District.objects.get(pk=district_id)
    with scope(district_id):
        rows = next_rows(READER)
        activities = [row.activity for row in rows]
        planned = [*_to_people(activities, district), *_to_robots(activities)]
        Delivery.objects.bulk_create(planned, ignore_conflicts=True)
        return len(rows)


def _to_people(activities: Sequence[Activity], district: District) -> Iterator[Delivery]:
    notifications = list(
        Notification.objects.filter(activity__in=activities)
        .select_related("person", "activity")
        .order_by("id")
    )
    people = {row.person_id for row in notifications}
    choices: Choices = {
        (row.person_id, row.group): row
        for row in NotificationChoice.objects.filter(person__in=people)
    }
    for notification in notifications:
        verb = verbs[notification.activity.verb]
        choice = choice_of(notification.person_id, verb.group, choices)
        yield _mail(notification, verb, choice, district)
        if verb.urgent:
            yield _text_message(notification, choice)


def choice_of(person_id: UUID, group: VerbGroup, choices: Choices) -> NotificationChoice:
    """What the person chose for the group, or what is usual for it."""
    usual = NotificationChoice(person_id=person_id, group=group.key, email=group.email)
    return choices.get((person_id, group.key), usual)


def _mail(
    notification: Notification, verb: Verb, choice: NotificationChoice, district: District
) -> Delivery:
    person = notification.person
    row = _row(notification, Channel.EMAIL, masked_email(person.email))
    if not person.email:
        return _suppressed(row, "no_address")
    if choice.email == MailPace.OFF:
        return _suppressed(row, "switched_off")
    now, zone = timezone.now(), zone_of(person, district)
    if choice.email == MailPace.DAILY and not verb.urgent:
        row.in_digest = True
        row.due_at = next_digest(person.digest_hour, zone, now)
    elif not verb.urgent:
        row.due_at = after_quiet_hours(person, zone, now)
    return row


def _text_message(notification: Notification, choice: NotificationChoice) -> Delivery:
    mobile = notification.person.mobile
    row = _row(notification, Channel.SMS, masked_mobile(mobile))
    if not mobile:
        return _suppressed(row, "no_address")
    return row if choice.sms else _suppressed(row, "switched_off")


def _row(notification: Notification, channel: Channel, address: str) -> Delivery:
    return Delivery(
        activity_id=notification.activity_id,
        notification=notification,
        person_id=notification.person_id,
        channel=channel,
        address=address,
    )


def _suppressed(row: Delivery, code: str) -> Delivery:
    row.status, row.error_code = DeliveryStatus.SUPPRESSED, code
    return row


def _to_robots(activities: Sequence[Activity]) -> Iterator[Delivery]:
    robots = list(Robot.objects.filter(is_enabled=True, ended_at=None).order_by("id"))
    for activity in activities:
        for robot in robots:
            if activity.verb in robot.verbs:
                yield to_robot(robot, activity)


def to_robot(robot: Robot, activity: Activity) -> Delivery:
    return Delivery(
        activity=activity, robot=robot, channel=Channel.ROBOT, address=robot.address_hint
    )


def zone_of(person: Person, district: District) -> ZoneInfo:
    return ZoneInfo(person.time_zone) if person.time_zone else district.zone


def after_quiet_hours(person: Person, zone: ZoneInfo, moment: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours it falls into, by the person's clock."""
    begin, end = person.quiet_from, person.quiet_until
    if begin is None or end is None or begin == end:
        return moment
    local = moment.astimezone(zone)
    clock = local.time()
    over_midnight = begin > end
    quiet = clock >= begin or clock < end if over_midnight else begin <= clock < end
    if not quiet:
        return moment
    day = local.date() + timedelta(days=over_midnight and clock >= begin)
    return datetime.combine(day, end, tzinfo=zone)


def next_digest(hour: int, zone: ZoneInfo, moment: datetime) -> datetime:
    """The next time it is this hour by the person's clock."""
    today = moment.astimezone(zone).date()
    at = datetime.combine(today, time(hour), tzinfo=zone)
    return at if at > moment else datetime.combine(today + timedelta(days=1), time(hour), zone)


def masked_email(address: str) -> str:
    """l•••@example.org"""
    name, at, host = address.partition("@")
    return f"{name[:1]}•••{at}{host}"[:120] if address else ""


def masked_mobile(number: str) -> str:
    """+86139••••0001"""
    return f"{number[:-8]}••••{number[-4:]}" if len(number) > 8 else number and "••••"
