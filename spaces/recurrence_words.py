"""A pattern in words, as people would say it."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from district.rules import Text
from district.templatetags.look import by_date
from spaces.forms.policy import DAYS
from spaces.recurrence import NAMES, Pattern, parts_of

PLACES: Final[dict[int, Text]] = {
    1: gettext_lazy("first"),
    2: gettext_lazy("second"),
    3: gettext_lazy("third"),
    4: gettext_lazy("fourth"),
    -1: gettext_lazy("last"),
}
WORKDAYS: Final = list(NAMES[:5])


def in_words(pattern: Pattern) -> str:
    """How it repeats, at what time, until when or how often."""
    parts = parts_of(pattern.rule)
    times = f"{pattern.begins:%H:%M}–{pattern.ends:%H:%M}"
    return _("%(repeats)s, %(times)s, %(end)s") % {
        "repeats": _repeats(pattern, parts),
        "times": times,
        "end": _end(parts),
    }


def _end(parts: dict[str, str]) -> str:
    if "COUNT" in parts:
        count = int(parts["COUNT"])
        return ngettext("%(n)d time", "%(n)d times", count) % {"n": count}
    last = datetime.strptime(parts["UNTIL"], "%Y%m%d").date()  # noqa: DTZ007 - a day
    return _("until %(day)s") % {"day": by_date(last)}


def _repeats(pattern: Pattern, parts: dict[str, str]) -> str:
    number = int(parts.get("INTERVAL", "1"))
    n = {"n": number}
    match parts["FREQ"]:
        case "DAILY":
            return _("Every day") if number == 1 else _("Every %(n)d days") % n
        case "WEEKLY":
            return _weekly(pattern, parts, number)
        case "MONTHLY":
            return _monthly(pattern, parts, number)
        case _:
            return _("Every year") if number == 1 else _("Every %(n)d years") % n


def _weekly(pattern: Pattern, parts: dict[str, str], number: int) -> str:
    days = parts.get("BYDAY", NAMES[pattern.starts_on.weekday()]).split(",")
    if days == WORKDAYS and number == 1:
        return _("Every workday")
    every = _("Every week on %(days)s") if number == 1 else _("Every %(n)d weeks on %(days)s")
    return every % {"n": number, "days": _listed(days)}


def _monthly(pattern: Pattern, parts: dict[str, str], number: int) -> str:
    every = _("Every month on %(days)s") if number == 1 else _("Every %(n)d months on %(days)s")
    found = re.fullmatch(r"(-?\d)(\w\w)", parts.get("BYDAY", ""))
    if found and int(found[1]) in PLACES:
        days = _("the %(place)s %(day)s") % {
            "place": PLACES[int(found[1])],
            "day": _listed([found[2]]),
        }
    else:
        day = parts.get("BYMONTHDAY", str(pattern.starts_on.day))
        days = _("day %(number)s") % {"number": day}
    return every % {"n": number, "days": days}


def _listed(days: Sequence[str]) -> str:
    names = [str(DAYS[NAMES.index(day[-2:])]) for day in days]
    return _(", ").join(names)
