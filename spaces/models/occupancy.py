from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from district.models import Bilingual, Membership
from district.models.bilingual import one_language
from district.paths import path_of
from district.permissions import Permission, Reach, reach
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)
from spaces.models.space import Space


class OccupancyKind(models.TextChoices):
    LEASE = "lease", _("Lease")
    BOOKING = "booking", _("Booking")
    EVENT = "event", _("Event")
    MAINTENANCE = "maintenance", _("Maintenance")
    BLOCKING = "blocking", _("Blocked")


class Occupancy(DistrictModel):
    """One claim in force on one leaf: [starts_at, ends_at). Nothing else may overlap it.

    Only `spaces.actions.occupancy` writes here. `is_leaf` is part of the foreign key to Space, so
    a claimed leaf cannot be split behind its back. `starts_at`/`ends_at` repeat `during` because
    search behind row-level security needs plain timestamps (`&&` is not leak-proof).
    """

    space = DistrictForeignKey(Space, on_delete=models.PROTECT, related_name="occupancies")
    is_leaf = models.BooleanField(default=True, editable=False)
    during = DateTimeRangeField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    kind = models.CharField(max_length=12, choices=OccupancyKind)
    source_id = models.UUIDField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="occupancy_no_overlap",
                expressions=[
                    ("district", RangeOperators.EQUAL),
                    ("space", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This time is already taken."),
            ),
            models.CheckConstraint(name="occupancy_is_leaf", condition=Q(is_leaf=True)),
            models.CheckConstraint(
                name="occupancy_during_matches",
                condition=Q(
                    during=Func(
                        F("starts_at"),
                        F("ends_at"),
                        models.Value("[)"),
                        function="tstzrange",
                        output_field=DateTimeRangeField(),
                    )
                ),
            ),
            models.CheckConstraint(
                name="occupancy_times_in_order", condition=Q(ends_at__gt=F("starts_at"))
            ),
        ]
        indexes = [
            models.Index(
                fields=["district", "space", "ends_at", "starts_at"], name="occupancy_search"
            ),
            models.Index(fields=["district", "kind", "source_id"], name="occupancy_source"),
        ]

    def __str__(self) -> str:
        return f"{self.space_id} {self.starts_at:%F %R}"


class BlockingQuerySet(DistrictQuerySet["Blocking"]):
    def visible_to(self, actor: Actor) -> Self:
        """All for staff of the district, an area's for its staff."""
        match reach(actor, Permission.BLOCKINGS_EDIT):
            case Reach.DISTRICT:
                return self
            case Reach.AREA if isinstance(actor, Membership):
                return self.filter(space__building__community_id=actor.community_id)
            case _:
                return self.none()


class OutsideCalendar(DistrictModel):
    """A calendar kept elsewhere whose events take a space out of use, such as a shared hall's.

    It is read from its address (kept sealed: it may hold a key) every quarter of an hour, or from
    a file that somebody brings. What collides with a booking does not block: it is counted.
    """

    space = DistrictForeignKey(Space, on_delete=models.PROTECT, related_name="calendars")
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    sealed_address = models.TextField(blank=True)
    address_hint = models.CharField(max_length=120, blank=True)
    etag = models.CharField(max_length=200, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    problem = models.CharField(max_length=40, blank=True)
    event_count = models.PositiveIntegerField(default=0)
    collisions = models.JSONField(default=list, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    name = Bilingual("name")

    class Meta:
        constraints = [one_language("outsidecalendar")]
        indexes = [models.Index(fields=["district", "asked_at"], name="outsidecalendar_due")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_of("calendar_detail", self.pk)


class Blocking(DistrictModel):
    """A space taken out of use for a time, with the reason people are told.

    One of a `calendar` follows the event with its `external_id` (UID and, of one that recurs, the
    start): it is changed there.
    """

    space = DistrictForeignKey(Space, on_delete=models.PROTECT, related_name="blockings")
    starts_at = models.DateTimeField(_("From"))
    ends_at = models.DateTimeField(_("Until"))
    reason_zh = models.CharField(_("Reason in Chinese"), max_length=200, blank=True)
    reason_en = models.CharField(_("Reason in English"), max_length=200, blank=True)
    calendar = DistrictForeignKey(
        OutsideCalendar, on_delete=models.PROTECT, null=True, blank=True, related_name="blockings"
    )
    external_id = models.CharField(max_length=64, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DistrictManager.from_queryset(BlockingQuerySet)()  # type: ignore[misc]

    reason = Bilingual("reason")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="blocking_times_in_order",
                condition=Q(ends_at__gt=F("starts_at")),
                violation_error_message=_("It must end after it starts."),
            ),
            models.UniqueConstraint(
                fields=["district", "calendar", "external_id"],
                condition=Q(ended_at=None, calendar__isnull=False),
                name="blocking_external_id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.space_id} {self.starts_at:%F %R}"

    def get_absolute_url(self) -> str:
        return path_of("blocking_edit", self.pk)
