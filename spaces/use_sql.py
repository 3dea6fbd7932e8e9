"""The statement behind spaces.use: opening hours cut at the hours of the clock, and what fills it.

Each booking is joined to its leaves and to the few hours it touches by equality, so that a year of
bookings is one pass. An hour that the clock strikes twice is one hour of twice the length; one that
it leaves out has none.
"""

from typing import Final

PEAK_DAYS: Final = (1, 5)
PEAK_HOURS: Final = (10, 15)


def _instant(local: str) -> str:
    """The moment of a wall time; of an hour that comes twice the first, as everywhere."""
    late = f"(({local}) AT TIME ZONE %(zone)s)"
    earlier = [
        f"WHEN (({late} - interval '{minutes} minutes') AT TIME ZONE %(zone)s) = ({local}) "
        f"THEN {late} - interval '{minutes} minutes'"
        for minutes in (60, 30)
    ]
    return f"CASE {' '.join(earlier)} ELSE {late} END"


def _minutes(begins: str, ends: str) -> str:
    return f"extract(epoch FROM {ends} - {begins})::float / 60"


_AT_PEAK: Final = (
    f"weekday BETWEEN {PEAK_DAYS[0]} AND {PEAK_DAYS[1]} "
    f"AND hour BETWEEN {PEAK_HOURS[0]} AND {PEAK_HOURS[1]}"
)

USE_SQL: Final = f"""
WITH unit AS MATERIALIZED (
  SELECT * FROM unnest(%(leaves)s::uuid[], %(rules)s::uuid[], %(seats)s::boolean[])
    AS unit (leaf_id, rules_id, is_seat)
), kept_by AS (
  SELECT rules_id, count(*) AS leaves FROM unit GROUP BY rules_id
), day AS (
  SELECT at::date AS day, extract(isodow FROM at)::int AS weekday
  FROM generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') AS at
), piece AS (
  SELECT kept_by.rules_id, kept_by.leaves, day.day, day.weekday, hour,
    day.day + make_interval(mins => greatest(hour * 60, (span ->> 0)::int)) AS opens,
    day.day + make_interval(mins => least(hour * 60 + 60, (span ->> 1)::int)) AS closes
  FROM kept_by
  JOIN spaces_bookingrules AS rules
    ON rules.district_id = %(district)s AND rules.id = kept_by.rules_id
  CROSS JOIN day
  CROSS JOIN jsonb_array_elements(rules.opening -> day.weekday::text) AS span
  CROSS JOIN generate_series((span ->> 0)::int / 60, ((span ->> 1)::int - 1) / 60) AS hour
  WHERE NOT EXISTS (
    SELECT FROM jsonb_array_elements(rules.closures) AS closure
    WHERE day.day BETWEEN (closure ->> 'from')::date AND (closure ->> 'to')::date
  )
), moment AS MATERIALIZED (
  SELECT rules_id, leaves, day, weekday, hour, {_instant("opens")} AS begins,
    least({_instant("closes")}, %(until)s) AS ends
  FROM piece
), slot AS MATERIALIZED (
  SELECT *, date_trunc('week', day)::date AS week FROM moment WHERE ends > begins
), asked AS MATERIALIZED (
  SELECT space_id, seat_count, starts_at, ends_at, status = 'no_show' AS missed,
    date_trunc('hour', starts_at AT TIME ZONE %(zone)s) AS first_hour,
    ends_at AT TIME ZONE %(zone)s AS last_hour
  FROM spaces_booking
  WHERE district_id = %(district)s AND status = ANY(%(counted)s)
    AND starts_at > %(earliest)s AND starts_at < %(until)s AND ends_at > %(since)s
), seats AS (
  SELECT pair.space_id, count(*) AS number
  FROM (SELECT DISTINCT space_id FROM asked WHERE seat_count IS NOT NULL) AS area
  JOIN spaces_spaceleaf AS pair
    ON pair.district_id = %(district)s AND pair.space_id = area.space_id
  JOIN spaces_space AS seat ON seat.district_id = %(district)s AND seat.id = pair.leaf_id
    AND seat.capacity = 1 AND seat.bookable
  GROUP BY pair.space_id
), touched AS MATERIALIZED (
  SELECT unit.leaf_id, unit.rules_id, asked.missed, asked.starts_at, asked.ends_at,
    wall::date AS day, extract(hour FROM wall)::int AS hour,
    CASE WHEN asked.seat_count IS NULL THEN 1
      ELSE least(1, asked.seat_count::float / seats.number) END AS part
  FROM asked
  JOIN spaces_spaceleaf AS pair
    ON pair.district_id = %(district)s AND pair.space_id = asked.space_id
  JOIN unit ON unit.leaf_id = pair.leaf_id AND (asked.seat_count IS NULL OR unit.is_seat)
  LEFT JOIN seats ON seats.space_id = asked.space_id
  CROSS JOIN generate_series(asked.first_hour, asked.last_hour, interval '1 hour') AS wall
), filled AS (
  SELECT leaf_id, slot.weekday, slot.hour, slot.week, missed,
    part * {_minutes("greatest(starts_at, begins)", "least(touched.ends_at, slot.ends)")} AS minutes
  FROM touched JOIN slot USING (rules_id, day, hour)
  WHERE slot.begins < touched.ends_at AND slot.ends > touched.starts_at
), opened AS (
  SELECT *, {_minutes("begins", "ends")} AS minutes FROM slot
)
SELECT leaf_id, NULL::uuid, weekday, hour, week, 0::float,
  coalesce(sum(minutes) FILTER (WHERE NOT missed), 0),
  coalesce(sum(minutes) FILTER (WHERE missed), 0), 0::float,
  coalesce(sum(minutes) FILTER (WHERE NOT missed AND {_AT_PEAK}), 0)
FROM filled GROUP BY GROUPING SETS ((leaf_id), (weekday, hour), (week))
UNION ALL
SELECT NULL, rules_id, NULL, NULL, NULL, sum(minutes), 0, 0,
  coalesce(sum(minutes) FILTER (WHERE {_AT_PEAK}), 0), 0
FROM opened GROUP BY rules_id
UNION ALL
SELECT NULL, NULL, weekday, hour, week, sum(minutes * leaves), 0, 0,
  coalesce(sum(minutes * leaves) FILTER (WHERE {_AT_PEAK}), 0), 0
FROM opened GROUP BY GROUPING SETS ((weekday, hour), (week))
"""  # noqa: S608 - of constants; what is asked for is passed apart
