"""Claims what is due, sends it outside of any transaction, writes down how it went."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from smtplib import SMTPException, SMTPRecipientsRefused
from typing import Final
from uuid import UUID

import structlog
from django.core.mail import EmailMessage
from django.utils import timezone, translation

from district.accounts import sms
from district.channels import SendFailed, robots
from district.channels.letters import letter_about, mail_about
from district.models import Channel, Delivery, DeliveryStatus, District, Robot
from district.models.delivery import DeliveryQuerySet
from district.tenancy.scope import scope

log = structlog.get_logger(__name__)

BACKOFF_MINUTES: Final = (1, 5, 15, 60, 240)
MAX_ATTEMPTS: Final = len(BACKOFF_MINUTES) + 1
DIGEST_ROWS: Final = 100
Send = Callable[[], None]


def deliver(district_id: int) -> int:
    """Send all that is due, one message after the other; returns how many left or were tried.

    At least once: a sender that dies between sending and settling leaves a claim that runs out.
    """
    district = District.objects.get(pk=district_id)
    count = 0
    while ids := claim(district_id):
        count += 1
        try:
            send = _packed(district, ids)
            if send is None:
                continue
            send()
        except SendFailed as failure:
            _settle_failed(district_id, ids, failure)
        else:
            _settle(district_id, ids, DeliveryStatus.SENT)
    return count


def claim(district_id: int) -> list[UUID]:
    """Take the next message for sending: one row, or those that are sent together."""
    with scope(district_id):
        while first := _first_due():
            if first.attempt_count >= MAX_ATTEMPTS:
                first.settle(DeliveryStatus.FAILED, code="gave_up")
                continue
            rows = _together(first)
            for row in rows:
                row.claim()
            if rows:
                return [row.pk for row in rows]
        return []


def _first_due() -> Delivery | None:
    return _lockable().order_by("due_at", "id").first()


def _lockable() -> DeliveryQuerySet:
    return Delivery.objects.due().select_for_update(no_key=True, skip_locked=True, of=("self",))


def _together(first: Delivery) -> Sequence[Delivery]:
    if first.in_digest:
        mine = _lockable().filter(person=first.person, in_digest=True)
        return list(mine.order_by("id")[:DIGEST_ROWS])
    if first.robot_id:
        return _for_robot(first, first.robot_id)
    return [first]


def _for_robot(first: Delivery, robot_id: UUID) -> Sequence[Delivery]:
    """The robot's rows that its next message carries: one, or all where it is the minute's last.

    Empty while the rate limit is used up: they wait. The lock on the robot keeps the count right.
    """
    robot = Robot.objects.locked().get(pk=robot_id)
    waiting = list(_lockable().filter(robot=robot).order_by("due_at", "id")[: robots.MOST_MERGED])
    now = timezone.now()
    allowed = robots.allowance(robot, now)
    if not allowed.now:
        Delivery.objects.filter(pk__in=[row.pk for row in waiting]).update(due_at=allowed.at)
        return []
    robot.recent_sends = [*robots.recent(robot, now), now]
    robot.save(update_fields=["recent_sends"])
    return waiting if allowed.is_last else [first]


def _packed(district: District, ids: Sequence[UUID]) -> Send | None:
    """What sends the message; None where it need not be sent any more."""
    with scope(district.pk):
        rows = list(
            Delivery.objects.filter(pk__in=ids)
            .select_related("activity", "notification", "person", "robot")
            .order_by("id")
        )
        wanted = [row for row in rows if _still_wanted(row)]
        if not wanted:
            return None
        match wanted[0].channel:
            case Channel.EMAIL:
                return _mail(district, wanted)
            case Channel.SMS:
                return _text_message(district, wanted[0])
            case _:
                return robots.packed([row.activity for row in wanted], wanted[0].robot, district)


def _still_wanted(row: Delivery) -> bool:
    code = ""
    if row.robot:
        code = "" if row.robot.is_enabled and not row.robot.ended_at else "switched_off"
    elif not (row.person.email if row.channel == Channel.EMAIL else row.person.mobile):
        code = "no_address"
    elif row.in_digest and row.notification.read_at:
        code = "read_meanwhile"
    if code:
        row.settle(DeliveryStatus.SUPPRESSED, code=code)
    return not code


def _mail(district: District, rows: Sequence[Delivery]) -> Send:
    mail = mail_about(
        [row.activity for row in rows],
        district,
        rows[0].person,
        delivery_id=rows[0].pk,
        digest=rows[0].in_digest,
    )
    return partial(_send_mail, mail)


def _send_mail(mail: EmailMessage) -> None:
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        raise SendFailed("recipient_refused", str(error), permanent=True) from error
    except (SMTPException, OSError) as error:
        raise SendFailed("mail_server", str(error)) from error


def _text_message(district: District, row: Delivery) -> Send:
    with translation.override(row.person.language):
        letter = letter_about([row.activity], district, row.person, digest=False)
    return partial(_send_text_message, row.person.mobile, letter.short)


def _send_text_message(mobile: str, text: str) -> None:
    try:
        sms.gateway().send(mobile, text)
    except sms.NotSent as error:
        raise SendFailed("sms_gateway", str(error)) from error


def _settle(district_id: int, ids: Sequence[UUID], status: DeliveryStatus) -> None:
    with scope(district_id):
        for row in _claimed(ids):
            row.settle(status)


def _settle_failed(district_id: int, ids: Sequence[UUID], failure: SendFailed) -> None:
    log.warning("not delivered", district=district_id, code=failure.code, error=failure.text)
    with scope(district_id):
        rows = _claimed(ids)
        if failure.pause:
            until = timezone.now() + failure.pause
            Robot.objects.filter(pk__in=[row.robot_id for row in rows]).update(paused_until=until)
        for row in rows:
            final = failure.permanent or row.attempt_count >= MAX_ATTEMPTS
            row.settle(
                DeliveryStatus.FAILED if final else DeliveryStatus.QUEUED,
                code=failure.code,
                text=failure.text,
                again=None if final else timezone.now() + _pause(row.attempt_count),
            )


def _pause(attempts: int) -> timedelta:
    return timedelta(minutes=BACKOFF_MINUTES[min(attempts, len(BACKOFF_MINUTES)) - 1])


def _claimed(ids: Sequence[UUID]) -> Sequence[Delivery]:
    return list(Delivery.objects.locked().filter(pk__in=ids, status=DeliveryStatus.SENDING))
