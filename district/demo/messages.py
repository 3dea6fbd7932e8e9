"""What people of the demo were told: notices, notifications, a robot, and what was sent."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from district.channels import vault
from district.channels.plan import masked_email, to_robot
from district.channels.robots import address_hint
from district.demo.build import Build
from district.models import (
    Activity,
    Channel,
    Delivery,
    DeliveryStatus,
    Notice,
    Notification,
    OrganizationKind,
    Person,
    Robot,
    RobotKind,
)
from district.registry import verbs

DAYS: Final = 14
PER_PERSON: Final = 24
READ_AFTER: Final = timedelta(days=1)
ROBOT_ADDRESS: Final = (
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=00000000-0000-0000-0000-000000000000"
)

# days until it starts and ends, titles and texts, options
NOTICES: Final[Sequence[tuple[int, int, str, str, str, str, dict[str, Any]]]] = (
    (
        -2,
        9,
        "周六 8:00–12:00 变配电检修",
        "Power maintenance on Saturday, 8:00–12:00",
        "检修期间会议室和公共区域停电，已预约的会议可免费改约。",
        "Meeting rooms and public areas will be without power; bookings can be moved for free.",
        {"is_banner": True},
    ),
    (
        -2,
        21,
        "湖岸步道北段恢复开放",
        "The northern lakeside walk is open again",
        "新增三处休息点和夜间照明。",
        "With three new places to sit and lights at night.",
        {},
    ),
    (
        5,
        30,
        "年度企业信息更新开始",
        "The yearly update of company records begins",
        "请企业管理员核对登记信息、资质证书和联系人。",
        "Company administrators, please check your registration, certificates and contacts.",
        {"kinds": [OrganizationKind.COMPANY]},
    ),
    (
        -30,
        -9,
        "会议中心音响升级完成",
        "New sound in the conference centre",
        "大报告厅和路演厅的音响、同传设备已更换。",
        "The lecture hall and the pitch hall have new loudspeakers and interpreting equipment.",
        {},
    ),
)


def fill_messages(build: Build) -> None:
    _notices(build)
    people = [membership.person for membership in build.memberships.values()]
    notifications = _notifications(people)
    _robot(build, [*_mails(notifications)])


def _notices(build: Build) -> None:
    now = timezone.now()
    for starts, ends, title_zh, title_en, body_zh, body_en, options in NOTICES:
        starts_at = now + timedelta(days=starts)
        notice = Notice.objects.create(
            title_zh=title_zh,
            title_en=title_en,
            body_zh=body_zh,
            body_en=body_en,
            starts_at=starts_at,
            ends_at=now + timedelta(days=ends),
            published_at=starts_at if starts < 0 else None,
            **options,
        )
        if starts < 0:
            Activity.objects.create(
                verb="notice.published",
                subject_type=Notice._meta.label_lower,
                subject_id=notice.pk,
                at=starts_at,
            )


def _notifications(people: Sequence[Person]) -> list[Notification]:
    """What the relay would have written about the last days; the older ones have been read."""
    now = timezone.now()
    told = [name for name, verb in verbs.items() if verb.audience]
    recent = list(
        Activity.objects.filter(verb__in=told, at__gt=now - timedelta(days=DAYS), at__lte=now)
        .select_related("membership")
        .order_by("-at", "-id")
    )
    rows = []
    for name in told:
        about = [row for row in recent if row.verb == name]
        audience = verbs[name].audience
        readers = audience(about) if audience and about else {}
        rows += [
            Notification(
                person=person,
                activity=row,
                read_at=row.at + READ_AFTER if row.at < now - READ_AFTER else None,
            )
            for person in people
            for row in about[:PER_PERSON]
            if person.pk in readers.get(row.pk, ())
        ]
    rows.sort(key=lambda row: row.activity.at)
    return Notification.objects.bulk_create(rows)


def _mails(notifications: Sequence[Notification]) -> list[Delivery]:
    """A mail for each, of which a few did not arrive at once."""
    rows = []
    for number, notification in enumerate(notifications):
        sent_at = notification.activity.at + timedelta(seconds=20)
        row = Delivery(
            activity=notification.activity,
            notification=notification,
            person=notification.person,
            channel=Channel.EMAIL,
            address=masked_email(notification.person.email),
            status=DeliveryStatus.SENT,
            attempt_count=2 if number % 9 == 4 else 1,
            due_at=sent_at,
            sent_at=sent_at,
        )
        if number % 23 == 11:
            row.status, row.sent_at = DeliveryStatus.FAILED, None
            row.error_code, row.error_text = "recipient_refused", "550 5.1.1 mailbox unavailable"
        rows.append(row)
    return Delivery.objects.bulk_create(rows)


def _robot(build: Build, deliveries: Sequence[Delivery]) -> None:
    """Switched off, because its key is of no group."""
    chinese = build.district.language != "en"
    robot = Robot.objects.create(
        name="运营值班群" if chinese else "Duty desk",
        kind=RobotKind.WECOM,
        sealed_address=vault.seal(ROBOT_ADDRESS),
        address_hint=address_hint(RobotKind.WECOM, ROBOT_ADDRESS),
        verbs=["booking.requested", "claim.submitted"],
        language=build.district.language,
        is_enabled=False,
    )
    asked = {
        row.activity_id: row.activity
        for row in deliveries
        if row.activity.verb == "booking.requested"
    }
    for activity in list(asked.values())[-3:]:
        row = to_robot(robot, activity)
        row.status, row.error_code = DeliveryStatus.SUPPRESSED, "switched_off"
        row.save()
