"""The audit page: who may read it, how it is narrowed, what it says of the chain."""

import pytest
from django.http import QueryDict
from django.utils import timezone, translation

from district.actions import ledger
from district.actions.ledger import check_ledger, last_check, start_ledger_check
from district.activity import record
from district.actors import System
from district.audit import AUDIT, ledger_rows
from district.job_messages import job_messages
from district.jobs import run_jobs
from district.models import (
    Activity,
    ActivitySeal,
    Job,
    JobStatus,
    LedgerCheck,
    Notification,
    Role,
)
from district.relay import GENESIS, chained, first_broken_seal, relay, seal
from district.tasks import check_ledgers
from tests.factories import ApiClientFactory, MembershipFactory


@pytest.fixture
def auditor(operator):
    return MembershipFactory(organization=operator.organization, role=Role.AUDITOR)


@pytest.fixture
def three(operator, tenant_admin):
    """Three activities: by the operator, by a company, by the system."""
    company = tenant_admin.organization
    return [
        record("organization.verified", subject=company, by=operator, organization=company.pk),
        record("organization.changed", subject=company, by=tenant_admin, organization=company.pk),
        record("membership.changed", subject=operator, by=System("test")),
    ]


def found(actor, query):
    page = AUDIT.page(ledger_rows(actor), QueryDict(query))
    return [row.object.verb for row in page.rows]


def test_everything_is_listed_newest_first(auditor, three):
    assert found(auditor, "") == [
        "membership.changed",
        "organization.changed",
        "organization.verified",
    ]


def test_each_filter_narrows(auditor, operator, tenant_admin, three):
    person = operator.person
    company = tenant_admin.organization

    assert found(auditor, "verb=organization.changed") == ["organization.changed"]
    assert found(auditor, f"person={person.pk}") == ["organization.verified"]
    assert found(auditor, f"person={tenant_admin.person.name}") == ["organization.changed"]
    assert len(found(auditor, f"organization={company.pk}")) == 2
    assert len(found(auditor, f"organization={company.name_en}")) == 2
    assert found(auditor, f"subject={operator.pk}") == ["membership.changed"]
    assert found(auditor, "q=membership") == ["membership.changed"]
    assert found(auditor, "q=²") == []


def test_dates_are_days_of_the_district(auditor, three):
    at = three[0].at
    today = at.astimezone(auditor.district.zone).date().isoformat()

    with timezone.override(auditor.district.zone):
        assert len(found(auditor, f"since={today}&until={today}")) == 3
    assert found(auditor, "until=2020-01-01") == []
    assert found(auditor, "since=9001-01-01") == found(auditor, "since=yesterday")


def test_rows_say_their_seal(auditor, district, three):
    seal(district.pk)
    late = record("membership.changed", subject=auditor, by=System("test"))

    rows = {row.pk: row.number for row in ledger_rows(auditor)}

    assert rows[late.pk] is None
    assert sorted(rows[row.pk] for row in three) == [1, 2, 3]
    assert found(auditor, "q=2") == [ActivitySeal.objects.get(number=2).activity.verb]


def test_check_says_how_far_the_chain_holds(district, three):
    seal(district.pk)

    check = check_ledger()

    assert (check.number, check.broken) == (3, False)
    assert check.hash == ActivitySeal.objects.get(number=3).hash


def test_check_finds_a_seal_that_does_not_follow(district, three):
    seal(district.pk)
    last = ActivitySeal.objects.get(number=3)
    extra = record("membership.changed", subject=three[0], by=System("test"))
    ActivitySeal.objects.create(number=4, activity=extra, hash=last.hash)

    check = check_ledger()

    assert (check.number, check.broken) == (3, True)


def test_check_finds_a_chain_that_was_written_anew(district, three):
    seal(district.pk)
    LedgerCheck.objects.create(number=2, hash="f" * 64)

    assert check_ledger().broken


def checked(district, by) -> Job:
    job = start_ledger_check(by=by)
    run_jobs(district.pk)
    return Job.objects.get(pk=job.pk)


def test_check_as_long_work_goes_on_batch_after_batch_and_tells_its_starter(
    district, auditor, three, monkeypatch
):
    monkeypatch.setattr(ledger, "BATCH", 2)
    for _ in range(2):
        record("membership.changed", subject=auditor, by=System("test"))
    relay(district.pk)

    job = checked(district, auditor)
    relay(district.pk)

    assert (job.status, job.done_count, job.total_count) == (JobStatus.DONE, 5, 5)
    assert job.report == {"number": 5, "broken": False}
    assert (last_check().number, last_check().broken) == (5, False)
    told = Notification.objects.get(person=auditor.person)
    with translation.override("en"):
        message = job_messages([told.activity])[told.activity_id]
    assert message.title == "Check of the ledger is done"
    assert message.text == "Verified up to number 5"


def sealed(activities, **changes) -> None:
    """The seals of activities, number by number, where `changes` says what is wrong with one."""
    previous = GENESIS
    for number, activity in enumerate(activities, start=1):
        previous = chained(previous, activity)
        seal_hash = changes.get(f"hash_{number}", previous)
        if seal_hash is not None:
            ActivitySeal.objects.create(number=number, activity=activity, hash=seal_hash)


@pytest.mark.parametrize("batch", [1, 2, 500])
@pytest.mark.parametrize("found", ["f" * 64, None], ids=["another hash", "gone"])
def test_check_as_long_work_finds_what_the_whole_check_finds(
    district, auditor, three, monkeypatch, batch, found
):
    monkeypatch.setattr(ledger, "BATCH", batch)
    sealed(three, hash_2=found)

    job = checked(district, auditor)

    assert first_broken_seal(district.pk) == 2
    assert (job.status, job.report) == (JobStatus.DONE, {"number": 1, "broken": True})
    assert (last_check().number, last_check().broken) == (1, True)


def test_a_check_vouches_for_no_seal_that_came_meanwhile(district, auditor, three):
    seal(district.pk)
    job = start_ledger_check(by=auditor)
    work = ledger.LedgerWork(job)
    seal(district.pk)

    job.done_count += work.step(job)
    work.finish(job)

    assert ActivitySeal.objects.count() == 4
    assert last_check().number == 3


def test_asking_twice_starts_one_check_for_each_person(district, auditor, operator, three):
    first = start_ledger_check(by=auditor)

    assert start_ledger_check(by=auditor) == first
    assert start_ledger_check(by=operator) != first


def test_daily_task_checks_every_district(district, three):
    seal(district.pk)

    check_ledgers()

    assert last_check().number == 3


def test_page_is_for_auditors_and_operator_administrators(
    browser_of, auditor, operator, tenant_admin, district, three
):
    seal(district.pk)
    area = MembershipFactory(organization=operator.organization, role=Role.OPERATOR)
    browser = browser_of(auditor)

    browser.post("/settings/audit/check/")
    assert last_check() is None
    run_jobs(district.pk)
    page = browser.get("/settings/audit/").content.decode()

    assert "Verified up to number 3" in page
    assert "№ 3" in page
    assert browser_of(operator).get("/settings/audit/").status_code == 200
    assert browser_of(area).get("/settings/audit/").status_code == 403
    assert browser_of(tenant_admin).get("/settings/audit/").status_code == 403
    assert browser_of(tenant_admin).post("/settings/audit/check/").status_code == 403


def test_export_has_one_line_for_each_row_and_is_recorded(browser_of, auditor, three):
    response = browser_of(auditor).get("/lists/audit/export.csv?verb=organization.changed")

    lines = response.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "organization.changed" in lines[1]
    assert Activity.objects.filter(verb="list.exported").count() == 1


def test_programs_are_named(auditor, operator):
    client = ApiClientFactory(name="Calendar bridge")
    record("organization.changed", subject=client.organization, by=client)

    page = AUDIT.page(ledger_rows(auditor), QueryDict(""))

    assert "Calendar bridge" in [str(cell.text) for _, cell in page.rows[0].labelled]


def test_page_takes_the_same_queries_for_many_rows(
    browser_of, auditor, operator, three, django_assert_num_queries
):
    browser = browser_of(auditor)
    browser.get("/settings/audit/")
    with django_assert_num_queries(11):
        browser.get("/settings/audit/")
    for _ in range(20):
        record("organization.changed", subject=operator.organization, by=operator)

    with django_assert_num_queries(11):
        browser.get("/settings/audit/")


def test_looking_at_somebody_elsewhere_is_on_record(browser_of, operator, tenant_member):
    browser_of(operator).get(f"/memberships/{tenant_member.pk}/")
    browser_of(operator).get(f"/memberships/{operator.pk}/")

    viewed = Activity.objects.get(verb="person.viewed")
    assert (viewed.subject_id, viewed.membership) == (tenant_member.person_id, operator)


def test_pages_follow_each_other_without_a_gap(auditor, operator):
    for _ in range(7):
        record("organization.changed", subject=operator.organization, by=operator)
    seen = []
    query = QueryDict("")
    while True:
        page = AUDIT.page(ledger_rows(auditor), query, size=3)
        seen += [row.object.pk for row in page.rows]
        if not page.next_url:
            break
        query = QueryDict(page.next_url.removeprefix("?"))

    assert seen == [row.pk for row in Activity.objects.order_by("-at", "-id")]


def test_an_auditor_is_not_offered_to_book(browser_of, operator, auditor):
    assert "New booking" in browser_of(operator).get("/").content.decode()

    page = browser_of(auditor).get("/").content.decode()

    assert "New booking" not in page
    assert "Book a space" not in page
