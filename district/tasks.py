"""Background work of the ground floor."""

from celery import shared_task
from django.utils import timezone

from district.actions.files import sweep_files
from district.actions.ledger import check_ledger
from district.actions.notices import publish_due_notices
from district.actions.organizations import remind_of_certifications
from district.api.idempotency import forget_old_keys
from district.channels.sender import deliver
from district.jobs import run_jobs
from district.models import District
from district.relay import LONGEST_TRANSACTION, relay
from district.tenancy.scope import scope
from district.waker import JOBS, RELAY


@shared_task(name=RELAY)
def relay_activities(district_id: int) -> None:
    relay(district_id)
    deliver_messages.delay(district_id)


@shared_task(name="district.relay_all")
def relay_all() -> None:
    """Every minute, so that a broker that was down loses nothing."""
    for district_id in District.objects.values_list("pk", flat=True):
        relay(district_id)


@shared_task(name="district.deliver_messages")
def deliver_messages(district_id: int) -> None:
    deliver(district_id)


@shared_task(name="district.deliver_all")
def deliver_all() -> None:
    """What has become due: retries, the end of quiet hours, daily mails, robots that waited."""
    for district_id in District.objects.values_list("pk", flat=True):
        deliver(district_id)


@shared_task(name="district.publish_notices")
def publish_notices() -> None:
    """Those whose time has come since the last minute."""
    for district_id in District.objects.values_list("pk", flat=True):
        with scope(district_id):
            publish_due_notices()


@shared_task(name=JOBS)
def run_district_jobs(district_id: int) -> None:
    run_jobs(district_id)


@shared_task(name="district.run_all_jobs")
def run_all_jobs() -> None:
    """Every minute: what a lost broker did not pass on, and what a killed worker left behind."""
    for district_id in District.objects.values_list("pk", flat=True):
        run_jobs(district_id)


@shared_task(name="district.forget_idempotency_keys")
def forget_idempotency_keys() -> None:
    for district_id in District.objects.values_list("pk", flat=True):
        with scope(district_id):
            forget_old_keys()


@shared_task(name="district.remind_certifications")
def remind_certifications() -> None:
    """Every day; what was reminded of before is left alone."""
    for district in District.objects.order_by("pk"):
        with scope(district.pk), timezone.override(district.zone):
            remind_of_certifications()


@shared_task(name="district.check_ledgers")
def check_ledgers() -> None:
    """Every day: what the page of the audit says of the chain."""
    for district_id in District.objects.values_list("pk", flat=True):
        with scope(district_id):
            check_ledger()


@shared_task(name="district.sweep_files")
def sweep_all_files() -> None:
    """Every night: what killed processes left in storage, once no transaction can be that old."""
    written_before = timezone.now() - LONGEST_TRANSACTION
    for district_id in District.objects.values_list("pk", flat=True):
        with scope(district_id):
            sweep_files(written_before=written_before)
