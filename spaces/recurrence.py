"""When a series happens: rules of RFC 5545 over local days, expanded in wall time.

"Every Monday at nine" is nine on the wall, whatever daylight saving does; a time that does not
exist that day comes when the clocks have gone forward, as the standard has it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dateutil.rrule import rrule, rrulestr
from django.utils.translation import gettext_lazy as _

from district.rules import RuleViolation

FREQUENCIES: Final = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
PARTS: Final = ("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "COUNT", "UNTIL")
MOST_DATES: Final = 2000
NAMES: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Pattern:
    """On which days, and from when until when by the clock on the wall.

    `rule` is canonical (see `canonical`); `ends` at or before `begins` is on the day after.
    """

    rule: str
    starts_on: date
    begins: time
    ends: time

    def days(self) -> list[date]:
        """Its days in order. Raises RuleViolation("series_empty", "series_too_long")."""
        found = []
        for moment in _rrule(self.rule, self.starts_on):
            found.append(moment.date())
            if len(found) > MOST_DATES:
                raise RuleViolation(
                    "series_too_long",
                    _("A series has %(most)d dates at most.") % {"most": MOST_DATES},
                )
        if not found:
            raise RuleViolation("series_empty", _("No date fits this repetition."))
        return found

    def times(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Start and end of one date, in UTC; the end never comes before the start."""
        begins = datetime.combine(day, self.begins)
        ends = datetime.combine(day if self.ends > self.begins else day + DAY, self.ends)
        starts_at, ends_at = placed(begins, zone), placed(ends, zone)
        return starts_at, ends_at if ends_at > starts_at else starts_at + (ends - begins)

    def until(self, day: date) -> "Pattern":
        """The same, with its last date on or before a day."""
        parts = {key: value for key, value in parts_of(self.rule).items() if key != "COUNT"}
        last = min(day, _date(parts["UNTIL"])) if "UNTIL" in parts else day
        return replace(self, rule=_joined({**parts, "UNTIL": f"{last:%Y%m%d}"}))

    def since(self, day: date) -> "Pattern":
        """What is left of it from a day on; a count counts what is left."""
        left = [item for item in self.days() if item >= day]
        if not left:
            raise RuleViolation("series_empty", _("No date fits this repetition."))
        parts = parts_of(self.rule)
        if "COUNT" in parts:
            parts["COUNT"] = str(len(left))
        return replace(self, rule=_joined(parts), starts_on=left[0])


def placed(local: datetime, zone: ZoneInfo) -> datetime:
    """The instant of a wall time, in UTC: the first of two; where there is none, past the gap."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def canonical(text: str) -> str:
    """A rule as it is kept. Raises RuleViolation("series_rule", "series_endless")."""
    parts = parts_of(text.strip().upper().removeprefix("RRULE:"))
    if parts.get("FREQ") not in FREQUENCIES or not set(parts) <= {*PARTS, "WKST"}:
        raise _not_understood()
    for name in ("INTERVAL", "COUNT"):
        if not parts.get(name, "1").isdecimal() or not 1 <= int(parts.get(name, "1")) <= MOST_DATES:
            raise _not_understood()
    if "COUNT" not in parts and "UNTIL" not in parts:
        raise RuleViolation("series_endless", _("Say until when it repeats, or how often."))
    if "COUNT" in parts and "UNTIL" in parts:
        raise _not_understood()
    if "UNTIL" in parts:
        parts["UNTIL"] = f"{_date(parts['UNTIL']):%Y%m%d}"
    parts.pop("WKST", None)
    if parts.get("INTERVAL") == "1":
        del parts["INTERVAL"]
    rule = _joined(parts)
    _rrule(rule, date(2024, 1, 1))
    return rule


def parts_of(rule: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in rule.split(";") if part]
    if not all(separator and value for _key, separator, value in pairs):
        raise _not_understood()
    return {key: value for key, _separator, value in pairs}


def _joined(parts: Mapping[str, str]) -> str:
    return ";".join(f"{key}={parts[key]}" for key in PARTS if key in parts)


def _rrule(rule: str, starts_on: date) -> rrule:
    try:
        found = rrulestr(rule, dtstart=datetime.combine(starts_on, time.min))
    except (ValueError, TypeError, IndexError, KeyError) as error:
        raise _not_understood() from error
    assert isinstance(found, rrule)  # noqa: S101 - a set needs several lines
    return found


def _date(text: str) -> date:
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day, not a moment
    except ValueError as error:
        raise _not_understood() from error


def _not_understood() -> RuleViolation:
    return RuleViolation("series_rule", _("This repetition is not understood."))
