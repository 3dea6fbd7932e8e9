"""Booking rules in words, each with the layer it comes from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.models import OrganizationKind
from district.rules import Text
from spaces.models import (
    CHECK_IN_OPENS,
    Approval,
    Audience,
    BookingPolicy,
    BookingRules,
    Building,
    CancellationRule,
    Space,
)
from spaces.rules import WEEKDAYS, resolve

Values = Mapping[str, Any]
HOUR: Final = 60
DAY: Final = 24 * HOUR
TOLD_WITH_ANOTHER: Final = {"strike_days", "strike_block_days"}


@dataclass(frozen=True)
class PolicyRow:
    label: Text
    value: str
    source: str
    is_own: bool


def duration(minutes: int) -> str:
    """Days, hours or minutes, whichever comes out whole."""
    if minutes and minutes % DAY == 0:
        return ngettext("%(n)d day", "%(n)d days", minutes // DAY) % {"n": minutes // DAY}
    if minutes and minutes % HOUR == 0:
        return ngettext("%(n)d hour", "%(n)d hours", minutes // HOUR) % {"n": minutes // HOUR}
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def spans_text(spans: Sequence[Sequence[int]]) -> str:
    return ", ".join(f"{clock(start)}–{clock(end)}" for start, end in spans)


def opening_rows(opening: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Opening hours as (days, hours), neighbouring days with the same hours together."""
    groups: list[tuple[list[str], str]] = []
    for day in WEEKDAYS:
        text = spans_text(opening.get(day, []))
        if groups and groups[-1][1] == text:
            groups[-1][0].append(day)
        else:
            groups.append(([day], text))
    return [(_days(days), text or _("Closed")) for days, text in groups]


def closure_rows(closures: Sequence[Mapping[str, str]], today: date) -> list[dict[str, str]]:
    """Closures that are not over: {"days", "reason"}, both days included."""
    rows = []
    for closure in closures:
        first, last = date.fromisoformat(closure["from"]), date.fromisoformat(closure["to"])
        if last >= today:
            days = [date_format(day, "SHORT_DATE_FORMAT") for day in sorted({first, last})]
            rows.append({"days": "–".join(days), "reason": closure.get("reason", "")})
    return rows


def policy_rows(layers: Sequence[BookingPolicy], space: Space | None) -> list[PolicyRow]:
    """The rules that layers make, nearest first; `space` is the one they are looked at from."""
    resolved = resolve(layers)
    rows = []
    for field, label, words in _described():
        if field in TOLD_WITH_ANOTHER:
            continue
        source = resolved.sources[field]
        own = source is not None and space is not None and source.space_id == space.pk
        rows.append(PolicyRow(label, words(resolved.values), source_name(source, space), own))
    return rows


def source_name(source: BookingPolicy | None, space: Space | None = None) -> str:
    if source is None:
        return _("Standard")
    if source.space_id is not None:
        if space is not None and source.space_id == space.pk:
            return _("Set here")
        return _("From %(name)s") % {"name": source.space.name if source.space else ""}
    if source.building_id is not None:
        place: Building | None = source.building
        return _("From %(name)s") % {"name": place.name if place else ""}
    return _("From the district")


def words_of(field: str, values: Values) -> str:
    """One rule in words, for the hint of its form field."""
    words = {name: word for name, _label, word in _described()}
    return words[field](values) if field in words else ""


def _described() -> list[tuple[str, Text, Callable[[Values], str]]]:
    return [
        ("window_days", _("Can be booked"), _window),
        ("notice_minutes", _("Notice"), _notice),
        ("min_minutes", _("Shortest"), lambda v: duration(v["min_minutes"])),
        ("max_minutes", _("Longest"), lambda v: duration(v["max_minutes"])),
        ("grid_minutes", _("Steps"), lambda v: duration(v["grid_minutes"])),
        ("setup_minutes", _("Set-up before"), lambda v: duration(v["setup_minutes"])),
        ("cleanup_minutes", _("Clean-up after"), lambda v: duration(v["cleanup_minutes"])),
        ("audience", _("Who may book"), _audience),
        ("approval", _("Approval"), _approval),
        ("approval_above_people", _("Approval for large groups"), _approval_above),
        ("holds_when_requested", _("While waiting"), _waiting),
        ("quota_minutes_per_month", _("Quota"), _quota),
        ("hourly_price", _("Price per hour"), lambda v: f"{v['hourly_price']:.2f}"),
        ("rates", _("Other rates"), _rates),
        ("cancellation", _("Cancellation"), _cancellation),
        ("cancellation_fees", _("Fee for late cancelling"), _fees),
        ("offer_minutes", _("Offer from the waitlist"), lambda v: duration(v["offer_minutes"])),
        ("check_in_minutes", _("Check-in"), _check_in),
        ("strike_limit", _("No-shows"), _strikes),
        ("strike_days", _("Counted within"), lambda v: duration(v["strike_days"] * DAY)),
        ("strike_block_days", _("Blocked for"), lambda v: duration(v["strike_block_days"] * DAY)),
    ]


def _window(values: Values) -> str:
    days = values["window_days"]
    return ngettext("up to %(n)d day ahead", "up to %(n)d days ahead", days) % {"n": days}


def _notice(values: Values) -> str:
    minutes = values["notice_minutes"]
    return _("at least %(time)s ahead") % {"time": duration(minutes)} if minutes else _("none")


def _audience(values: Values) -> str:
    labels = dict(Audience.choices)
    return ", ".join(str(labels[item]) for item in values["audience"]) or _("nobody")


def _approval(values: Values) -> str:
    return str(Approval(values["approval"]).label)


def _approval_above(values: Values) -> str:
    people = values["approval_above_people"]
    if people is None:
        return _("no limit")
    return ngettext("for more than %(n)d person", "for more than %(n)d people", people) % {
        "n": people
    }


def _waiting(values: Values) -> str:
    return _("the slot is kept") if values["holds_when_requested"] else _("the slot stays open")


def _quota(values: Values) -> str:
    minutes = values["quota_minutes_per_month"]
    if minutes is None:
        return _("no limit")
    return _("%(time)s per organisation and month") % {"time": duration(minutes)}


def _cancellation(values: Values) -> str:
    rule = CancellationRule(values["cancellation"])
    if rule is CancellationRule.NOTICE:
        time = duration(values["cancellation_notice_minutes"])
        return _("until %(time)s before") % {"time": time}
    return str(rule.label)


def _rates(values: Values) -> str:
    return "; ".join(f"{rate_text(rate)} {rate['price']}" for rate in values["rates"]) or _("none")


def rate_text(rate: Values) -> str:
    """When and for whom a rate holds: “Universities, Monday to Friday, 18:00–24:00”."""
    parts = [str(OrganizationKind(rate["kind"]).label)] if rate["kind"] else []
    if len(rate["days"]) < len(WEEKDAYS):
        parts.append(_days(rate["days"]))
    if (rate["from"], rate["to"]) != (0, DAY):
        parts.append(spans_text([(rate["from"], rate["to"])]))
    return _(", ").join(parts) or _("always")


def _fees(values: Values) -> str:
    steps = sorted(values["cancellation_fees"], key=lambda step: -int(step["minutes"]))
    words = [
        _("%(percent)d %% from %(time)s before")
        % {"percent": step["percent"], "time": duration(step["minutes"])}
        for step in steps
    ]
    return "; ".join(words) or _("none")


def _check_in(values: Values) -> str:
    minutes = values["check_in_minutes"]
    return _("within %(time)s") % {"time": duration(minutes)} if minutes else _("not asked for")


def _strikes(values: Values) -> str:
    limit = values["strike_limit"]
    if not limit:
        return _("nobody is blocked")
    return ngettext(
        "blocked for %(block)s after %(n)d within %(days)s",
        "blocked for %(block)s after %(n)d within %(days)s",
        limit,
    ) % {
        "n": limit,
        "days": duration(values["strike_days"] * DAY),
        "block": duration(values["strike_block_days"] * DAY),
    }


def said_of_check_in(rules: BookingRules) -> list[str]:
    """What a booker has to know: when to check in, and what becomes of those who do not come."""
    said = []
    if rules.check_in_minutes:
        opens = int(CHECK_IN_OPENS.total_seconds()) // 60
        said.append(
            _(
                "Check in from %(before)s before it starts until %(after)s after, at the door or "
                "on this site. Otherwise the space is given free."
            )
            % {"before": duration(opens), "after": duration(rules.check_in_minutes)}
        )
    if rules.strike_limit:
        said.append(
            ngettext(
                "Whoever does not come %(n)d time within %(days)s cannot book alone for %(block)s.",
                "Whoever does not come %(n)d times within %(days)s cannot book alone for "
                "%(block)s.",
                rules.strike_limit,
            )
            % {
                "n": rules.strike_limit,
                "days": duration(rules.strike_days * DAY),
                "block": duration(rules.strike_block_days * DAY),
            }
        )
    return said


def _days(days: Sequence[str]) -> str:
    names = [
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    ]
    first, last = names[int(days[0]) - 1], names[int(days[-1]) - 1]
    return first if len(days) == 1 else _("%(first)s to %(last)s") % {"first": first, "last": last}
