"""Prices in words: how one came about, and what giving a booking up costs when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from spaces.models import Booking, BookingRules
from spaces.policy_table import rate_text
from spaces.prices import FeeStep, PriceLine, fee_steps


@dataclass(frozen=True)
class PriceRow:
    """A line of a price: when, at which rate, what an hour costs, what the line comes to."""

    starts_at: datetime
    ends_at: datetime
    rate: str
    hourly: Decimal
    amount: Decimal


def price_rows(rules: BookingRules, lines: Iterable[PriceLine]) -> list[PriceRow]:
    return [
        PriceRow(
            line.starts_at,
            line.ends_at,
            _("Standard rate") if line.rate is None else rate_text(rules.rates[line.rate]),
            line.hourly,
            line.amount,
        )
        for line in lines
    ]


def frozen_rows(booking: Booking) -> list[PriceRow]:
    """How the price of a booking came about, as it was agreed."""
    return price_rows(booking.rules, map(PriceLine.thawed, booking.price_lines))


def fees_to_come(booking: Booking) -> list[FeeStep]:
    """What cancelling will cost, from now on; none where it costs nothing or is not allowed."""
    if not booking.price_amount or not booking.is_free_to_cancel:
        return []
    now = timezone.now()
    steps = fee_steps(booking)
    past = [step for step in steps if step.after <= now]
    return [*past[-1:], *(step for step in steps if step.after > now)]
