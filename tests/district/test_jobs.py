"""Long work: batch after batch, stopped, failed, taken up again, told of."""

import threading
from typing import Any

import pytest
from django.db import connection, connections

from district import jobs, relay
from district.actions.jobs import cancel_job, start_job
from district.actors import System
from district.models import Activity, District, Job, JobStatus, Membership, Notice, Notification
from district.permissions import can_cancel_job, visible_jobs
from district.registry import JobKind
from district.registry import jobs as kinds
from district.rules import RuleViolation
from district.tenancy.scope import scope
from tests.factories import DistrictFactory, MembershipFactory, OrganizationFactory


class Killed(BaseException):
    """What a worker that dies leaves to the code: nothing is caught, nothing is written."""


class Counting:
    """Writes a notice per step, so that lost and repeated steps would show."""

    total_count = 5

    def __init__(self, job: Job):
        self.fault = job.parameters.get("fault", "")
        if self.fault == "kill at once":
            raise Killed

    def step(self, job: Job) -> int:
        add_notice(job.done_count)
        if job.done_count == 2 and self.fault == "rule":
            raise RuleViolation("no_more", "There is no more.")
        if job.done_count == 2 and self.fault == "bug":
            raise KeyError("surprise")
        if job.done_count == 2 and self.fault == "kill":
            job.parameters["fault"] = ""
            raise Killed
        if job.done_count == 2 and self.fault == "kill always":
            raise Killed
        if job.done_count == 2 and self.fault == "cancel":
            Job.objects.filter(pk=job.pk).update(cancel_requested=True)
        return 1

    def finish(self, job: Job) -> None:
        job.report["notices"] = Notice.objects.count()


def add_notice(number: int) -> None:
    Notice.objects.create(
        title_en=f"Step {number}",
        starts_at="2026-01-01T00:00:00Z",
        ends_at="2026-01-02T00:00:00Z",
    )


@pytest.fixture(autouse=True)
def _counting(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = JobKind(lambda job: "Counting", Counting, lambda job: "all counted")
    monkeypatch.setitem(kinds._items, "counting", kind)


def steps() -> list[str]:
    return list(Notice.objects.order_by("id").values_list("title_en", flat=True))


ALL = [f"Step {number}" for number in range(5)]


def run(by: Any, fault: str = "") -> Job:
    job = start_job("counting", by=by, parameters={"fault": fault})
    jobs.run_jobs(job.district_id)
    return Job.objects.get(pk=job.pk)


def test_run_job_does_all_steps_once_and_tells_its_starter(operator):
    job = run(operator)

    relay.relay(job.district_id)
    assert (job.status, job.done_count, job.total_count) == (JobStatus.DONE, 5, 5)
    assert job.report == {"notices": 5}
    assert steps() == ALL
    told = Notification.objects.get()
    assert (told.person_id, told.activity.verb) == (operator.person_id, "job.finished")
    verbs = list(Activity.objects.order_by("id").values_list("verb", flat=True))
    assert verbs == ["job.started", "job.finished"]


def test_run_job_does_nothing_to_a_job_that_has_ended(operator):
    job = run(operator)

    jobs.run_job(job.district_id, job.pk)

    assert steps() == ALL


def test_a_refusal_fails_the_job_with_its_reason_and_undoes_its_batch(operator):
    job = run(operator, "rule")

    relay.relay(job.district_id)
    assert (job.status, job.done_count) == (JobStatus.FAILED, 2)
    assert job.report["reason"] == "There is no more."
    assert steps() == ALL[:2]
    assert Notification.objects.get().activity.verb == "job.failed"


def test_a_bug_fails_the_job_and_not_the_worker(operator):
    job = run(operator, "bug")

    assert (job.status, job.report["reason"]) == (
        JobStatus.FAILED,
        "Something went wrong on our side.",
    )
    assert steps() == ALL[:2]


def test_a_killed_worker_is_followed_by_one_that_repeats_and_skips_nothing(operator):
    job = start_job("counting", by=operator, parameters={"fault": "kill"})
    with pytest.raises(Killed):
        jobs.run_job(job.district_id, job.pk)
    left = Job.objects.get(pk=job.pk)
    assert (left.status, left.done_count) == (JobStatus.RUNNING, 2)
    Job.objects.filter(pk=job.pk).update(parameters={})

    jobs.run_jobs(job.district_id)

    assert Job.objects.get(pk=job.pk).status == JobStatus.DONE
    assert steps() == ALL


@pytest.mark.parametrize(("fault", "done"), [("kill always", 2), ("kill at once", 0)])
def test_a_job_that_keeps_killing_its_worker_is_given_up_after_three_tries(operator, fault, done):
    job = start_job("counting", by=operator, parameters={"fault": fault})
    for _attempt in range(3):
        with pytest.raises(Killed):
            jobs.run_jobs(job.district_id)
    assert Job.objects.get(pk=job.pk).is_unfinished

    jobs.run_jobs(job.district_id)

    relay.relay(job.district_id)
    job.refresh_from_db()
    assert (job.status, job.done_count) == (JobStatus.FAILED, done)
    told = "It was tried 3 times and broke off at the same place each time."
    assert job.report["reason"] == told
    assert steps() == ALL[:done]
    assert Notification.objects.get().activity.verb == "job.failed"


def test_a_job_whose_worker_is_stopped_at_ever_new_places_comes_to_its_end(operator, monkeypatch):
    def one_step_a_life(work: Counting, job: Job) -> int:
        if work.fault == "spent":
            raise Killed
        work.fault = "spent"
        add_notice(job.done_count)
        return 1

    monkeypatch.setattr(Counting, "step", one_step_a_life)
    job = start_job("counting", by=operator)
    for _stop in range(4):
        with pytest.raises(Killed):
            jobs.run_jobs(job.district_id)

    jobs.run_jobs(job.district_id)

    assert Job.objects.get(pk=job.pk).status == JobStatus.DONE
    assert steps() == ALL


def test_cancel_job_stops_after_the_batch_under_way(operator):
    job = run(operator, "cancel")

    assert (job.status, job.done_count) == (JobStatus.CANCELLED, 3)
    assert steps() == ALL[:3]


def test_cancel_job_stops_a_waiting_job_at_once(operator):
    job = cancel_job(start_job("counting", by=operator), by=operator)

    jobs.run_jobs(job.district_id)

    assert job.status == JobStatus.CANCELLED
    assert steps() == []
    assert Activity.objects.filter(verb="job.cancelled").count() == 1


def test_cancel_job_refuses_what_has_ended(operator):
    job = run(operator)

    with pytest.raises(RuleViolation) as refusal:
        cancel_job(job, by=operator)

    assert refusal.value.code == "job_ended"


def test_start_job_refuses_an_unknown_kind(operator):
    with pytest.raises(KeyError):
        start_job("knitting", by=operator)


def test_a_job_of_the_system_tells_nobody(district):
    job = run(System("nightly"))

    relay.relay(job.district_id)
    assert job.status == JobStatus.DONE
    assert Notification.objects.count() == 0


def test_jobs_are_seen_and_stopped_by_their_starter_and_who_runs_imports(
    operator, tenant_member, stranger
):
    job = start_job("counting", by=tenant_member)
    colleague = MembershipFactory(organization=tenant_member.organization)

    seen = {who: list(visible_jobs(who)) == [job] for who in (tenant_member, operator)}
    assert set(seen.values()) == {True}
    for other in (colleague, stranger):
        assert list(visible_jobs(other)) == []
        assert not can_cancel_job(other, job)
    assert can_cancel_job(tenant_member, job)
    assert can_cancel_job(operator, job)


def test_job_page_shows_progress_and_stops(browser_of, operator):
    job = start_job("counting", by=operator)
    browser = browser_of(operator)

    page = browser.get(f"/jobs/{job.pk}/").content.decode()
    assert 'hx-trigger="every 2s"' in page
    browser.post(f"/jobs/{job.pk}/cancel/")

    ended = browser.get(f"/jobs/{job.pk}/").content.decode()
    assert "every 2s" not in ended
    assert "It was stopped." in ended


def test_job_fragment_is_the_same_part_of_the_page(browser_of, operator):
    job = start_job("counting", by=operator)
    browser = browser_of(operator)

    page = browser.get(f"/jobs/{job.pk}/").content.decode()
    part = browser.get(
        f"/jobs/{job.pk}/", headers={"hx-request": "true", "hx-target": "job"}
    ).content.decode()

    assert part.startswith('<div id="job"')
    csrf_free = lambda text: [line for line in text.split("\n") if "csrf" not in line]  # noqa: E731
    assert all(line in page for line in csrf_free(part))


def test_jobs_of_others_are_not_there(browser_of, operator, stranger):
    job = start_job("counting", by=operator)

    assert browser_of(operator).get(f"/jobs/{job.pk}/").status_code == 200
    other = browser_of(stranger)
    assert other.get(f"/jobs/{job.pk}/").status_code == 404
    assert other.post(f"/jobs/{job.pk}/cancel/").status_code == 404
    job.refresh_from_db()
    assert (job.status, job.cancel_requested) == (JobStatus.QUEUED, False)


@pytest.mark.parametrize("number", [1, 20])
def test_job_list_asks_the_same_number_of_queries(
    browser_of, operator, django_assert_num_queries, number
):
    browser = browser_of(operator)
    for _ in range(number):
        start_job("counting", by=MembershipFactory())
    browser.get("/jobs/")

    with django_assert_num_queries(LIST_QUERIES):
        page = browser.get("/jobs/").content.decode()

    assert page.count("Counting") == number


LIST_QUERIES = 11


@pytest.fixture
def committed(transactional_db: None) -> tuple[District, Membership]:
    row = DistrictFactory()
    with scope(row.pk):
        starter = MembershipFactory(organization=OrganizationFactory(operating=True))
    return row, starter


def test_two_workers_share_a_job_without_repeating_a_step(committed):
    district, starter = committed
    with scope(district.pk):
        job = start_job("counting", by=starter)
    barrier = threading.Barrier(3)

    def work() -> None:
        try:
            barrier.wait()
            jobs.run_jobs(district.pk)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    jobs.run_jobs(district.pk)

    with scope(district.pk):
        assert Job.objects.get(pk=job.pk).status == JobStatus.DONE
        assert sorted(steps()) == ALL
    connection.close()
