from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from district.actors import Actor
from district.models import Organization
from district.permissions import Permission, Reach, reach
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)
from spaces.models.choices import Feature
from spaces.models.space import Building


class UnmetSearchQuerySet(DistrictQuerySet["UnmetSearch"]):
    def visible_to(self, actor: Actor) -> Self:
        """Demand is the operator's matter: for those who see bookings of the whole district."""
        is_seen = reach(actor, Permission.BOOKINGS_VIEW) is Reach.DISTRICT
        return self if is_seen else self.none()


class UnmetSearch(DistrictModel):
    """What an organisation looked for on a day and nothing was free: demand that was not met.

    It names no person and holds nothing anybody wrote. Searching is reading and writes nothing, so
    the page of a search without result asks for this to be kept, after it has been shown; the
    search is made again then, so that only what really finds nothing is counted, and the same
    wish of an organisation counts once a day. It begins from `from_minute` on and before
    `to_minute` after local midnight, on any day from `first_day` to `last_day`. It is `told` once
    somebody asked for the operator to know.
    """

    organization = DistrictForeignKey(
        Organization, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    asked_on = models.DateField()
    first_day = models.DateField()
    last_day = models.DateField()
    from_minute = models.PositiveSmallIntegerField()
    to_minute = models.PositiveSmallIntegerField()
    minutes = models.PositiveIntegerField()
    people = models.PositiveIntegerField()
    features = ArrayField(models.CharField(max_length=20, choices=Feature), default=list)
    building = DistrictForeignKey(
        Building, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    told = models.BooleanField(default=False)

    objects = DistrictManager.from_queryset(UnmetSearchQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "district",
                    "asked_on",
                    "organization",
                    "first_day",
                    "last_day",
                    "from_minute",
                    "to_minute",
                    "minutes",
                    "people",
                    "features",
                    "building",
                ],
                nulls_distinct=False,
                name="unmetsearch_once",
            ),
            models.CheckConstraint(
                name="unmetsearch_days_in_order", condition=Q(last_day__gte=F("first_day"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.asked_on:%F}: {self.people} × {self.minutes}"
