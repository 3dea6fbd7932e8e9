"""What every part of a demo district is given: the district, the day, chance that repeats."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random
from typing import Any

from district.models import Community, District, Membership, Organization, Person


@dataclass
class Build:
    """One demo district in the making; parts leave here what later parts need.

    `random` is seeded by the district's slug, so that two builds on one day are equal.
    """

    district: District
    plan: Mapping[str, Any]
    today: date
    random: Random
    communities: dict[str, Community] = field(default_factory=dict)
    organizations: dict[str, Organization] = field(default_factory=dict)
    companies: list[Organization] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    memberships: dict[str, Membership] = field(default_factory=dict)

    def at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute), tzinfo=self.district.zone)
