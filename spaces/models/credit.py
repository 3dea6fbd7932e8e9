from datetime import date
from decimal import Decimal
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Floor
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.actors import Actor, organization_id
from district.models import Bilingual, Organization
from district.models.bilingual import one_language
from district.paths import path_of
from district.permissions import Permission, Reach, reach
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)
from spaces.models.booking import Booking
from spaces.models.choices import SpaceFunction


class CreditUnit(models.TextChoices):
    MONEY = "money", _("Money")
    MINUTES = "minutes", _("Minutes")
    VISITS = "visits", _("Visits")


class CreditQuerySet(DistrictQuerySet["Credit"]):
    def visible_to(self, actor: Actor) -> Self:
        """All to who sees all bookings; to others what their organisation has."""
        match reach(actor, Permission.BOOKINGS_VIEW):
            case Reach.DISTRICT | Reach.AREA:
                return self
            case Reach.OWN:
                return self.filter(organization_id=organization_id(actor))
            case _:
                return self.none()

    def usable(self, today: date | None = None) -> Self:
        """Something is left and not over, though perhaps not yet begun."""
        today = today or timezone.localdate()
        return self.filter(ended_at=None, valid_until__gte=today, used__lt=F("granted"))


class Credit(DistrictModel):
    """What an organisation may use without paying: money, hours or visits, until a day.

    A pass is a credit of visits. `used` is the sum of its uses, kept under the row's lock, so that
    no two bookings use the same rest.
    """

    number = models.CharField(max_length=20)
    organization = DistrictForeignKey(
        Organization,
        on_delete=models.PROTECT,
        related_name="credits",
        verbose_name=_("Organisation"),
    )
    name_zh = models.CharField(_("Chinese name"), max_length=160, blank=True)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    unit = models.CharField(_("Unit"), max_length=8, choices=CreditUnit, default=CreditUnit.MINUTES)
    granted = models.DecimalField(_("Granted"), max_digits=14, decimal_places=2)
    used = models.DecimalField(max_digits=14, decimal_places=2, default=Decimal, editable=False)
    function = models.CharField(
        _("For spaces of"), max_length=20, choices=SpaceFunction, blank=True
    )
    valid_from = models.DateField(_("Valid from"))
    valid_until = models.DateField(_("Valid until"))
    note = models.CharField(_("Note"), max_length=400, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DistrictManager.from_queryset(CreditQuerySet)()  # type: ignore[misc]

    name = Bilingual("name")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="credit_number"),
            one_language("credit"),
            models.CheckConstraint(
                name="credit_granted",
                condition=Q(granted__gt=0),
                violation_error_message=_("A credit is of more than nothing."),
            ),
            models.CheckConstraint(
                name="credit_used",
                condition=Q(used__gte=0, used__lte=F("granted")),
                violation_error_message=_("More of it is used than was granted."),
            ),
            models.CheckConstraint(
                name="credit_days_in_order",
                condition=Q(valid_until__gte=F("valid_from")),
                violation_error_message=_("The last day comes before the first."),
            ),
            models.CheckConstraint(
                name="credit_whole",
                condition=Q(unit=CreditUnit.MONEY)
                | Q(granted=Floor("granted"), used=Floor("used")),
                violation_error_message=_("Minutes and visits are whole."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["district", "organization", "valid_until", "id"], name="credit_company"
            ),
            models.Index(fields=["district", "valid_until", "id"], name="credit_valid"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return path_of("credit_detail", self.pk)

    @property
    def left(self) -> Decimal:
        return self.granted - self.used

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None or self.valid_until < timezone.localdate()

    def fits(self, booking: Booking) -> bool:
        """Whether the booking is of its time and its kind of space."""
        day = timezone.localtime(booking.starts_at).date()
        return (
            self.ended_at is None
            and self.valid_from <= day <= self.valid_until
            and self.function in ("", booking.space.function)
        )


class CreditUse(DistrictModel):
    """What a booking took of a credit, or gave back (negative); `amount` is what it paid for."""

    credit = DistrictForeignKey(Credit, on_delete=models.PROTECT, related_name="uses")
    booking = DistrictForeignKey(Booking, on_delete=models.PROTECT, related_name="credit_uses")
    value = models.DecimalField(max_digits=14, decimal_places=2)
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        indexes = [
            models.Index(fields=["district", "booking"], name="credituse_booking"),
            models.Index(fields=["district", "credit", "-id"], name="credituse_credit"),
        ]

    def __str__(self) -> str:
        return f"{self.credit_id} {self.value}"
