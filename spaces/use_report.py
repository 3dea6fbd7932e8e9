"""The page of the use of spaces, put together: figures, heat map, weeks, tables, hints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.actors import Actor
from district.lists import Cell, Column
from district.rules import Text
from district.templatetags.look import duration, figure, percent
from spaces.models import BookingStatus, Building, Space
from spaces.use import Period, Use, Uses, uses_of
from spaces.use_asked import Asked
from spaces.use_bookings import Conduct, Conducts, conduct_of
from spaces.use_demand import WEEKDAYS_SHORT, Demand, demand_for
from spaces.use_hints import Row, rows_of
from spaces.vitals import Vital

SHOWN: Final = 25
STEPS: Final = 8  # shades of the heat map


@dataclass(frozen=True)
class Shade:
    """A weekday's hour: how dark it is drawn, and per cent; None where it is closed."""

    step: int
    percent: int | None


@dataclass(frozen=True)
class Report:
    period: Period
    rows: Sequence[Row]
    uses: Uses
    conducts: Conducts
    demand: Demand


def report_for(actor: Actor, spaces: Sequence[Space], period: Period) -> Report:
    """Six statements, whatever the number of spaces and bookings."""
    uses, conducts = uses_of(spaces, period), conduct_of(spaces, period)
    demand = demand_for(actor, spaces, period)
    seats = _seats(spaces, uses)
    rows = [
        Row(
            space,
            uses.of([space.pk]),
            conducts.spaces.get(space.pk, Conduct()),
            demand.of_size(space),
        )
        for space in spaces
        if space.pk not in seats
    ]
    return Report(period, rows, uses, conducts, demand)


def _seats(spaces: Sequence[Space], uses: Uses) -> set[UUID]:
    """Single seats of areas that are shown themselves: an area's figures are those of its seats."""
    shown = {space.pk for space in spaces}
    return {
        space.pk
        for space in spaces
        if space.is_leaf and space.capacity == 1 and space.parent_id in shown
    }


def by_building(report: Report) -> list[tuple[Building, Use]]:
    """The most used first; rows come in the order of buildings."""
    found = []
    for _key, rows in groupby(report.rows, key=lambda row: row.space.building_id):
        listed = list(rows)
        found.append((listed[0].space.building, report.uses.of(row.space.pk for row in listed)))
    return sorted(found, key=lambda item: -(item[1].share or 0))


def heat_map(uses: Uses) -> list[tuple[int, list[Shade]]]:
    """From the first to the last hour of use, each with the seven days of the week.

    The busiest hour is the darkest, so that a pattern shows in quiet months too.
    """
    hours = sorted({hour for (_day, hour), use in uses.hours.items() if use.used})
    hours = hours or sorted({hour for _day, hour in uses.hours})
    drawn = range(hours[0], hours[-1] + 1) if hours else range(0)
    most = max((use.share or 0 for use in uses.hours.values()), default=0)
    return [
        (hour, [_shade(uses.hours.get((day, hour), Use()), most) for day in range(1, 8)])
        for hour in drawn
    ]


def _shade(use: Use, most: float) -> Shade:
    if use.share is None:
        return Shade(0, None)
    return Shade(ceil(use.share / most * STEPS) if use.used else 0, use.percent)


def weeks(uses: Uses) -> list[float]:
    """Per cent of each week that was open, the oldest first."""
    return [round(100 * use.share, 1) for use in uses.weeks.values() if use.share is not None]


def vitals(report: Report) -> list[Vital]:
    total, conduct = report.uses.total, report.conducts.total
    used = _("%(used)s of %(open)s hours")
    around = _("%(share)s on top of the booked time")
    late = _("%(n)d within a day of the start")
    return [
        Vital(
            _("Use of opening hours"),
            _share(total.share),
            used % {"used": _hours(total.used), "open": _hours(total.open)},
            trend=weeks(report.uses) if len(report.uses.weeks) > 1 else (),
        ),
        Vital(
            _("Set-up and clean-up"),
            f"{_hours(conduct.around)} h",
            around % {"share": _share(conduct.around_share)},
        ),
        _missed(total, conduct),
        Vital(_("Cancelled late"), _share(conduct.late_share), late % {"n": conduct.late}),
        Vital(_("Given back early"), _share(conduct.released_share), _("of the booked time")),
        _lengths(conduct),
    ]


def _missed(total: Use, conduct: Conduct) -> Vital:
    note = _("%(n)d of %(all)d; kept free in vain: %(share)s of opening hours") % {
        "n": conduct.missed,
        "all": conduct.held + conduct.missed,
        "share": _share(total.missed_share),
    }
    return Vital(_("No-show rate"), _share(conduct.missed_share), note)


def _lengths(conduct: Conduct) -> Vital:
    if not conduct.held:
        return Vital(_("Average length"), "–")
    ahead = _("booked %(lead)s ahead") % {"lead": duration(conduct.average_lead)}
    length = duration(conduct.average_minutes)
    return Vital(_("Average length"), length, ahead if conduct.average_lead else "")


def _hours(minutes: float) -> str:
    return figure(round(minutes / 60, 1))


def _share(share: float | None) -> str:
    return "–" if share is None else percent(round(share, 3))


def _exact(share: float | None) -> Any:
    return None if share is None else round(share, 4)


def _column(key: str, label: Text, value: Any) -> Column[Any]:
    return Column(key, label, lambda row: Cell(str(value(row) or "")), value=value, numeric=True)


COLUMNS: Final[Sequence[Column[Any]]] = (
    Column("space", gettext_lazy("Space"), lambda row: Cell(row.space.name)),
    Column("code", gettext_lazy("Code"), lambda row: Cell(row.space.code)),
    Column("building", gettext_lazy("Building"), lambda row: Cell(row.space.building.name)),
    _column("capacity", gettext_lazy("Capacity"), lambda row: row.space.capacity),
    _column("open", gettext_lazy("Open (h)"), lambda row: round(row.use.open / 60, 2)),
    _column("used", gettext_lazy("Used (h)"), lambda row: round(row.use.used / 60, 2)),
    _column("use", gettext_lazy("Utilisation"), lambda row: _exact(row.use.share)),
    _column("peak", gettext_lazy("Utilisation at peak"), lambda row: _exact(row.use.peak_share)),
    _column(
        "around",
        gettext_lazy("Set-up and clean-up (h)"),
        lambda row: round(row.conduct.around / 60, 2),
    ),
    _column("bookings", gettext_lazy("Bookings"), lambda row: row.conduct.held),
    _column(
        "people",
        gettext_lazy("People on average"),
        lambda row: _exact(row.conduct.average_people),
    ),
    _column("missed", gettext_lazy("No-shows"), lambda row: row.conduct.missed),
    _column(
        "missed_share", gettext_lazy("No-show rate"), lambda row: _exact(row.conduct.missed_share)
    ),
    _column("late", gettext_lazy("Cancelled late"), lambda row: row.conduct.late),
    _column(
        "released",
        gettext_lazy("Given back early"),
        lambda row: _exact(row.conduct.released_share),
    ),
    _column("unmet", gettext_lazy("Wishes not met"), lambda row: row.unmet),
)


def lines(report: Report, asked: Asked) -> list[Mapping[str, Any]]:
    """The most used first: figures in words, and where the rows behind them are."""
    return [
        {
            "space": row.space,
            "use": row.use,
            "conduct": row.conduct,
            "url": asked.url(space=row.space.pk),
            "peak": _share(row.use.peak_share),
            "people": _people(row.conduct),
            "missed": _share(row.conduct.missed_share),
            "released": _share(row.conduct.released_share),
            "bookings_url": rows_of(row.space, report.period),
            "missed_url": rows_of(row.space, report.period, BookingStatus.NO_SHOW),
        }
        for row in sorted(report.rows, key=lambda row: -(row.use.share or 0))
    ]


def _people(conduct: Conduct) -> str:
    average = conduct.average_people
    return "–" if average is None else figure(round(average, 1))


def context_of(report: Report, asked: Asked) -> Mapping[str, Any]:
    rows = lines(report, asked)
    return {
        "rows": rows if asked.everything else rows[:SHOWN],
        "count": len(rows),
        "all_rows_url": asked.url(all=1),
        "buildings": [
            (building, use, asked.url(building=building.pk))
            for building, use in by_building(report)
        ],
        "heat": heat_map(report.uses),
        "weekdays": WEEKDAYS_SHORT,
        "shades": range(STEPS + 1),
        "vitals": vitals(report),
        "demand": report.demand,
    }
