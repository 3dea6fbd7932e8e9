"""What became free goes to those who wait: who they are, and how it is kept for them meanwhile.

Two wait: dates of series that were skipped because their time was taken, and entries of the
waitlist. Whoever gives something back does it inside `freeing`, holding the locks of the leaves.
Joining the waitlist takes the same locks, so that nobody waits for what was freed a moment before.
"""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from district.tenancy.scope import current_district_id
from district.waker import wake
from spaces.models import Hold

HEAL: Final = "spaces.heal"
KEPT_FOR: Final = timedelta(minutes=2)  # beat comes every minute: a dead worker blocks nobody long
CONFLICTS: Final = ("occupancy_no_overlap", "occupancy_held")

# What is wanted: of skipped dates (`turn` 0) in the order in which their series were made, of the
# waitlist (1) in the order in which people joined; with the time it would claim. Where nobody
# waits, these are two empty indexes.
WANTED: Final = """
SELECT 0 AS turn, series.created_at AS since, skipped.id, series.space_id, NULL::integer AS seats,
  (skipped.on + series.begins) AT TIME ZONE district.time_zone
    - rules.setup_minutes * interval '1 minute' AS claims_from,
  (skipped.on + series.ends + CASE WHEN series.ends <= series.begins THEN interval '1 day'
                                   ELSE interval '0' END) AT TIME ZONE district.time_zone
    + rules.cleanup_minutes * interval '1 minute' AS claims_until
FROM spaces_seriesdate skipped
JOIN spaces_series series
  ON series.district_id = skipped.district_id AND series.id = skipped.series_id
JOIN spaces_space space
  ON space.district_id = series.district_id AND space.id = series.space_id
JOIN spaces_bookingrules rules
  ON rules.district_id = space.district_id AND rules.id = space.rules_id
JOIN district_district district ON district.id = skipped.district_id
WHERE skipped.district_id = %(district)s AND skipped.state = 'skipped'
  AND skipped.reason = ANY(%(conflicts)s) AND skipped.on >= %(today)s
UNION ALL
SELECT 1, entry.joined_at, entry.id, entry.space_id, entry.seat_count,
  entry.starts_at - rules.setup_minutes * interval '1 minute',
  entry.ends_at + rules.cleanup_minutes * interval '1 minute'
FROM spaces_waitlistentry entry
JOIN spaces_space space
  ON space.district_id = entry.district_id AND space.id = entry.space_id
JOIN spaces_bookingrules rules
  ON rules.district_id = space.district_id AND rules.id = space.rules_id
WHERE entry.district_id = %(district)s AND entry.status = 'waiting'
  AND entry.starts_at > %(now)s
"""

WAITED_FOR: Final = f"""
SELECT gone.space_id, gone.starts_at, gone.ends_at FROM {{table}} gone
WHERE gone.district_id = %(district)s AND gone.{{column}} = ANY(%(sources)s)
  AND gone.ends_at > %(now)s
  AND EXISTS (
    SELECT 1 FROM ({WANTED}) wanted
    JOIN spaces_spaceleaf part
      ON part.district_id = %(district)s AND part.space_id = wanted.space_id
    WHERE part.leaf_id = gone.space_id
      AND wanted.claims_from < gone.ends_at AND wanted.claims_until > gone.starts_at
  )
"""  # noqa: S608 - our own text

# A leaf is free where its first claim that ends after the span begins does not begin before the
# span ends, and nobody holds it; what is kept for those who wait is free to them.
FITTING: Final = f"""
FROM ({WANTED}) wanted
CROSS JOIN LATERAL (
  SELECT count(*) AS leaves,
    count(*) FILTER (WHERE is_free) AS free,
    count(*) FILTER (WHERE is_free AND is_seat) AS free_seats
  FROM (
    SELECT leaf.capacity = 1 AND leaf.bookable AS is_seat,
      coalesce((
        SELECT claim.starts_at FROM spaces_occupancy claim
        WHERE claim.district_id = part.district_id AND claim.space_id = part.leaf_id
          AND claim.ends_at > wanted.claims_from
        ORDER BY claim.ends_at LIMIT 1
      ) >= wanted.claims_until, true)
      AND NOT EXISTS (
        SELECT 1 FROM spaces_hold hold
        WHERE hold.district_id = part.district_id AND hold.space_id = part.leaf_id
          AND hold.ends_at > wanted.claims_from AND hold.starts_at < wanted.claims_until
          AND hold.expires_at > %(now)s
          AND (hold.person_id IS NOT NULL OR hold.entry_id IS NOT NULL)
      ) AS is_free
    FROM spaces_spaceleaf part
    JOIN spaces_space leaf
      ON leaf.district_id = part.district_id AND leaf.id = part.leaf_id AND leaf.ended_at IS NULL
    WHERE part.district_id = %(district)s AND part.space_id = wanted.space_id
  ) leaves
) found
WHERE wanted.claims_from > %(now)s - interval '1 day'
  AND CASE WHEN wanted.seats IS NULL THEN found.leaves > 0 AND found.free = found.leaves
           ELSE found.free_seats >= wanted.seats END
"""  # noqa: S608 - our own text

SERVED_NEXT: Final = f"""
SELECT wanted.turn, wanted.id, wanted.space_id {FITTING}
  AND (%(ids)s::uuid[] IS NULL OR wanted.id = ANY(%(ids)s::uuid[]))
ORDER BY wanted.turn, wanted.since, wanted.id
LIMIT %(limit)s
"""

# The whole time of each that fits now that something is gone: the rest of it was free before. Of
# seats only those that are gone.
TO_KEEP: Final = f"""
SELECT DISTINCT part.leaf_id, fits.claims_from, fits.claims_until
FROM (SELECT wanted.* {FITTING}) fits
JOIN spaces_spaceleaf part
  ON part.district_id = %(district)s AND part.space_id = fits.space_id
WHERE (fits.seats IS NULL OR part.leaf_id = ANY(%(leaves)s))
  AND EXISTS (
    SELECT 1
    FROM unnest(%(leaves)s::uuid[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
      AS gone (leaf_id, starts_at, ends_at)
    JOIN spaces_spaceleaf own
      ON own.district_id = %(district)s AND own.leaf_id = gone.leaf_id
    WHERE own.space_id = fits.space_id
      AND fits.claims_from < gone.ends_at AND fits.claims_until > gone.starts_at
  )
"""  # noqa: S608 - our own text


@dataclass(frozen=True)
class Wanted:
    """Something waited for that is free now: a date of a series, or an entry of the waitlist."""

    is_date: bool
    id: UUID
    space_id: UUID


def fitting(*, ids: Collection[UUID] | None = None, limit: int) -> list[Wanted]:
    """What is waited for and free now, in the order in which it is to be served; one statement."""
    rows = _rows(SERVED_NEXT, ids=None if ids is None else list(ids), limit=limit)
    return [Wanted(turn == 0, pk, space_id) for turn, pk, space_id in rows]


@contextmanager
def freeing(source_ids: Sequence[UUID]) -> Iterator[None]:
    """Claims of the sources go inside; what of them is not claimed anew goes to those who wait.

    What the first of them can have now is kept (a Hold of nobody) from the same commit on. One
    statement, and two more where somebody waits. The leaves, and those that share a space with
    them, must be locked.
    """
    statement = WAITED_FOR.format(table="spaces_occupancy", column="source_id")
    gone = _rows(statement, sources=list(source_ids)) if source_ids else []
    yield
    _keep(gone)


@contextmanager
def letting_go(hold_ids: Sequence[UUID]) -> Iterator[None]:
    """The same for holds that end before their time."""
    statement = WAITED_FOR.format(table="spaces_hold", column="id")
    gone = _rows(statement, sources=list(hold_ids)) if hold_ids else []
    yield
    _keep(gone)


def _keep(gone: Sequence[tuple[UUID, datetime, datetime]]) -> None:
    """Nobody's hold for all that whoever fits now wants; nothing where nobody does."""
    if not gone:
        return
    leaves, starts, ends = (list(column) for column in zip(*gone, strict=True))
    expires_at = timezone.now() + KEPT_FOR
    kept = Hold.objects.bulk_create(
        Hold(space_id=leaf_id, starts_at=starts_at, ends_at=ends_at, expires_at=expires_at)
        for leaf_id, starts_at, ends_at in _rows(TO_KEEP, leaves=leaves, starts=starts, ends=ends)
    )
    if kept:
        wake_healing()


def wake_healing() -> None:
    """Once this is committed; a broker that is down loses nothing, it comes every minute."""
    district_id = current_district_id()
    transaction.on_commit(lambda: wake(district_id, HEAL), robust=True)


def _rows(statement: str, **values: Any) -> list[Any]:
    now = timezone.now()
    common: dict[str, Any] = {
        "district": current_district_id(),
        "conflicts": list(CONFLICTS),
        "now": now,
        "today": (now - timedelta(days=1)).date(),
    }
    with connection.cursor() as cursor:
        cursor.execute(statement, {**common, **values})
        return cursor.fetchall()
