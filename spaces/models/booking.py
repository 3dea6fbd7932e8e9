from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Self

from django.db import models
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from district.models import Membership, Organization, Person
from district.paths import path_of
from district.rules import Lifecycle
from district.tenancy.indexes import words_index
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)
from spaces.models.policy import BookingRules, CancellationRule
from spaces.models.reaching import within_reach
from spaces.models.space import Space

CHECK_IN_OPENS: Final = timedelta(minutes=15)
LONGEST = timedelta(days=31)


class BookingStatus(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")
    CANCELLED = "cancelled", _("Cancelled")
    CHECKED_IN = "checked_in", _("In use")
    COMPLETED = "completed", _("Completed")
    NO_SHOW = "no_show", _("No-show")


class BookingSource(models.TextChoices):
    PORTAL = "portal", _("Portal")
    STAFF = "staff", _("Staff")
    API = "api", _("API")
    IMPORT = "import", _("Import")


class BookingQuerySet(DistrictQuerySet["Booking"]):
    def visible_to(self, actor: Actor) -> Self:
        """All for district staff, an area's for its staff, one's organisation's for others."""
        return within_reach(self, actor)

    def open(self) -> Self:
        return self.filter(status__in=[BookingStatus.REQUESTED, BookingStatus.CONFIRMED])

    def waiting(self) -> Self:
        """Requests to be decided: of the dates of a series (`series_id`) only the first."""
        earlier = self.model.objects.filter(
            status=BookingStatus.REQUESTED,
            ends_at__gt=timezone.now(),
            series_dates__series=models.OuterRef("series_dates__series"),
            series_dates__on__lt=models.OuterRef("series_dates__on"),
        )
        return self.filter(
            ~models.Exists(earlier), status=BookingStatus.REQUESTED, ends_at__gt=timezone.now()
        ).annotate(series_id=F("series_dates__series"))

    def billable(self) -> Self:
        """What an organisation owes something for: what it kept, and what it gave up too late."""
        kept = (
            BookingStatus.CONFIRMED,
            BookingStatus.CHECKED_IN,
            BookingStatus.COMPLETED,
            BookingStatus.NO_SHOW,
        )
        return self.filter(
            Q(status__in=kept, price_amount__gt=0)
            | Q(status=BookingStatus.CANCELLED, fee_amount__gt=0),
            organization__isnull=False,
        )

    def during(self, begins: datetime, ends: datetime) -> Self:
        """Those with a moment in [begins, ends); none began longer ago than the longest lasts."""
        return self.filter(starts_at__gt=begins - LONGEST, starts_at__lt=ends, ends_at__gt=begins)

    def upcoming(self, now: datetime | None = None) -> Self:
        return self.filter(ends_at__gt=now or timezone.now())


class Booking(Lifecycle, DistrictModel):
    """A space used by an organisation for a time.

    `starts_at`–`ends_at` is what people use; set-up and clean-up of the frozen `rules` are claimed
    around it. Price and rules are those of the day it was made: `price_lines` say how the price
    came about, `credit_amount` what of it credits and passes paid, `fee_amount` what cancelling it
    late costs. With `seat_count` it is for that
    many seats of an area, whichever were free, and not for the whole of it.
    """

    TRANSITIONS = {
        BookingStatus.REQUESTED: {
            BookingStatus.CONFIRMED,
            BookingStatus.DECLINED,
            BookingStatus.CANCELLED,
        },
        BookingStatus.CONFIRMED: {
            BookingStatus.REQUESTED,
            BookingStatus.CANCELLED,
            BookingStatus.CHECKED_IN,
            BookingStatus.COMPLETED,
            BookingStatus.NO_SHOW,
        },
        BookingStatus.DECLINED: {BookingStatus.REQUESTED},
        BookingStatus.CHECKED_IN: {BookingStatus.COMPLETED, BookingStatus.CANCELLED},
    }

    number = models.CharField(max_length=20)
    space = DistrictForeignKey(Space, on_delete=models.PROTECT, related_name="bookings")
    organization = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings"
    )
    person = DistrictForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="bookings"
    )
    title = models.CharField(_("Title"), max_length=160, blank=True)
    note = models.TextField(_("Note for the operator"), blank=True)
    attendee_count = models.PositiveIntegerField(_("People"), default=1)
    seat_count = models.PositiveIntegerField(_("Seats"), null=True, blank=True)
    starts_at = models.DateTimeField(_("Starts"))
    ends_at = models.DateTimeField(_("Ends"))
    status = models.CharField(max_length=12, choices=BookingStatus, default=BookingStatus.REQUESTED)
    source = models.CharField(max_length=10, choices=BookingSource, default=BookingSource.PORTAL)
    rules = DistrictForeignKey(BookingRules, on_delete=models.PROTECT, related_name="+")
    price_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    price_lines = models.JSONField(default=list, blank=True)
    credit_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    fee_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    currency = models.CharField(max_length=3)
    decided_by = DistrictForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    external_id = models.CharField(max_length=160, blank=True)
    checked_in_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = DistrictManager.from_queryset(BookingQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="booking_number"),
            models.UniqueConstraint(
                fields=["district", "source", "organization", "external_id"],
                condition=~Q(external_id=""),
                nulls_distinct=False,
                name="booking_external_id",
                violation_error_message=_("You have a booking with this id of your own already."),
            ),
            models.CheckConstraint(
                name="booking_times_in_order",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("It must end after it starts."),
            ),
            models.CheckConstraint(
                name="booking_people",
                condition=Q(attendee_count__gte=1),
                violation_error_message=_("At least one person must come."),
            ),
            models.CheckConstraint(
                name="booking_amounts",
                condition=Q(
                    price_amount__gte=0,
                    fee_amount__gte=0,
                    fee_amount__lte=F("price_amount"),
                    credit_amount__gte=0,
                    credit_amount__lte=F("price_amount"),
                ),
            ),
            models.CheckConstraint(
                name="booking_seats",
                condition=Q(seat_count=None) | Q(seat_count__gte=1),
                violation_error_message=_("At least one seat must be booked."),
            ),
        ]
        indexes = [
            models.Index(
                fields=["district", "organization", "-starts_at", "-id"], name="booking_company"
            ),
            models.Index(fields=["district", "person", "-starts_at", "-id"], name="booking_person"),
            models.Index(fields=["district", "status", "starts_at", "id"], name="booking_status"),
            # Read forwards for what was, backwards for what comes: `ends_at` tells where it begins.
            models.Index(fields=["district", "-starts_at", "-id", "ends_at"], name="booking_times"),
            models.Index(fields=["district", "space", "starts_at"], name="booking_space"),
            words_index("booking", "title"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return path_of("booking_detail", self.pk)

    @property
    def claimed(self) -> DateTimeTZRange:
        """What is claimed on the leaves: the use with its set-up and clean-up."""
        return DateTimeTZRange(
            self.starts_at - timedelta(minutes=self.rules.setup_minutes),
            self.ends_at + timedelta(minutes=self.rules.cleanup_minutes),
            "[)",
        )

    @property
    def claims_leaves(self) -> bool:
        """Whether nobody else can have its time now: a request may only ask for it."""
        if self.status == BookingStatus.REQUESTED:
            return self.rules.holds_when_requested
        return self.status in {BookingStatus.CONFIRMED, BookingStatus.CHECKED_IN}

    @property
    def charge(self) -> Decimal:
        """What is owed for it, before credits: the price, or the fee of whoever gave it up."""
        if self.status == BookingStatus.CANCELLED:
            return self.fee_amount
        return Decimal() if self.status == BookingStatus.DECLINED else self.price_amount

    @property
    def due_amount(self) -> Decimal:
        return self.charge - self.credit_amount

    @property
    def asks_for_check_in(self) -> bool:
        return self.rules.check_in_minutes > 0

    @property
    def check_in_from(self) -> datetime:
        return self.starts_at - CHECK_IN_OPENS

    @property
    def check_in_until(self) -> datetime:
        """When it is released if nobody has checked in; its end where no check-in is asked for."""
        grace = timedelta(minutes=self.rules.check_in_minutes)
        return min(self.starts_at + grace, self.ends_at) if grace else self.ends_at

    def can_be_checked_in(self, now: datetime) -> bool:
        """From a quarter of an hour before its start until it is over, or was released."""
        return self.status == BookingStatus.CONFIRMED and self.check_in_from <= now < self.ends_at

    def is_running(self, now: datetime) -> bool:
        """Whether somebody uses it: checked in, or begun where no check-in is asked for."""
        begun = self.starts_at <= now < self.ends_at
        if self.status == BookingStatus.CONFIRMED:
            return begun and not self.asks_for_check_in
        return begun and self.status == BookingStatus.CHECKED_IN

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def free_until(self) -> datetime | None:
        """Until when the booker may cancel; None where only the operator may."""
        match self.rules.cancellation:
            case CancellationRule.NEVER:
                return None
            case CancellationRule.NOTICE:
                return self.starts_at - timedelta(minutes=self.rules.cancellation_notice_minutes)
            case _:
                return self.starts_at

    @property
    def is_free_to_cancel(self) -> bool:
        """Whether the booker may still give it up; a request may be withdrawn at any time."""
        if self.status == BookingStatus.REQUESTED:
            return True
        return self.free_until is not None and self.free_until > timezone.now()

    @property
    def again_at(self) -> datetime:
        """Its start while that is to come, else the next time of the same weekday and hour."""
        start, now = timezone.localtime(self.starts_at), timezone.localtime()
        return start if start > now else start + timedelta(weeks=(now - start).days // 7 + 1)


class BookingParty(DistrictModel):
    """One of several who share a booking, such as classes held jointly in one room."""

    booking = DistrictForeignKey(Booking, on_delete=models.CASCADE, related_name="parties")
    organization = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    label = models.CharField(max_length=160)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "booking", "label", "starts_at"], name="bookingparty_once"
            )
        ]

    def __str__(self) -> str:
        return self.label
