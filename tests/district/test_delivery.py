"""From what happened to what leaves: who, over which channel, when, and what if it fails."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from district.accounts import sms
from district.actions.notifications import choose_channels
from district.activity import record
from district.actors import System
from district.channels import plan, sender
from district.channels.sender import deliver
from district.models import (
    Channel,
    Delivery,
    DeliveryStatus,
    MailPace,
    Membership,
    Notification,
)
from district.relay import relay
from district.tenancy.scope import scope
from spaces.actions.decisions import cancel_booking, confirm_booking
from tests.factories import BookingFactory, DistrictFactory, MembershipFactory, SpaceFactory

NOW = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)  # 09:12 in Shanghai
SHANGHAI = ZoneInfo("Asia/Shanghai")


def a_request(member: Membership) -> object:
    space = SpaceFactory(name_en="Heron room", name_zh="苍鹭厅", building__name_en="Tide House")
    return BookingFactory(
        number="BK-7F3K2",
        space=space,
        organization=member.organization,
        person=member.person,
        starts_at=datetime(2026, 11, 25, 6, 30, tzinfo=UTC),
        ends_at=datetime(2026, 11, 25, 7, 30, tzinfo=UTC),
    )


@pytest.fixture
def told(district, tenant_member, operator):
    """The member's mail about a booking that was just confirmed, waiting to be sent."""
    with time_machine.travel(NOW, tick=False):
        confirm_booking(a_request(tenant_member), by=operator)
        relay(district.pk)
    return Delivery.objects.get(person=tenant_member.person)


class Failing(BaseEmailBackend):
    """A mail server that answers with what a test gives it, and notes what it was asked."""

    error: Exception | None = None
    seen: list[bool] = []

    def send_messages(self, messages):
        Failing.seen.append(connection.in_atomic_block)
        if Failing.error:
            raise Failing.error
        return len(messages)


@pytest.fixture
def server(settings):
    settings.EMAIL_BACKEND = "tests.district.test_delivery.Failing"
    Failing.error, Failing.seen = None, []
    return Failing


def test_a_mail_waits_with_a_masked_address(told, tenant_member):
    assert (told.channel, told.status, told.attempt_count) == ("email", "queued", 0)
    assert told.address == f"{tenant_member.person.email[0]}•••@example.org"
    assert told.due_at == NOW


TEXT_EN = """Hello Ada,

Your booking of Heron room is confirmed

Space: Heron room · Tide House
When: Wed 25 Nov 14:30–15:30
Number: BK-7F3K2
What for: Design review

https://quarter.example/{slug}/bookings/{booking}/

-- 
Lakeside District
Times are in China Time.
Choose what you are told, and how: https://quarter.example/{slug}/notifications/settings/
"""
TEXT_ZH = """Ada，您好：

苍鹭厅预约已确认

空间：苍鹭厅 · Tide House
时间：11 月 25 日 周三 14:30–15:30
编号：BK-7F3K2
用途：Design review

https://quarter.example/{slug}/bookings/{booking}/

-- 
湖畔创新区
时间均为中国时间。
选择接收哪些通知、以什么方式接收：https://quarter.example/{slug}/notifications/settings/
"""


@pytest.mark.parametrize(
    ("language", "subject", "text"),
    [
        ("en", "[Lakeside District] Your booking of Heron room is confirmed", TEXT_EN),
        ("zh-hans", "[湖畔创新区] 苍鹭厅预约已确认", TEXT_ZH),
    ],
)
def test_a_mail_is_in_the_language_of_the_person(told, settings, language, subject, text):
    settings.BASE_URL = "https://quarter.example"
    told.person.language, told.person.name = language, "Ada"
    told.person.save()

    with time_machine.travel(NOW, tick=False):
        assert deliver(told.district_id) == 1

    sent = mail.outbox[0]
    names = {"slug": told.district.slug, "booking": told.activity.subject_id}
    assert sent.to == [told.person.email]
    assert sent.subject == subject
    assert sent.body == text.format(**names)
    html, kind = sent.alternatives[0]
    assert kind == "text/html"
    assert f'href="https://quarter.example/{names["slug"]}/bookings/{names["booking"]}/"' in html
    assert re.search(r"<td>(11 月 25 日 周三|Wed 25 Nov) 14:30–15:30</td>", html)
    assert sent.extra_headers["Message-ID"] == f"<{told.pk}@quarter.example>"
    told.refresh_from_db()
    assert (told.status, told.attempt_count, told.sent_at) == ("sent", 1, NOW)


def test_html_shows_names_as_text(district, tenant_member, operator):
    booking = a_request(tenant_member)
    booking.title = "<img src=x>"
    booking.save()
    confirm_booking(booking, by=operator)
    relay(district.pk)

    deliver(district.pk)

    html = mail.outbox[0].alternatives[0][0]
    assert "&lt;img src=x&gt;" in html
    assert "<img" not in html
    assert "What for: <img src=x>" in mail.outbox[0].body


def test_a_person_without_an_address_gets_no_mail_and_the_log_says_so(
    district, tenant_member, operator
):
    tenant_member.person.email = ""
    tenant_member.person.save()
    confirm_booking(a_request(tenant_member), by=operator)

    relay(district.pk)

    row = Delivery.objects.get()
    assert (row.status, row.error_code) == ("suppressed", "no_address")
    assert Notification.objects.count() == 1


def test_mails_that_are_switched_off_are_not_sent(district, tenant_member, operator):
    choose_channels(tenant_member.person, {"bookings": (MailPace.OFF, True)})
    confirm_booking(a_request(tenant_member), by=operator)
    relay(district.pk)

    assert deliver(district.pk) == 0

    row = Delivery.objects.get()
    assert (row.status, row.error_code) == ("suppressed", "switched_off")


@pytest.mark.parametrize(
    ("zone", "begin", "end", "moment", "expected"),
    [
        ("Asia/Shanghai", time(22), time(8), "2026-11-24T15:00+00:00", "2026-11-25T00:00+00:00"),
        ("Asia/Shanghai", time(22), time(8), "2026-11-24T20:00+00:00", "2026-11-25T00:00+00:00"),
        ("Asia/Shanghai", time(22), time(8), "2026-11-24T01:00+00:00", "2026-11-24T01:00+00:00"),
        ("Asia/Shanghai", time(12), time(14), "2026-11-24T05:00+00:00", "2026-11-24T06:00+00:00"),
        ("Asia/Shanghai", time(8), time(8), "2026-11-24T00:00+00:00", "2026-11-24T00:00+00:00"),
        ("Europe/London", time(22), time(7), "2026-10-24T23:00+00:00", "2026-10-25T07:00+00:00"),
    ],
)
def test_quiet_hours_end_by_the_persons_own_clock(
    district, tenant_member, zone, begin, end, moment, expected
):
    person = tenant_member.person
    person.quiet_from, person.quiet_until = begin, end

    found = plan.after_quiet_hours(person, ZoneInfo(zone), datetime.fromisoformat(moment))

    assert found == datetime.fromisoformat(expected)


def test_quiet_hours_hold_back_mails_but_not_urgent_ones(district, tenant_member, operator):
    person = tenant_member.person
    person.quiet_from, person.quiet_until, person.time_zone = time(9), time(18), "Asia/Shanghai"
    person.save()
    with time_machine.travel(NOW, tick=False):
        booking = confirm_booking(a_request(tenant_member), by=operator)
        cancel_booking(booking, by=operator)
        relay(district.pk)

        assert deliver(district.pk) == 1

    assert [m.subject for m in mail.outbox] == [
        "[Lakeside District] The booking of Heron room was cancelled"
    ]
    waiting = Delivery.objects.get(status=DeliveryStatus.QUEUED)
    assert waiting.due_at.astimezone(SHANGHAI).isoformat() == "2026-11-24T18:00:00+08:00"
    with time_machine.travel(waiting.due_at, tick=False):
        assert deliver(district.pk) == 1


def test_a_daily_mail_tells_of_all_at_the_chosen_hour(district, tenant_member, operator):
    person = tenant_member.person
    person.digest_hour = 18
    person.save()
    choose_channels(person, {"bookings": (MailPace.DAILY, True)})
    with time_machine.travel(NOW, tick=False):
        for _ in range(3):
            confirm_booking(
                BookingFactory(person=person, organization=tenant_member.organization),
                by=operator,
            )
        relay(district.pk)
        Notification.objects.filter(pk=Notification.objects.order_by("id")[0].pk).update(
            read_at=NOW
        )
        assert deliver(district.pk) == 0

    with time_machine.travel(datetime(2026, 11, 24, 18, tzinfo=SHANGHAI), tick=False):
        assert deliver(district.pk) == 1

    assert [m.subject for m in mail.outbox] == ["[Lakeside District] 2 pieces of news for you"]
    assert mail.outbox[0].body.count("is confirmed") == 2
    rows = Delivery.objects.order_by("id").values_list("status", "error_code")
    assert list(rows) == [("suppressed", "read_meanwhile"), ("sent", ""), ("sent", "")]


def test_a_failing_server_is_tried_again_later_and_given_up_in_the_end(told, server):
    server.error = SMTPServerDisconnected("gone")
    waits = []

    with time_machine.travel(NOW, tick=False) as clock:
        for _ in range(sender.MAX_ATTEMPTS):
            before = timezone.now()
            assert deliver(told.district_id) == 1
            assert deliver(told.district_id) == 0
            told.refresh_from_db()
            waits.append((told.due_at - before).total_seconds() / 60)
            clock.move_to(told.due_at)

    assert waits[:-1] == list(sender.BACKOFF_MINUTES)
    assert (told.status, told.error_code, told.error_text) == ("failed", "mail_server", "gone")
    assert told.attempt_count == sender.MAX_ATTEMPTS


def test_a_refused_recipient_is_not_tried_again(told, server):
    server.error = SMTPRecipientsRefused({"a@b": (550, b"no")})

    deliver(told.district_id)

    told.refresh_from_db()
    assert (told.status, told.error_code) == ("failed", "recipient_refused")


def test_a_claim_left_by_a_dead_sender_runs_out(told):
    with time_machine.travel(NOW, tick=False):
        assert sender.claim(told.district_id) == [told.pk]
        assert sender.claim(told.district_id) == []

    with time_machine.travel(NOW + timedelta(minutes=10), tick=False):
        assert deliver(told.district_id) == 1

    told.refresh_from_db()
    assert (told.status, told.attempt_count, len(mail.outbox)) == ("sent", 2, 1)


@pytest.mark.django_db(transaction=True)
def test_mails_leave_outside_of_any_transaction(server):
    quarter = DistrictFactory()
    with scope(quarter.pk):
        member = MembershipFactory()
        booking = a_request(member)
        record("booking.confirmed", subject=booking, by=System())
    relay(quarter.pk)

    assert deliver(quarter.pk) == 1

    assert server.seen == [False]


@pytest.mark.django_db(transaction=True)
def test_senders_running_at_once_send_each_mail_once():
    quarter = DistrictFactory()
    with scope(quarter.pk):
        member = MembershipFactory()
        for _ in range(24):
            booking = BookingFactory(person=member.person, organization=member.organization)
            record("booking.confirmed", subject=booking, by=System())
    relay(quarter.pk)

    def run(_: int) -> int:
        try:
            return deliver(quarter.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(run, range(4)))

    assert sum(counts) == 24
    assert len({m.extra_headers["Message-ID"] for m in mail.outbox}) == len(mail.outbox) == 24
    with scope(quarter.pk):
        assert Delivery.objects.filter(status="sent", attempt_count=1).count() == 24


def test_one_address_is_either_a_persons_or_a_robots(district, told):
    with pytest.raises(IntegrityError, match="delivery_one_receiver"), transaction.atomic():
        Delivery.objects.create(activity=told.activity, channel=Channel.EMAIL)


class Texts:
    """A gateway that keeps what it is given, or says no."""

    waits = False
    sent: list[tuple[str, str]] = []
    refuses = False

    def send(self, mobile: str, text: str) -> None:
        if Texts.refuses:
            raise sms.NotSent("status 503")
        Texts.sent.append((mobile, text))


@pytest.fixture
def texts(settings):
    settings.SMS_GATEWAY = "tests.district.test_delivery.Texts"
    Texts.sent, Texts.refuses = [], False
    return Texts


def cancelled(member: Membership, operator: Membership, mobile: str = "+8613900000004") -> None:
    """A booking of a member with a mobile is cancelled: the one thing that is urgent here."""
    member.person.mobile = mobile
    member.person.save()
    with time_machine.travel(NOW, tick=False):
        cancel_booking(a_request(member), by=operator)
        relay(member.district_id)


def test_an_urgent_message_comes_by_text_too(district, tenant_member, operator, texts):
    cancelled(tenant_member, operator)

    with time_machine.travel(NOW, tick=False):
        assert deliver(district.pk) == 2

    text = "The booking of Heron room was cancelled Tide House · Wed 25 Nov 14:30–15:30"
    assert texts.sent == [("+8613900000004", text)]
    row = Delivery.objects.get(channel=Channel.SMS)
    assert (row.status, row.address) == ("sent", "+86139••••0004")


def test_text_messages_that_are_switched_off_are_not_sent(district, tenant_member, operator, texts):
    choose_channels(tenant_member.person, {"bookings": (MailPace.NOW, False)})
    cancelled(tenant_member, operator)

    with time_machine.travel(NOW, tick=False):
        assert deliver(district.pk) == 1

    row = Delivery.objects.get(channel=Channel.SMS)
    assert (row.status, row.error_code, texts.sent) == ("suppressed", "switched_off", [])


def test_a_gateway_that_says_no_is_asked_again(district, tenant_member, operator, texts):
    texts.refuses = True
    cancelled(tenant_member, operator)
    with time_machine.travel(NOW, tick=False):
        deliver(district.pk)
    row = Delivery.objects.get(channel=Channel.SMS)
    assert (row.status, row.error_code, row.error_text) == ("queued", "sms_gateway", "status 503")
    texts.refuses = False

    with time_machine.travel(row.due_at, tick=False):
        assert deliver(district.pk) == 1

    assert len(texts.sent) == 1
