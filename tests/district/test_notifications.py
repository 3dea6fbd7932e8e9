"""What a person sees at the bell and chooses about it."""

import pytest
from django.core import mail

from district.channels.letters import unsubscribe_url
from district.channels.sender import deliver
from district.models import Delivery, MailPace, Notification, NotificationChoice
from district.relay import relay
from spaces.actions.decisions import cancel_booking, confirm_booking
from tests.factories import BookingFactory, MembershipFactory, PersonFactory


@pytest.fixture
def three(district, tenant_member, operator):
    """Three notifications about two bookings of the member."""
    first, second = (
        BookingFactory(
            person=tenant_member.person,
            organization=tenant_member.organization,
            space__name_en=name,
        )
        for name in ("Heron room", "Otter room")
    )
    confirm_booking(first, by=operator)
    confirm_booking(second, by=operator)
    cancel_booking(first, by=operator)
    relay(district.pk)
    return list(Notification.objects.order_by("id"))


def unread_of(person) -> int:
    return Notification.objects.filter(person=person, read_at=None).count()


def test_the_bell_says_nothing_while_nothing_changed(browser_of, tenant_member, three):
    browser = browser_of(tenant_member)
    answer = browser.get("/notifications/bell/?seen=0-0")
    mark = answer.content.decode().partition("?seen=")[2].partition('"')[0]

    assert answer.status_code == 200
    assert 'data-unread="3"' in answer.content.decode()
    assert browser.get(f"/notifications/bell/?seen={mark}").status_code == 204


def test_the_bell_is_the_same_alone_and_in_the_page(browser_of, tenant_member, three):
    browser = browser_of(tenant_member)

    page = browser.get("/notifications/").content.decode()
    alone = browser.get("/notifications/bell/?seen=").content.decode()

    assert alone.strip() in page
    assert "<title>(3) Notifications · Lakeside District</title>" in page


def test_the_bell_costs_one_query(browser_of, tenant_member, three, django_assert_num_queries):
    browser = browser_of(tenant_member)
    with django_assert_num_queries(1):
        from district.actions.notifications import unread

        assert unread(tenant_member.person)["count"] == 3
    assert browser.get("/notifications/bell/").status_code == 200


def test_latest_tells_of_each_thing_once(browser_of, tenant_member, three):
    found = browser_of(tenant_member).get("/notifications/latest/").content.decode()

    assert found.count("<b>") == 2
    assert "The booking of Heron room was cancelled" in found
    assert "Your booking of Heron room is confirmed" not in found
    assert "Your booking of Otter room is confirmed" in found


def test_opening_one_reads_all_about_the_same_thing_and_leads_there(
    browser_of, tenant_member, three
):
    cancelled = three[2]

    answer = browser_of(tenant_member).post(f"/notifications/{cancelled.pk}/open/")

    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/bookings/{cancelled.activity.subject_id}/")
    assert unread_of(tenant_member.person) == 1


def test_nobody_opens_what_others_were_told(browser_of, stranger, tenant_member, three):
    assert browser_of(stranger).post(f"/notifications/{three[0].pk}/open/").status_code == 404
    assert unread_of(tenant_member.person) == 3


def test_reading_all_leaves_those_of_others(browser_of, tenant_member, operator, three):
    other = Notification.objects.create(person=PersonFactory(), activity=three[0].activity)

    browser_of(tenant_member).post("/notifications/read/")

    assert unread_of(tenant_member.person) == 0
    assert unread_of(other.person) == 1


def test_the_list_narrows_to_unread_and_by_group(browser_of, tenant_member, three):
    browser = browser_of(tenant_member)
    browser.post(f"/notifications/{three[2].pk}/read/")

    found = browser.get("/notifications/?state=unread").content.decode()
    none = browser.get("/notifications/?about=people").content.decode()

    assert "Otter room" in found
    assert "Heron room" not in found
    assert "Nothing here" in none


def test_the_list_costs_the_same_for_1_and_20(
    browser_of, tenant_member, operator, district, django_assert_max_num_queries
):
    browser = browser_of(tenant_member)
    browser.get("/notifications/")
    counts = []
    for number in (1, 19):
        for _ in range(number):
            confirm_booking(
                BookingFactory(
                    person=tenant_member.person, organization=tenant_member.organization
                ),
                by=operator,
            )
        relay(district.pk)
        with django_assert_max_num_queries(30) as captured:
            browser.get("/notifications/")
        counts.append(len(captured))

    assert counts[0] == counts[1]


SETTINGS = {
    "language": "zh-hans",
    "digest_hour": "18",
    "quiet_from": "22:00",
    "quiet_until": "07:30",
    "email-bookings": "daily",
    "email-people": "off",
    "email-other": "now",
    "email-notices": "off",
}


def test_settings_are_kept(browser_of, tenant_member):
    answer = browser_of(tenant_member).post("/notifications/settings/", SETTINGS)

    assert answer.status_code == 302
    person = tenant_member.person
    person.refresh_from_db()
    assert (person.language, person.digest_hour) == ("zh-hans", 18)
    assert (str(person.quiet_from), str(person.quiet_until)) == ("22:00:00", "07:30:00")
    rows = {row.group: (row.email, row.sms) for row in NotificationChoice.objects.all()}
    assert rows["bookings"] == ("daily", False)
    assert rows["people"] == ("off", True)


def test_settings_want_both_quiet_times(browser_of, tenant_member):
    answer = browser_of(tenant_member).post(
        "/notifications/settings/", {**SETTINGS, "quiet_until": ""}
    )

    assert answer.status_code == 422
    assert "Give both times, or neither." in answer.content.decode()
    assert 'value="22:00"' in answer.content.decode()
    assert NotificationChoice.objects.count() == 0


def test_a_mail_can_be_stopped_at_one_click_without_a_log_in(
    browser_of, district, tenant_member, three
):
    deliver(district.pk)
    leave = mail.outbox[0].extra_headers["List-Unsubscribe"].strip("<>")
    path = leave.partition(district.slug)[2]
    browser = browser_of(None)

    asked = browser.get(path).content.decode()
    assert "Mails about “Bookings”" in asked
    assert NotificationChoice.objects.count() == 0
    done = browser.post(path, {"List-Unsubscribe": "One-Click"})

    assert "Nothing about “Bookings” goes to" in done.content.decode()
    choice = NotificationChoice.objects.get(person=tenant_member.person)
    assert (choice.group, choice.email) == ("bookings", MailPace.OFF)


def test_stopping_holds_back_what_already_waits(browser_of, district, tenant_member, three):
    waiting = Delivery.objects.filter(person=tenant_member.person, status="queued").count()
    path = unsubscribe_url(district, tenant_member.person, "bookings").partition(district.slug)[2]

    browser_of(None).post(path)

    assert waiting == 3
    assert deliver(district.pk) == 0
    assert Delivery.objects.filter(error_code="switched_off").count() == 3


def test_a_forged_key_stops_nothing(browser_of, district, tenant_member):
    key = unsubscribe_url(district, tenant_member.person, "bookings").rstrip("/").rpartition("/")[2]
    browser = browser_of(None)

    assert browser.get(f"/notifications/unsubscribe/{key}/").status_code == 200
    assert browser.post(f"/notifications/unsubscribe/{key[:-2]}xx/").status_code == 404
    assert NotificationChoice.objects.count() == 0


def test_a_key_of_another_district_stops_nothing(browser_of, district):
    other = MembershipFactory()
    key = unsubscribe_url(district, other.person, "bookings").rstrip("/").rpartition("/")[2]
    district.pk += 1
    foreign = unsubscribe_url(district, other.person, "bookings").rstrip("/").rpartition("/")[2]
    district.pk -= 1
    browser = browser_of(None)

    assert browser.get(f"/notifications/unsubscribe/{key}/").status_code == 200
    assert browser.get(f"/notifications/unsubscribe/{foreign}/").status_code == 404
