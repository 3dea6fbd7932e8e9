"""Background work of the spaces."""

from celery import shared_task
from django.conf import settings

from district.models import District
from spaces.actions.platforms import check_platforms


@shared_task(name="spaces.check_platforms", soft_time_limit=240, time_limit=300)
def check_all_platforms() -> None:
    """Every minute those whose turn it is; the platforms of the demo are invented."""
    if settings.DISTRICT_DEMO:
        return
    for district_id in District.objects.values_list("pk", flat=True):
        check_platforms(district_id)
