"""What every part of a demo district is given: the district, the day, chance that repeats."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, time
from random import Random
from typing import Any

from django.db import connection, transaction
from django.utils import timezone, translation

from district import registry
from district.models import Community, District, Membership, Organization, Person
from district.tenancy.scope import scope


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


def build_district(plan: Mapping[str, Any]) -> District:
    """Make the district of a plan and let every app fill its part, in one transaction."""
    with ExitStack() as stack:
        stack.enter_context(connection.inserting_by_column())  # type: ignore[attr-defined]
        stack.enter_context(transaction.atomic())  # a start that is killed leaves no empty district
        district = District.objects.create(**plan["district"])
        stack.enter_context(scope(district.pk))
        stack.enter_context(translation.override(district.language))
        build = Build(
            district=district,
            plan=plan,
            today=timezone.localdate(timezone=district.zone),
            random=Random(district.slug),
        )
        for part in sorted(registry.demo, key=lambda part: part.order):
            part.fill(build)
    return district
