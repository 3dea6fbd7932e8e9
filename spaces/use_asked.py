"""What the page of the use of spaces is asked for: the address is the state, and always sound."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from district.actors import Actor
from district.ids import id_of
from district.lists import Chip
from district.models import Membership
from district.permissions import Permission, Reach, reach
from spaces.models import Building, Space, SpaceFunction
from spaces.statements import Month
from spaces.use import LENGTHS, Period

USUAL: Final = LENGTHS[0]


@dataclass(frozen=True)
class Asked:
    """A number of days or a month, and optionally a building, a function, one space."""

    days: int
    month: Month | None
    building_id: UUID | None
    function: str
    space_id: UUID | None
    everything: bool = False  # every row of the table, however many

    @classmethod
    def of(cls, params: QueryDict) -> Self:
        """What makes no sense is as if not asked for."""
        days = params.get("days", "")
        month, function = params.get("month", ""), params.get("function", "")
        return cls(
            int(days) if days in {str(length) for length in LENGTHS} else USUAL,
            Month.asked(month) if month else None,
            id_of(params.get("building", "")),
            function if function in SpaceFunction.values else "",
            id_of(params.get("space", "")),
            "all" in params,
        )

    @property
    def period(self) -> Period:
        return Period.of_month(self.month) if self.month else Period.of_days(self.days)

    def url(self, **changed: object) -> str:
        """The same page with something else; choosing a length forgets the month."""
        query: dict[str, object] = {
            "days": "" if self.month else self.days,
            "month": f"{self.month.first:%Y-%m}" if self.month else "",
            "building": self.building_id,
            "function": self.function,
            "space": self.space_id,
            **changed,
        }
        return f"?{urlencode({key: value for key, value in query.items() if value})}"

    def spaces(self, actor: Actor) -> QuerySet[Space, Space]:
        rows = in_reach(actor)
        if self.building_id:
            rows = rows.filter(building_id=self.building_id)
        if self.function:
            rows = rows.filter(function=self.function)
        if self.space_id:
            rows = rows.filter(pk=self.space_id)
        return rows.select_related("building", "floor").order_by("building__code", "code", "id")

    def lengths(self) -> list[Chip]:
        return [
            Chip(
                _("%(n)d days") % {"n": length},
                self.url(days=length, month=""),
                self.month is None and self.days == length,
            )
            for length in LENGTHS
        ]

    def buildings(self, known: Sequence[Building]) -> list[Chip]:
        chips = [Chip(_("All buildings"), self.url(building="", space=""), not self.building_id)]
        return chips + [
            Chip(row.name, self.url(building=row.pk, space=""), row.pk == self.building_id)
            for row in known
        ]

    def functions(self) -> list[Chip]:
        chips = [Chip(_("All functions"), self.url(function="", space=""), not self.function)]
        return chips + [
            Chip(label, self.url(function=key, space=""), key == self.function)
            for key, label in SpaceFunction.choices
        ]

    def months(self) -> Mapping[str, str]:
        """The months beside the one shown, or this one and the last."""
        month = self.month or Month.asked("")
        return {
            "before": self.url(days="", month=f"{month.previous:%Y-%m}"),
            "this": self.url(days="", month=f"{month.first:%Y-%m}"),
            "after": ""
            if not month.is_over
            else self.url(days="", month=f"{month.following:%Y-%m}"),
        }


def in_reach(actor: Actor) -> QuerySet[Space, Space]:
    """What can be booked, in the district or in the actor's area."""
    rows: QuerySet[Space, Space] = Space.objects.bookable()
    if reach(actor, Permission.BOOKINGS_VIEW) is Reach.AREA and isinstance(actor, Membership):
        return rows.filter(building__community=actor.community)
    return rows


def buildings_in_reach(actor: Actor) -> list[Building]:
    used = in_reach(actor).values("building_id")
    return list(Building.objects.filter(pk__in=used).order_by("code"))
