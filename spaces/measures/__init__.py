"""Benchmarks and proofs of spaces: search, booking, and that nothing is booked twice."""

from district.measuring import register
from spaces.measures import booking, double_booking, lists, search

register(double_booking.PROOF, booking.BENCH, search.BENCH, lists.LISTS, lists.GROWTH)
