"""Whether anything of a plan has changed since somebody looked: one statement, no rows."""

from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, DecimalField, Func, QuerySet, Sum, TextField
from django.db.models.functions import Cast

from spaces.models import Booking, Hold, Occupancy, Space
from spaces.timescale import SLOT, Period


class _Print(Func):
    """A number for a row as it is now; every write of the row makes it another."""

    function = "hashtextextended"
    template = "%(function)s(%(expressions)s, 0)"
    arg_joiner = " || ':' || "
    output_field = BigIntegerField()


def revision_of(spaces: QuerySet[Space, Space], period: Period, now: datetime) -> str:
    """A mark of all that is drawn of these spaces; another after any change of it.

    It sums over rows, so that one that is gone is missed as one that came is counted. On a day
    that includes the present it also moves every five minutes, as what is past does.
    """
    begins, ends = period.begins, period.ends
    claims = Occupancy.objects.filter(space__holders__space__in=spaces)
    holds = Hold.objects.filter(space__holders__space__in=spaces, expires_at__gt=now)
    marks = _marks(claims.filter(ends_at__gt=begins, starts_at__lt=ends)).union(
        _marks(Booking.objects.filter(space__in=spaces).during(begins, ends)),
        _marks(holds.filter(ends_at__gt=begins, starts_at__lt=ends)),
        all=True,
    )
    seen = sorted(str(mark) for (mark,) in marks)
    tick = int(now.timestamp() // SLOT.total_seconds()) if begins <= now < ends else 0
    return "-".join([*seen, str(tick)])


def _marks(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    mark = _Print(Cast("id", TextField()), Cast("revision", TextField()))
    total = Sum(mark, output_field=DecimalField(max_digits=40, decimal_places=0))
    return rows.order_by().values("district_id").annotate(mark=total).values_list("mark")
