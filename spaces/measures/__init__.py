"""Benchmarks and proofs of spaces: search, booking, and that nothing is booked twice."""

from district.measuring import register
from spaces.measures import (
    booking,
    double_booking,
    idempotency,
    ledger,
    lists,
    machine,
    search,
    series,
    timeline,
    waitlist,
)

register(
    double_booking.PROOF,
    idempotency.PROOF,
    ledger.LEDGER,
    ledger.BROKER,
    booking.BENCH,
    search.BENCH,
    lists.LISTS,
    lists.GROWTH,
    machine.PROOF,
    series.PROOF,
    waitlist.PROOF,
    timeline.BENCH,
)
