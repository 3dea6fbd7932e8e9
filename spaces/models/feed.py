from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from district.models import Membership
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)
from spaces.models.space import Space


class FeedKind(models.TextChoices):
    PERSON = "person", _("My bookings")
    ORGANIZATION = "organization", _("Bookings of my organisation")
    SPACE = "space", _("A space")


class FeedQuerySet(DistrictQuerySet["Feed"]):
    def in_force(self) -> Self:
        """Not ended, and whose holder still belongs to a current organisation."""
        return self.filter(
            ended_at=None, membership__ended_at=None, membership__organization__ended_at=None
        )


class Feed(DistrictModel):
    """An address at which a calendar program reads bookings, as its holder may see them.

    The secret in the address is looked up by its hash, and kept sealed so that its holder can see
    the address again. It shows what the membership shows, for as long as that lasts.
    """

    membership = DistrictForeignKey(Membership, on_delete=models.CASCADE, related_name="feeds")
    kind = models.CharField(max_length=12, choices=FeedKind)
    space = DistrictForeignKey(
        Space, on_delete=models.CASCADE, null=True, blank=True, related_name="feeds"
    )
    secret_hash = models.CharField(max_length=64)
    sealed_secret = models.TextField()
    last_read_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DistrictManager.from_queryset(FeedQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "secret_hash"], name="feed_secret"),
            models.UniqueConstraint(
                fields=["district", "membership", "kind", "space"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="feed_once",
                violation_error_message=_("You have a subscription to this already."),
            ),
            models.CheckConstraint(
                name="feed_of_a_space",
                condition=Q(kind=FeedKind.SPACE, space__isnull=False)
                | (~Q(kind=FeedKind.SPACE) & Q(space=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
