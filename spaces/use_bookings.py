"""How people keep to what they booked in a period: who comes, who gives up late, who leaves early.

Bookings count where they begin in the period. A booking is given up late within a day of its start;
what was released early is what `end_booking` took off the end of those that were in use.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import connection

from district.models import Organization
from district.tenancy.scope import current_district_id
from spaces.models import BookingStatus, Space
from spaces.models.booking import LONGEST
from spaces.use import HELD, Period

LATE: Final = timedelta(days=1)
MOST_COMPANIES: Final = 10

CONDUCT_SQL: Final = """
WITH given_up AS (
  SELECT subject_id, max(at) AS at FROM district_activity
  WHERE district_id = %(district)s AND verb IN ('booking.cancelled', 'booking.dropped')
    AND at >= %(late_since)s AND at < %(until)s
  GROUP BY subject_id
), ended AS (
  SELECT subject_id, sum(extract(epoch FROM (data #>> '{changes,ends_at,0}')::timestamptz
    - (data #>> '{changes,ends_at,1}')::timestamptz)) / 60 AS minutes
  FROM district_activity
  WHERE district_id = %(district)s AND verb = 'booking.ended'
    AND at >= %(since)s AND at < %(ended_until)s
  GROUP BY subject_id
), booked AS (
  SELECT booking.space_id, booking.organization_id, 
    CASE WHEN booking.seat_count IS NULL THEN booking.attendee_count END AS people,
    booking.status = ANY(%(held)s) AS held, booking.status = 'no_show' AS missed,
    booking.status = 'cancelled' AND given_up.at > booking.starts_at - %(late)s AS late,
    extract(epoch FROM booking.ends_at - booking.starts_at) / 60 AS minutes,
    extract(epoch FROM booking.starts_at - booking.created_at) / 60 AS lead,
    rules.setup_minutes + rules.cleanup_minutes AS around, ended.minutes AS released
  FROM spaces_booking AS booking
  JOIN spaces_bookingrules AS rules
    ON rules.district_id = %(district)s AND rules.id = booking.rules_id
  LEFT JOIN given_up ON given_up.subject_id = booking.id
  LEFT JOIN ended ON ended.subject_id = booking.id
  WHERE booking.district_id = %(district)s AND booking.space_id = ANY(%(spaces)s)
    AND booking.starts_at >= %(since)s AND booking.starts_at < %(until)s
    AND booking.status = ANY(%(counted)s)
)
SELECT space_id, organization_id, grouping(space_id, organization_id),
  count(*) FILTER (WHERE held), count(*) FILTER (WHERE missed), count(*) FILTER (WHERE late),
  coalesce(sum(minutes) FILTER (WHERE held), 0)::float,
  coalesce(sum(released) FILTER (WHERE held), 0)::float,
  coalesce(sum(around) FILTER (WHERE held), 0)::float,
  count(people) FILTER (WHERE held), coalesce(sum(people) FILTER (WHERE held), 0),
  coalesce(sum(greatest(lead, 0)) FILTER (WHERE held), 0)::float
FROM booked GROUP BY GROUPING SETS ((space_id), (organization_id), ())
"""


@dataclass(frozen=True)
class Conduct:
    """Counts of bookings kept, missed and given up late; sums of minutes and people of the kept.

    People count where the space was booked as a whole: `whole` times.
    """

    held: int = 0
    missed: int = 0
    late: int = 0
    minutes: float = 0
    released: float = 0
    around: float = 0
    whole: int = 0
    people: int = 0
    lead: float = 0

    @property
    def missed_share(self) -> float | None:
        """No-shows among those whose time came."""
        due = self.held + self.missed
        return self.missed / due if due else None

    @property
    def late_share(self) -> float | None:
        """Given up late among all that were still booked a day ahead, or made after."""
        due = self.held + self.missed + self.late
        return self.late / due if due else None

    @property
    def released_share(self) -> float | None:
        booked = self.minutes + self.released
        return self.released / booked if booked else None

    @property
    def average_people(self) -> float | None:
        return self.people / self.whole if self.whole else None

    @property
    def average_minutes(self) -> int:
        return round(self.minutes / self.held) if self.held else 0

    @property
    def average_lead(self) -> int:
        """Minutes from booking to start."""
        return round(self.lead / self.held) if self.held else 0

    @property
    def around_share(self) -> float | None:
        """Set-up and clean-up for each minute of use."""
        return self.around / self.minutes if self.minutes else None


@dataclass(frozen=True)
class Conducts:
    total: Conduct = Conduct()
    spaces: Mapping[UUID, Conduct] = field(default_factory=dict)
    companies: Mapping[UUID | None, Conduct] = field(default_factory=dict)


def conduct_of(spaces: Sequence[Space], period: Period) -> Conducts:
    """One statement for any number of spaces."""
    asked: dict[str, Any] = {
        "district": current_district_id(),
        "spaces": [space.pk for space in spaces],
        "since": period.begins,
        "until": period.ends,
        "late": LATE,
        "late_since": period.begins - LATE,
        "ended_until": period.ends + LONGEST,
        "held": list(HELD),
        "counted": [*HELD, BookingStatus.NO_SHOW, BookingStatus.CANCELLED],
    }
    with connection.cursor() as cursor:
        cursor.execute(CONDUCT_SQL, asked)
        return _read(cursor.fetchall())


def _read(rows: Sequence[Sequence[Any]]) -> Conducts:
    total, spaces, companies = Conduct(), {}, {}
    for space_id, organization_id, grouping, *figures in rows:
        conduct = Conduct(*figures)
        if grouping == 3:  # neither of the two: all of them
            total = conduct
        elif grouping == 1:
            spaces[space_id] = conduct
        else:
            companies[organization_id] = conduct
    return Conducts(total, spaces, companies)


def least_reliable(conducts: Conducts) -> list[tuple[Organization, Conduct]]:
    """Companies that missed or gave up late, the most first; one statement."""
    found = {
        key: conduct
        for key, conduct in conducts.companies.items()
        if key and conduct.missed + conduct.late
    }
    worst = sorted(found, key=lambda key: (-found[key].missed, -found[key].late, key))
    names = Organization.objects.in_bulk(worst[:MOST_COMPANIES])
    return [(names[key], found[key]) for key in worst[:MOST_COMPANIES] if key in names]
