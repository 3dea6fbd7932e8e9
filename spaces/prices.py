"""What a use costs, and what giving it up late costs; exact, and rounded half up line by line.

Rates are an ordered list; the first whose day, time and kind of organisation fit is what an hour
costs, and the hourly price holds where none fits. They go by the wall clock, minutes by the real
one, so that a night on which clocks change costs what was used of it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final, Self
from zoneinfo import ZoneInfo

from django.utils import timezone

from spaces.models import Booking, BookingRules, BookingStatus

CENT: Final = Decimal("0.01")
ZERO: Final = Decimal("0.00")
STEP: Final = timedelta(minutes=5)  # rates begin and end on it, and so do all changes of clocks


@dataclass(frozen=True)
class PriceLine:
    """A stretch at one price an hour; `rate` is its place in the rules' rates, None for none."""

    starts_at: datetime
    ends_at: datetime
    hourly: Decimal
    rate: int | None
    amount: Decimal

    def times(self, seats: int) -> Self:
        """The same for several seats: what one costs, rounded, so many times."""
        return replace(self, amount=self.amount * seats)

    def frozen(self) -> dict[str, Any]:
        return {
            "from": self.starts_at.isoformat(),
            "to": self.ends_at.isoformat(),
            "hourly": str(self.hourly),
            "rate": self.rate,
            "amount": str(self.amount),
        }

    @classmethod
    def thawed(cls, line: Mapping[str, Any]) -> Self:
        return cls(
            datetime.fromisoformat(line["from"]),
            datetime.fromisoformat(line["to"]),
            Decimal(line["hourly"]),
            line["rate"],
            Decimal(line["amount"]),
        )


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def price_lines(
    rules: BookingRules,
    starts_at: datetime,
    ends_at: datetime,
    *,
    zone: ZoneInfo,
    kind: str = "",
) -> list[PriceLine]:
    """What [starts_at, ends_at) costs an organisation of a kind; none where it costs nothing."""
    if not rules.hourly_price and not rules.rates:
        return []
    lines = []
    for begins, ends, rate in _stretches(rules.rates, starts_at, ends_at, zone, kind):
        hourly = rules.hourly_price if rate is None else Decimal(rules.rates[rate]["price"])
        seconds = Decimal(int((ends - begins).total_seconds()))
        amount = rounded(hourly * seconds / 3600)
        lines.append(PriceLine(begins, ends, hourly, rate, amount))
    return lines if any(line.amount for line in lines) else []


def total(lines: Sequence[PriceLine]) -> Decimal:
    return sum((line.amount for line in lines), ZERO)


def _stretches(
    rates: Sequence[Mapping[str, Any]],
    starts_at: datetime,
    ends_at: datetime,
    zone: ZoneInfo,
    kind: str,
) -> Iterator[tuple[datetime, datetime, int | None]]:
    """The span cut where another rate begins."""
    fitting = [(place, rate) for place, rate in enumerate(rates) if rate["kind"] in ("", kind)]
    if not fitting:
        yield starts_at, ends_at, None
        return
    edge = starts_at
    current = _rate_at(fitting, starts_at, zone)
    moment = _next_step(starts_at)
    while moment < ends_at:
        rate = _rate_at(fitting, moment, zone)
        if rate != current:
            yield edge, moment, current
            edge, current = moment, rate
        moment += STEP
    yield edge, ends_at, current


def _next_step(moment: datetime) -> datetime:
    past = timedelta(seconds=moment.timestamp() % STEP.total_seconds())
    return moment.astimezone(UTC) - past + STEP


def _rate_at(
    fitting: Sequence[tuple[int, Mapping[str, Any]]], moment: datetime, zone: ZoneInfo
) -> int | None:
    local = moment.astimezone(zone)
    day, minute = str(local.isoweekday()), local.hour * 60 + local.minute
    for place, rate in fitting:
        if day in rate["days"] and rate["from"] <= minute < rate["to"]:
            return place
    return None


@dataclass(frozen=True)
class FeeStep:
    """From `after` on, giving a booking up costs `percent` of its price: `amount`."""

    after: datetime
    percent: int
    amount: Decimal

    @property
    def is_due(self) -> bool:
        return self.after <= timezone.now()


def fee_steps(booking: Booking) -> list[FeeStep]:
    """When cancelling costs how much, in the order of time; before the first it is free."""
    steps = sorted(booking.rules.cancellation_fees, key=lambda step: -int(step["minutes"]))
    return [
        FeeStep(
            booking.starts_at - timedelta(minutes=step["minutes"]),
            step["percent"],
            rounded(booking.price_amount * step["percent"] / 100),
        )
        for step in steps
    ]


def fee_due(booking: Booking, now: datetime) -> FeeStep | None:
    """What its booker owes by cancelling now; a request is withdrawn for nothing."""
    if booking.status == BookingStatus.REQUESTED or not booking.price_amount:
        return None
    return max((step for step in fee_steps(booking) if step.after <= now), default=None, key=_after)


def _after(step: FeeStep) -> datetime:
    return step.after
