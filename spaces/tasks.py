"""Background work of the spaces."""

from celery import shared_task
from django.conf import settings

from district.models import District
from spaces.actions.healing import heal
from spaces.actions.outside import read_due_calendars
from spaces.actions.platforms import check_platforms
from spaces.actions.sweeping import sweep_bookings
from spaces.actions.wanted import HEAL


@shared_task(name="spaces.check_platforms", soft_time_limit=240, time_limit=300)
def check_all_platforms() -> None:
    """Every minute those whose turn it is; the platforms of the demo are invented."""
    if settings.DISTRICT_DEMO:
        return
    for district_id in District.objects.values_list("pk", flat=True):
        check_platforms(district_id)


@shared_task(name=HEAL)
def heal_district(district_id: int) -> None:
    heal(District.objects.get(pk=district_id))


@shared_task(name="spaces.heal_all")
def heal_all() -> None:
    """Every minute: offers that ran out, holds that ended, what a lost broker did not pass on."""
    for district in District.objects.order_by("pk"):
        heal(district)


@shared_task(name="spaces.sweep_bookings", soft_time_limit=240, time_limit=300)
def sweep_all_bookings() -> None:
    """Every minute: what nobody came to is free again, what is over is completed."""
    for district in District.objects.order_by("pk"):
        sweep_bookings(district)


@shared_task(name="spaces.read_calendars", soft_time_limit=240, time_limit=300)
def read_all_calendars() -> None:
    """Every minute those whose quarter of an hour is over; those of the demo are invented."""
    if settings.DISTRICT_DEMO:
        return
    for district in District.objects.order_by("pk"):
        read_due_calendars(district)
