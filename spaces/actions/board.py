"""Many spans judged at once: who has the leaves of some spaces when, read in a few statements."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from spaces.actions.occupancy import Span, leaves_of_each, lock_leaves, span_of
from spaces.models import Booking, Hold, Occupancy, OccupancyKind


class Board:
    """What is taken of some spaces during a span; what is taken on it counts at once.

    It promises something only to whoever has locked the leaves before. What overlaps, as holds may,
    counts as one span, so that the neighbours of another decide whether it is free.
    """

    def __init__(
        self,
        space_ids: Collection[UUID],
        during: Span,
        *,
        leaving: QuerySet[Occupancy] | None = None,
        person_id: UUID | None = None,
    ):
        """`leaving` are claims that do not count; holds of `person_id` do not either."""
        self.leaves = leaves_of_each(space_ids)
        self._taken: dict[UUID, list[tuple[float, float]]] = defaultdict(list)
        leaf_ids = {leaf_id for leaves in self.leaves.values() for leaf_id in leaves}
        claims = Occupancy.objects.filter(space_id__in=leaf_ids)
        if leaving is not None:
            claims = claims.exclude(pk__in=leaving.values("pk"))
        holds = Hold.objects.in_force().against(person_id).filter(space_id__in=leaf_ids)
        for rows in (claims, holds):
            self._read(rows, during)
        for spans in self._taken.values():
            spans[:] = _merged(spans)

    def _read(self, rows: QuerySet[Occupancy] | QuerySet[Hold], during: Span) -> None:
        within = rows.filter(ends_at__gt=during.starts_at, starts_at__lt=during.ends_at)
        spans = within.values_list("space_id", "starts_at", "ends_at")
        for leaf_id, starts_at, ends_at in spans:
            self._taken[leaf_id].append((starts_at.timestamp(), ends_at.timestamp()))

    def is_free(self, space_id: UUID, span: Span) -> bool:
        begins, ends = span.starts_at.timestamp(), span.ends_at.timestamp()
        leaves = self.leaves.get(space_id, ())
        return bool(leaves) and all(_fits(self._taken[leaf], begins, ends) for leaf in leaves)

    def take(self, space_id: UUID, span: Span) -> None:
        for leaf_id in self.leaves[space_id]:
            insort(self._taken[leaf_id], (span.starts_at.timestamp(), span.ends_at.timestamp()))

    def copy(self) -> "Board":
        twin = object.__new__(Board)
        twin.leaves = self.leaves
        twin._taken = defaultdict(list, {leaf: list(spans) for leaf, spans in self._taken.items()})
        return twin


def _merged(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for begins, ends in sorted(spans):
        if found and begins < found[-1][1]:
            found[-1] = (found[-1][0], max(ends, found[-1][1]))
        else:
            found.append((begins, ends))
    return found


def _fits(taken: list[tuple[float, float]], begins: float, ends: float) -> bool:
    place = bisect_left(taken, (begins, begins))
    before_is_over = place == 0 or taken[place - 1][1] <= begins
    return before_is_over and (place == len(taken) or taken[place][0] >= ends)


def lock_leaves_of(bookings: Iterable[Booking]) -> None:
    leaves = leaves_of_each({booking.space_id for booking in bookings})
    lock_leaves(leaf_id for each in leaves.values() for leaf_id in each)


def board_of(bookings: Sequence[Booking], leaving: Sequence[Booking] = ()) -> Board:
    """What is taken where these want to be, without the claims of those that leave."""
    if not bookings:
        now = timezone.now()
        return Board([], Span(now, now))
    during = Span(
        min(span_of(booking).starts_at for booking in bookings),
        max(span_of(booking).ends_at for booking in bookings),
    )
    return Board(
        {booking.space_id for booking in bookings},
        during,
        leaving=Occupancy.objects.filter(
            kind=OccupancyKind.BOOKING, source_id__in=[booking.pk for booking in leaving]
        ),
        person_id=bookings[0].person_id,
    )
