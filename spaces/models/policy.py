from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from district.models import Organization
from district.tenancy.models import DistrictForeignKey, DistrictModel
from spaces.models.space import Building, Space


class Audience(models.TextChoices):
    COMPANIES = "companies", _("Tenant companies")
    PARTNERS = "partners", _("Partners")
    OPERATOR = "operator", _("Operator only")


class Approval(models.TextChoices):
    NEVER = "never", _("Confirmed at once")
    ALWAYS = "always", _("Every booking is approved")
    OUTSIDE = "outside", _("Approved outside opening hours only")


class CancellationRule(models.TextChoices):
    FREE = "free", _("Any time before it starts")
    NOTICE = "notice", _("Only with notice")
    NEVER = "never", _("Only by the operator")


class BookingPolicy(DistrictModel):
    """One layer of booking rules: for a space, a building, or (neither) the whole district.

    Empty fields are inherited: space ← parent space ← … ← building ← district. Closures add up.
    `opening` maps an ISO weekday ("1"…"7") to [[start, end], …] in minutes after local midnight;
    `closures` is a list of {"from": date, "to": date, "reason": text}, both days included. `rates`
    is a list of {"kind": of organisation or "", "days": ISO weekdays, "from", "to": minutes,
    "price": an hour}, the first that fits holds; `cancellation_fees` a list of {"minutes": before
    the start, "percent": of the price}.
    """

    space = DistrictForeignKey(
        Space, on_delete=models.CASCADE, null=True, blank=True, related_name="policies"
    )
    building = DistrictForeignKey(
        Building, on_delete=models.CASCADE, null=True, blank=True, related_name="policies"
    )
    opening = models.JSONField(_("Opening hours"), null=True, blank=True)
    closures = models.JSONField(_("Closures"), default=list, blank=True)
    window_days = models.PositiveSmallIntegerField(_("Days ahead"), null=True, blank=True)
    notice_minutes = models.PositiveIntegerField(_("Notice (minutes)"), null=True, blank=True)
    min_minutes = models.PositiveIntegerField(_("Shortest (minutes)"), null=True, blank=True)
    max_minutes = models.PositiveIntegerField(_("Longest (minutes)"), null=True, blank=True)
    grid_minutes = models.PositiveSmallIntegerField(_("Grid (minutes)"), null=True, blank=True)
    setup_minutes = models.PositiveSmallIntegerField(_("Set-up (minutes)"), null=True, blank=True)
    cleanup_minutes = models.PositiveSmallIntegerField(
        _("Clean-up (minutes)"), null=True, blank=True
    )
    audience = ArrayField(
        models.CharField(max_length=12, choices=Audience),
        verbose_name=_("Who may book"),
        null=True,
        blank=True,
    )
    approval = models.CharField(_("Approval"), max_length=10, choices=Approval, blank=True)
    approval_above_people = models.PositiveIntegerField(
        _("Approve above (people)"), null=True, blank=True
    )
    holds_when_requested = models.BooleanField(_("A request keeps the slot"), null=True, blank=True)
    quota_minutes_per_month = models.PositiveIntegerField(
        _("Quota per organisation and month (minutes)"), null=True, blank=True
    )
    hourly_price = models.DecimalField(
        _("Price per hour"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    rates = models.JSONField(_("Rates"), null=True, blank=True)
    cancellation_fees = models.JSONField(_("Fees for late cancelling"), null=True, blank=True)
    cancellation = models.CharField(
        _("Cancellation"), max_length=10, choices=CancellationRule, blank=True
    )
    cancellation_notice_minutes = models.PositiveIntegerField(
        _("Notice for cancelling (minutes)"), null=True, blank=True
    )
    offer_minutes = models.PositiveSmallIntegerField(
        _("An offer stands (minutes)"), null=True, blank=True, validators=[MinValueValidator(5)]
    )
    check_in_minutes = models.PositiveSmallIntegerField(
        _("Given free without check-in after (minutes)"), null=True, blank=True
    )
    strike_limit = models.PositiveSmallIntegerField(
        _("Blocked after (no-shows)"), null=True, blank=True
    )
    strike_days = models.PositiveSmallIntegerField(
        _("No-shows counted within (days)"), null=True, blank=True
    )
    strike_block_days = models.PositiveSmallIntegerField(
        _("Blocked for (days)"), null=True, blank=True
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "space"],
                condition=Q(space__isnull=False),
                name="bookingpolicy_space",
            ),
            models.UniqueConstraint(
                fields=["district", "building"],
                condition=Q(building__isnull=False),
                name="bookingpolicy_building",
            ),
            models.UniqueConstraint(
                fields=["district"],
                condition=Q(space=None, building=None),
                name="bookingpolicy_district",
            ),
            models.CheckConstraint(
                name="bookingpolicy_one_level", condition=Q(space=None) | Q(building=None)
            ),
        ]

    def __str__(self) -> str:
        return str(self.space_id or self.building_id or self.district_id)


class BookingRules(DistrictModel):
    """Resolved booking rules: immutable, shared by every space and booking they apply to.

    A booking keeps pointing at the rules it was made under, whatever the policies say later.
    `check_in_minutes` is how long after its start a booking waits for somebody to check in, 0 for
    not at all; `strike_limit` how many no-shows within `strike_days` keep a person from booking
    alone for `strike_block_days`, 0 for any number.
    `digest` is the SHA-256 of the canonical content, so equal rules are one row.
    """

    digest = models.CharField(max_length=64)
    opening = models.JSONField()
    closures = models.JSONField(default=list)
    window_days = models.PositiveSmallIntegerField()
    notice_minutes = models.PositiveIntegerField()
    min_minutes = models.PositiveIntegerField()
    max_minutes = models.PositiveIntegerField()
    grid_minutes = models.PositiveSmallIntegerField()
    setup_minutes = models.PositiveSmallIntegerField()
    cleanup_minutes = models.PositiveSmallIntegerField()
    audience = ArrayField(models.CharField(max_length=12, choices=Audience))
    approval = models.CharField(max_length=10, choices=Approval)
    approval_above_people = models.PositiveIntegerField(null=True)
    holds_when_requested = models.BooleanField()
    quota_minutes_per_month = models.PositiveIntegerField(null=True)
    hourly_price = models.DecimalField(max_digits=14, decimal_places=2)
    rates = models.JSONField(default=list)
    cancellation_fees = models.JSONField(default=list)
    cancellation = models.CharField(max_length=10, choices=CancellationRule)
    cancellation_notice_minutes = models.PositiveIntegerField()
    offer_minutes = models.PositiveSmallIntegerField()
    check_in_minutes = models.PositiveSmallIntegerField()
    strike_limit = models.PositiveSmallIntegerField()
    strike_days = models.PositiveSmallIntegerField()
    strike_block_days = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "digest"], name="bookingrules_digest"),
            models.CheckConstraint(name="bookingrules_grid", condition=Q(grid_minutes__gte=5)),
            models.CheckConstraint(
                name="bookingrules_duration",
                condition=Q(min_minutes__gt=0, max_minutes__gte=models.F("min_minutes")),
            ),
        ]

    def __str__(self) -> str:
        return self.digest[:12]


class QuotaUse(DistrictModel):
    """Minutes an organisation has booked under a quota in one month; locked before it is raised."""

    organization = DistrictForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()
    minutes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "organization", "month"], name="quotause_month"
            )
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.month:%Y-%m}"
