"""Days as people write them into an address."""

from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils import timezone

LATEST_YEAR: Final = 9000


def midnight(value: str, *, days: int = 0) -> datetime:
    """The start of a day in the district, or of one after it; ValueError for what is no day."""
    day = date.fromisoformat(value)
    if not 1900 <= day.year <= LATEST_YEAR:
        raise ValueError(value)
    return datetime.combine(
        day + timedelta(days=days), time(), tzinfo=timezone.get_current_timezone()
    )
