"""No-shows that count against the person who booked."""

from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from district.models import ApiClient, Membership, Organization, Person, Role
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)
from spaces.models.booking import Booking
from spaces.models.reaching import within_reach


class StrikeQuerySet(DistrictQuerySet["Strike"]):
    def visible_to(self, actor: Actor) -> Self:
        """Staff see those of their reach, a company's admins theirs, everybody their own."""
        seen = within_reach(self, actor, space="booking__space")
        if isinstance(actor, ApiClient):
            return self.none()
        if isinstance(actor, Membership) and actor.role == Role.COMPANY_MEMBER:
            return seen.filter(person_id=actor.person_id)
        return seen

    def in_force(self, now: datetime | None = None) -> Self:
        return self.filter(pardoned_at=None, until__gt=now or timezone.now())


class Strike(DistrictModel):
    """A booking that nobody came to, on the account of who booked it, until it is forgotten.

    `until` is of the rules the booking was made under. Staff may pardon it, with a reason.
    """

    booking = DistrictForeignKey(Booking, on_delete=models.PROTECT, related_name="strikes")
    person = DistrictForeignKey(Person, on_delete=models.PROTECT, related_name="strikes")
    organization = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, related_name="strikes"
    )
    at = models.DateTimeField()
    until = models.DateTimeField()
    pardoned_at = models.DateTimeField(null=True, blank=True)
    pardoned_by = DistrictForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("Reason"), max_length=400, blank=True)

    objects = DistrictManager.from_queryset(StrikeQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "booking"], name="strike_booking")
        ]
        indexes = [
            models.Index(fields=["district", "person", "-at"], name="strike_person"),
            models.Index(fields=["district", "organization", "-at", "-id"], name="strike_company"),
            models.Index(fields=["district", "-at", "-id"], name="strike_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.at:%F}"

    def get_absolute_url(self) -> str:
        return self.booking.get_absolute_url()

    @classmethod
    def of(cls, booking: Booking, at: datetime) -> "Strike":
        """For a booking with a person of an organisation; others are on nobody's account."""
        assert booking.person_id is not None  # noqa: S101 - the caller looked
        assert booking.organization_id is not None  # noqa: S101 - the same
        return cls(
            booking=booking,
            person_id=booking.person_id,
            organization_id=booking.organization_id,
            at=at,
            until=at + timedelta(days=booking.rules.strike_days),
        )

    def counts(self, now: datetime) -> bool:
        return self.pardoned_at is None and self.until > now
