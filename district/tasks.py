"""Background work of the ground floor."""

from celery import shared_task

from district.models import District
from district.relay import relay


@shared_task(name="district.relay_activities")
def relay_activities(district_id: int) -> None:
    relay(district_id)


@shared_task(name="district.relay_all")
def relay_all() -> None:
    """Every minute, so that a broker that was down loses nothing."""
    for district_id in District.objects.values_list("pk", flat=True):
        relay(district_id)
