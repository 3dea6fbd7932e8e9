"""Local wall time of a district to instants, with the gaps and repeats of daylight saving."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from district.rules import RuleViolation


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a naive wall time. A repeated hour means its first pass.

    Raises RuleViolation("time_does_not_exist") in the gap when clocks go forward.
    """
    aware = local.replace(tzinfo=zone, fold=0)
    if not exists(aware):
        raise RuleViolation(
            "time_does_not_exist",
            _("This time does not exist: the clocks go forward that day."),
        )
    return aware


def exists(aware: datetime) -> bool:
    zone = aware.tzinfo
    there_and_back = (aware - (aware.utcoffset() or timedelta())).replace(tzinfo=ZoneInfo("UTC"))
    return there_and_back.astimezone(zone).replace(tzinfo=None) == aware.replace(tzinfo=None)
