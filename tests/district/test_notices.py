"""Notices: who reads them, when, and how they go."""

from datetime import timedelta

import pytest
from django.utils import timezone

from district.actions.notices import end_notice, publish_due_notices, save_notice
from district.models import (
    Activity,
    Notice,
    NoticeDismissal,
    Notification,
    OrganizationKind,
    Role,
)
from district.permissions import can_edit_notices
from district.relay import relay
from district.rules import RuleViolation
from tests.factories import CommunityFactory, MembershipFactory, OrganizationFactory


def a_notice(**changes: object) -> Notice:
    now = timezone.now()
    values = {
        "title_en": "Lift out of service",
        "title_zh": "电梯停用",
        "starts_at": now - timedelta(hours=1),
        "ends_at": now + timedelta(days=1),
        **changes,
    }
    return Notice(**values)


def verbs_of(notice: Notice) -> list[str]:
    rows = Activity.objects.filter(subject_id=notice.pk).order_by("id")
    return list(rows.values_list("verb", flat=True))


def test_a_notice_that_has_started_is_published_at_once(district, operator, tenant_member):
    notice = save_notice(a_notice(), by=operator)
    relay(district.pk)

    assert verbs_of(notice) == ["notice.created", "notice.published"]
    assert list(Notification.objects.values_list("person_id", flat=True)) == [
        tenant_member.person_id
    ]


def test_a_scheduled_notice_is_published_when_its_time_comes_and_once(district, operator):
    now = timezone.now()
    notice = save_notice(a_notice(starts_at=now + timedelta(hours=1)), by=operator)
    assert publish_due_notices() == 0

    Notice.objects.update(starts_at=now - timedelta(minutes=1))

    assert publish_due_notices() == 1
    assert publish_due_notices() == 0
    assert verbs_of(notice) == ["notice.created", "notice.published"]


def test_only_those_it_is_for_are_told_and_see_it(district, operator, browser_of):
    lake, hill = CommunityFactory(), CommunityFactory()
    near = MembershipFactory(organization=OrganizationFactory(community=lake))
    far = MembershipFactory(organization=OrganizationFactory(community=hill))
    college = MembershipFactory(
        organization=OrganizationFactory(community=lake, kind=OrganizationKind.UNIVERSITY)
    )

    notice = save_notice(a_notice(communities=[lake.pk], kinds=["company"]), by=operator)
    relay(district.pk)

    assert set(Notification.objects.values_list("person_id", flat=True)) == {near.person_id}
    browsers = {
        name: browser_of(member)
        for name, member in {"near": near, "far": far, "college": college}.items()
    }
    seen = {
        name: (
            "Lift out of service" in browser.get("/").content.decode(),
            browser.get(f"/notices/{notice.pk}/").status_code,
        )
        for name, browser in browsers.items()
    }
    assert seen == {"near": (True, 200), "far": (False, 404), "college": (False, 404)}


def test_a_company_puts_a_notice_away_for_itself_alone(
    browser_of, operator, tenant_member, tenant_admin
):
    notice = save_notice(a_notice(is_banner=True), by=operator)
    browser = browser_of(tenant_member)
    assert "Lift out of service" in browser.get("/").content.decode()

    answer = browser.post(f"/notices/{notice.pk}/dismiss/")
    browser.post(f"/notices/{notice.pk}/dismiss/")

    assert answer.status_code == 302
    assert "Lift out of service" not in browser.get("/").content.decode()
    assert "Lift out of service" in browser_of(tenant_admin).get("/").content.decode()
    assert NoticeDismissal.objects.count() == 1


def test_an_ended_notice_is_shown_no_longer(browser_of, operator, tenant_member):
    notice = save_notice(a_notice(), by=operator)
    browser = browser_of(tenant_member)
    assert "Lift out of service" in browser.get("/").content.decode()

    end_notice(notice, by=operator)

    assert "Lift out of service" not in browser.get("/").content.decode()
    assert verbs_of(notice)[-1] == "notice.ended"
    with pytest.raises(RuleViolation) as refusal:
        end_notice(notice, by=operator)
    assert refusal.value.code == "notice_ended"


def test_a_scheduled_notice_can_be_ended_before_it_starts(operator):
    start = timezone.now() + timedelta(hours=1)
    notice = save_notice(a_notice(starts_at=start), by=operator)

    assert end_notice(notice, by=operator).state == "ended"
    assert publish_due_notices() == 0


FIELDS = {
    "title_zh": "电梯停用",
    "title_en": "Lift out of service",
    "body_zh": "",
    "body_en": "Until Friday.",
    "starts_at": "2026-11-24T08:00",
    "ends_at": "2036-11-25T18:30",
    "is_banner": "on",
}


def test_an_operator_writes_and_edits_a_notice(browser_of, operator, district):
    browser = browser_of(operator)
    community = CommunityFactory()

    answer = browser.post(
        "/notices/new/", {**FIELDS, "communities": [str(community.pk)], "kinds": ["company"]}
    )

    notice = Notice.objects.get()
    assert answer["Location"].endswith(f"/notices/{notice.pk}/")
    assert notice.ends_at.astimezone(district.zone).strftime("%H:%M") == "18:30"
    assert (notice.communities, notice.kinds, notice.is_banner) == (
        [community.pk],
        ["company"],
        True,
    )
    page = browser.get(f"/notices/{notice.pk}/edit/").content.decode()
    assert 'value="2036-11-25T18:30"' in page
    assert page.count("checked") == 3
    browser.post(f"/notices/{notice.pk}/edit/", {**FIELDS, "title_en": "Lift repaired"})
    notice.refresh_from_db()
    assert (notice.title_en, notice.communities) == ("Lift repaired", [])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title_zh": "", "title_en": ""}, "Give it a name in Chinese or in English."),
        ({"ends_at": "2026-11-24T07:00"}, "It must end after it starts."),
        ({"starts_at": "2020-01-01T08:00", "ends_at": "2020-01-02T08:00"}, "choose a later end"),
        ({"starts_at": "soon"}, "Enter a valid date/time."),
    ],
)
def test_what_makes_no_sense_is_refused_and_kept(browser_of, operator, changes, message):
    answer = browser_of(operator).post("/notices/new/", {**FIELDS, **changes})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert message in page
    assert "Until Friday." in page
    assert Notice.objects.count() == 0


@pytest.mark.parametrize("role", list(Role))
def test_who_writes_notices(browser_of, operator, role):
    staff = role in {Role.OPERATOR_ADMIN, Role.OPERATOR, Role.AUDITOR}
    member = MembershipFactory(
        role=role, organization=operator.organization if staff else OrganizationFactory()
    )
    allowed = role in {Role.OPERATOR_ADMIN, Role.OPERATOR}

    assert can_edit_notices(member) is allowed
    expected = 200 if allowed else 403
    browser = browser_of(member)
    assert browser.get("/notices/").status_code == expected
    assert browser.get("/notices/new/").status_code == expected
