from datetime import datetime, timedelta
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from district.models import ApiClient, Organization, Person
from district.paths import path_of
from district.rules import Lifecycle
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)
from spaces.models.booking import Booking
from spaces.models.policy import BookingRules
from spaces.models.reaching import within_reach
from spaces.models.space import Space


class WaitStatus(models.TextChoices):
    WAITING = "waiting", _("In line")
    OFFERED = "offered", _("Offered")
    TAKEN = "taken", _("Taken")
    EXPIRED = "expired", _("Expired")
    LEFT = "left", _("Left")


class WaitlistEntryQuerySet(DistrictQuerySet["WaitlistEntry"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever may see the bookings they are about to become."""
        return within_reach(self, actor)

    def open(self) -> Self:
        return self.filter(status__in=[WaitStatus.WAITING, WaitStatus.OFFERED])

    def wanting(self, space: Space, starts_at: datetime, ends_at: datetime) -> Self:
        """Those who wait for the space, a part of it or what it is a part of, at that time."""
        sharing = Space.objects.filter(leaves__leaf__holders__space=space)
        return self.open().filter(space__in=sharing, starts_at__lt=ends_at, ends_at__gt=starts_at)

    def with_place(self) -> Self:
        """`ahead`: how many joined earlier for the same space at a time that overlaps."""
        earlier = (
            self.model.objects.open()
            .filter(
                space_id=models.OuterRef("space_id"),
                joined_at__lt=models.OuterRef("joined_at"),
                starts_at__lt=models.OuterRef("ends_at"),
                ends_at__gt=models.OuterRef("starts_at"),
            )
            .order_by()
            .values("space_id")
            .annotate(n=models.Count("pk"))
            .values("n")
        )
        return self.annotate(
            ahead=models.functions.Coalesce(models.Subquery(earlier), models.Value(0))
        )


class WaitlistEntry(Lifecycle, DistrictModel):
    """Somebody who wants a slot that is taken, told when it becomes free.

    `joined_at` is the database's clock, read while the leaves are locked: of two who want the same
    the order is never in doubt. An offer is a Hold until `offered_until`; taking it makes a booking
    under the `rules` it was offered by. With `seat_count` it is for that many seats of an area.
    """

    TRANSITIONS = {
        WaitStatus.WAITING: {WaitStatus.OFFERED, WaitStatus.EXPIRED, WaitStatus.LEFT},
        WaitStatus.OFFERED: {WaitStatus.TAKEN, WaitStatus.EXPIRED, WaitStatus.LEFT},
    }

    space = DistrictForeignKey(Space, on_delete=models.PROTECT, related_name="waitlist")
    organization = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, related_name="waitlist"
    )
    person = DistrictForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="waitlist"
    )
    client = DistrictForeignKey(
        ApiClient, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    title = models.CharField(_("Title"), max_length=160, blank=True)
    attendee_count = models.PositiveIntegerField(_("People"), default=1)
    seat_count = models.PositiveIntegerField(_("Seats"), null=True, blank=True)
    starts_at = models.DateTimeField(_("Starts"))
    ends_at = models.DateTimeField(_("Ends"))
    joined_at = models.DateTimeField(db_default=Now(), editable=False)
    status = models.CharField(max_length=8, choices=WaitStatus, default=WaitStatus.WAITING)
    rules = DistrictForeignKey(BookingRules, on_delete=models.PROTECT, related_name="+")
    offered_until = models.DateTimeField(null=True, blank=True)
    booking = DistrictForeignKey(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="waitlist"
    )

    objects = DistrictManager.from_queryset(WaitlistEntryQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "organization", "person", "space", "starts_at", "ends_at"],
                condition=Q(status__in=["waiting", "offered"]),
                nulls_distinct=False,
                name="waitlistentry_once",
                violation_error_message=_("You are on the waitlist for this time already."),
            ),
            models.CheckConstraint(
                name="waitlistentry_times_in_order",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("It must end after it starts."),
            ),
            models.CheckConstraint(
                name="waitlistentry_offer",
                condition=~Q(status="offered") | Q(offered_until__isnull=False),
            ),
            models.CheckConstraint(
                name="waitlistentry_taken",
                condition=~Q(status="taken") | Q(booking__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["district", "space"],
                condition=Q(status="waiting"),
                name="waitlistentry_waiting",
            ),
            models.Index(
                fields=["district", "offered_until"],
                condition=Q(status="offered"),
                name="waitlistentry_offered",
            ),
            models.Index(
                fields=["district", "organization", "-starts_at", "-id"],
                name="waitlistentry_company",
            ),
            models.Index(fields=["district", "-starts_at", "-id"], name="waitlistentry_newest"),
            models.Index(fields=["district", "space", "-starts_at"], name="waitlistentry_space"),
        ]

    def __str__(self) -> str:
        return f"{self.space_id} {self.starts_at:%F %R}"

    def get_absolute_url(self) -> str:
        return path_of("waitlist_detail", self.pk)

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    @property
    def is_open(self) -> bool:
        return self.status in {WaitStatus.WAITING, WaitStatus.OFFERED}

    @property
    def can_be_taken(self) -> bool:
        """Whether an offer stands: it runs out by the clock, before anybody writes that down."""
        return (
            self.status == WaitStatus.OFFERED
            and self.offered_until is not None
            and self.offered_until > timezone.now()
        )

    @property
    def last_moment(self) -> datetime:
        """Until when it could still be booked, by the rules it stands under."""
        return self.starts_at - timedelta(minutes=self.rules.notice_minutes)


class HoldQuerySet(DistrictQuerySet["Hold"]):
    def in_force(self) -> Self:
        return self.filter(expires_at__gt=timezone.now())

    def of(self, person_id: object) -> Self:
        """The slot a person is deciding about; what is offered to them is none."""
        return self.filter(person_id=person_id, entry=None)

    def against(self, person_id: object) -> Self:
        """Those that stand in a person's way. An offer does too: it is taken, not booked over."""
        if person_id is None:
            return self
        return self.exclude(person_id=person_id, entry=None)

    def kept(self) -> Self:
        """Freed slots that wait for the turn of whoever wants them."""
        return self.filter(person=None, entry=None)


class Hold(DistrictModel):
    """A leaf nobody else can have for a while: a person decides, an offer stands, or neither.

    With a `person` alone it is theirs while they fill in the form. With an `entry` it is what that
    entry of the waitlist was offered. With neither, what became free is kept until those who wait
    have had their turn. It stops counting at `expires_at`, whoever may be down.
    """

    space = DistrictForeignKey(Space, on_delete=models.CASCADE, related_name="holds")
    person = DistrictForeignKey(
        Person, on_delete=models.CASCADE, null=True, blank=True, related_name="holds"
    )
    entry = DistrictForeignKey(
        WaitlistEntry, on_delete=models.CASCADE, null=True, blank=True, related_name="holds"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    is_prolonged = models.BooleanField(default=False)

    objects = DistrictManager.from_queryset(HoldQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hold_times_in_order", condition=Q(ends_at__gt=F("starts_at"))
            )
        ]
        indexes = [
            models.Index(fields=["district", "space", "ends_at"], name="hold_search"),
            models.Index(fields=["district", "expires_at"], name="hold_expiry"),
            models.Index(
                fields=["district", "id"],
                condition=Q(person=None, entry=None),
                name="hold_kept",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.space_id} {self.starts_at:%F %R}"
