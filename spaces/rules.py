"""Booking rules: resolving policies into rules, and judging a wish against them."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from district.rules import RuleViolation
from spaces.models import Approval, Audience, BookingPolicy, BookingRules, CancellationRule

DAY_MINUTES: Final = 24 * 60
FARTHEST: Final = timedelta(days=5 * 365)  # whatever the window: beyond it is a slip of the hand
OPEN_FOR: Final = timedelta(minutes=15)
WEEKDAYS: Final = tuple("1234567")

# What holds where no policy says anything: weekdays 8 to 20, thirty days ahead.
DEFAULTS: Final[Mapping[str, Any]] = {
    "opening": {day: [[8 * 60, 20 * 60]] for day in "12345"},
    "window_days": 30,
    "notice_minutes": 0,
    "min_minutes": 30,
    "max_minutes": 8 * 60,
    "grid_minutes": 30,
    "setup_minutes": 0,
    "cleanup_minutes": 0,
    "audience": [Audience.COMPANIES, Audience.PARTNERS],
    "approval": Approval.NEVER,
    "approval_above_people": None,
    "holds_when_requested": True,
    "quota_minutes_per_month": None,
    "hourly_price": Decimal("0.00"),
    "rates": [],
    "cancellation_fees": [],
    "cancellation": CancellationRule.FREE,
    "cancellation_notice_minutes": 0,
    "offer_minutes": 30,
    "check_in_minutes": 0,
    "strike_limit": 0,
    "strike_days": 90,
    "strike_block_days": 14,
}


@dataclass(frozen=True)
class Resolved:
    """Rules in force, and for each field the policy it comes from (None: the product's default)."""

    values: Mapping[str, Any]
    sources: Mapping[str, BookingPolicy | None]

    def digest(self) -> str:
        canonical = json.dumps(self.values, sort_keys=True, default=str, ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()


def resolve(layers: Sequence[BookingPolicy]) -> Resolved:
    """Rules of a space from its policies, nearest first: space, parents, building, district."""
    values: dict[str, Any] = {}
    sources: dict[str, BookingPolicy | None] = {}
    for name, default in DEFAULTS.items():
        layer = next((item for item in layers if getattr(item, name) not in (None, "")), None)
        values[name] = default if layer is None else getattr(layer, name)
        sources[name] = layer
    values["closures"] = sorted(
        (closure for layer in layers for closure in layer.closures),
        key=lambda closure: (closure["from"], closure["to"]),
    )
    values["hourly_price"] = Decimal(values["hourly_price"]).quantize(Decimal("0.01"))
    return Resolved(values, sources)


def stored(resolved: Resolved) -> BookingRules:
    """The one row that holds exactly these rules."""
    rules, _created = BookingRules.objects.get_or_create(
        digest=resolved.digest(), defaults=dict(resolved.values)
    )
    return rules


def opening_on(rules: BookingRules, day: date) -> list[tuple[int, int]]:
    """Opening spans of a local day in minutes after midnight; none where it is closed."""
    if closure_on(rules, day) is not None:
        return []
    return [(start, end) for start, end in rules.opening.get(str(day.isoweekday()), [])]


def closure_on(rules: BookingRules, day: date) -> Mapping[str, str] | None:
    text = day.isoformat()
    return next((item for item in rules.closures if item["from"] <= text <= item["to"]), None)


def is_open(rules: BookingRules, starts_at: datetime, ends_at: datetime, zone: ZoneInfo) -> bool:
    """Whether the whole span lies within opening hours, judged in local wall time.

    Spans that touch at midnight count as one, so a place open day and night can be used across it.
    """
    start, end = starts_at.astimezone(zone), ends_at.astimezone(zone)
    day, position = start.date(), start.hour * 60 + start.minute
    while True:
        last = end.date() == day
        goal = end.hour * 60 + end.minute if last else DAY_MINUTES
        if last and day == start.date() and goal <= position and ends_at > starts_at:
            # Clocks went back meanwhile: the hours that were passed twice.
            position, goal = min(position, goal) // 60 * 60, -(-max(position, goal, 1) // 60) * 60
        if goal > position and not _covered(opening_on(rules, day), position, goal):
            return False
        if last:
            return True
        day, position = day + timedelta(days=1), 0


def is_open_now(rules: BookingRules | None, now: datetime, zone: ZoneInfo) -> bool:
    """Open for a while yet: what “free now” asks for wherever it is said or counted."""
    return rules is not None and is_open(rules, now, now + OPEN_FOR, zone)


def _covered(spans: Iterable[tuple[int, int]], start: int, end: int) -> bool:
    return any(opens <= start and end <= closes for opens, closes in spans)


def judge(
    rules: BookingRules,
    starts_at: datetime,
    ends_at: datetime,
    *,
    zone: ZoneInfo,
    now: datetime | None = None,
) -> None:
    """Refuse a span the rules do not allow. Raises RuleViolation; the code names the rule.

    Staff are not bound by window, notice, duration, grid or hours: they do not call this.
    """
    for violation in broken_rules(rules, starts_at, ends_at, zone=zone, now=now):
        raise violation


def broken_rules(
    rules: BookingRules,
    starts_at: datetime,
    ends_at: datetime,
    *,
    zone: ZoneInfo,
    now: datetime | None = None,
) -> list[RuleViolation]:
    """Every rule that a span breaks, the most basic first; none where companies could book it."""
    now = now or timezone.now()
    if starts_at < now:
        return [RuleViolation("booking_in_past", _("This time has already passed."))]
    if ends_at <= starts_at:
        return [RuleViolation("booking_times_in_order", _("It must end after it starts."))]
    if starts_at > now + FARTHEST:
        return [RuleViolation("booking_too_far", _("This date is too far away."))]
    return [
        *_broken_length(rules, starts_at, ends_at),
        *_broken_grid(rules, starts_at, ends_at, zone),
        *_broken_ahead(rules, starts_at, now),
        *_broken_hours(rules, starts_at, ends_at, zone),
    ]


def _broken_length(
    rules: BookingRules, starts_at: datetime, ends_at: datetime
) -> Iterator[RuleViolation]:
    minutes = (ends_at - starts_at).total_seconds() / 60
    if not rules.min_minutes <= minutes <= rules.max_minutes:
        yield RuleViolation(
            "booking_duration",
            _("This space is booked for %(shortest)d to %(longest)d minutes.")
            % {"shortest": rules.min_minutes, "longest": rules.max_minutes},
        )


def _broken_grid(
    rules: BookingRules, starts_at: datetime, ends_at: datetime, zone: ZoneInfo
) -> Iterator[RuleViolation]:
    local = starts_at.astimezone(zone)
    minutes = (ends_at - starts_at).total_seconds() / 60
    off = (local.hour * 60 + local.minute) % rules.grid_minutes or local.second
    if off or local.microsecond or minutes % rules.grid_minutes:
        yield RuleViolation(
            "booking_grid",
            _("Please book in steps of %(grid)d minutes.") % {"grid": rules.grid_minutes},
        )


def _broken_ahead(
    rules: BookingRules, starts_at: datetime, now: datetime
) -> Iterator[RuleViolation]:
    if starts_at < now + timedelta(minutes=rules.notice_minutes):
        yield RuleViolation(
            "booking_notice",
            ngettext_lazy(
                "Please book at least %(minutes)d minute ahead.",
                "Please book at least %(minutes)d minutes ahead.",
                rules.notice_minutes,
            )
            % {"minutes": rules.notice_minutes},
        )
    if starts_at > now + timedelta(days=rules.window_days):
        yield RuleViolation(
            "booking_window",
            ngettext_lazy(
                "This space can be booked at most %(days)d day ahead.",
                "This space can be booked at most %(days)d days ahead.",
                rules.window_days,
            )
            % {"days": rules.window_days},
        )


def _broken_hours(
    rules: BookingRules, starts_at: datetime, ends_at: datetime, zone: ZoneInfo
) -> Iterator[RuleViolation]:
    """Outside hours is no refusal where it only wants approval; a closure always is."""
    if is_open(rules, starts_at, ends_at, zone):
        return
    if rules.approval != Approval.OUTSIDE or _touches_closure(rules, starts_at, ends_at, zone):
        yield RuleViolation("booking_closed", _("The space is not open at that time."))


def judge_longer(
    rules: BookingRules, starts_at: datetime, ends_at: datetime, *, zone: ZoneInfo
) -> None:
    """Refuse a later end of what runs: its length, and the hours, closures among them.

    Raises RuleViolation("booking_duration", "booking_closed"). What would need an approval outside
    opening hours is not to be had this way.
    """
    if ends_at - starts_at > timedelta(minutes=rules.max_minutes):
        raise RuleViolation(
            "booking_duration",
            _("This space is booked for %(longest)d minutes at most.")
            % {"longest": rules.max_minutes},
        )
    if not is_open(rules, starts_at, ends_at, zone):
        raise RuleViolation("booking_closed", _("The space is not open at that time."))


def length_of_step(rules: BookingRules) -> timedelta:
    """Half an hour, or the first longer length that the grid allows."""
    grid = rules.grid_minutes
    return timedelta(minutes=-(-30 // grid) * grid)


def step_begun(rules: BookingRules, moment: datetime, zone: ZoneInfo) -> datetime:
    """When the step of the grid that runs at a moment began, by the wall clock."""
    local = moment.astimezone(zone).replace(second=0, microsecond=0)
    return local - timedelta(minutes=(local.hour * 60 + local.minute) % rules.grid_minutes)


def _touches_closure(
    rules: BookingRules, starts_at: datetime, ends_at: datetime, zone: ZoneInfo
) -> bool:
    first = starts_at.astimezone(zone).date().isoformat()
    last = (ends_at - timedelta(microseconds=1)).astimezone(zone).date().isoformat()
    return any(item["from"] <= last and first <= item["to"] for item in rules.closures)


def needs_approval(rules: BookingRules, attendee_count: int, *, within_hours: bool = True) -> bool:
    above = rules.approval_above_people
    return (
        rules.approval == Approval.ALWAYS
        or (rules.approval == Approval.OUTSIDE and not within_hours)
        or (above is not None and attendee_count > above)
    )
