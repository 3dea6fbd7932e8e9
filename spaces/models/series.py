from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from district.models import Organization, Person
from district.paths import path_of
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)
from spaces.models.booking import Booking, BookingSource, BookingStatus
from spaces.models.reaching import within_reach
from spaces.models.space import Space
from spaces.recurrence import Pattern


class SeriesQuerySet(DistrictQuerySet["Series"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever may see its bookings."""
        return within_reach(self, actor)


class Series(DistrictModel):
    """A use that repeats: the pattern its dates follow, in the district's wall time.

    Each date is a SeriesDate of its own, and where it could be had, a Booking. Changing "this and
    following" cuts the series in two; `follows` is the one it was cut from.
    """

    number = models.CharField(max_length=20)
    space = DistrictForeignKey(Space, on_delete=models.PROTECT, related_name="series")
    organization = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="series"
    )
    person = DistrictForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="series"
    )
    title = models.CharField(_("Title"), max_length=160, blank=True)
    note = models.TextField(_("Note for the operator"), blank=True)
    attendee_count = models.PositiveIntegerField(_("People"), default=1)
    rule = models.CharField(max_length=200)
    starts_on = models.DateField(_("First day"))
    begins = models.TimeField(_("From"))
    ends = models.TimeField(_("Until"))
    source = models.CharField(max_length=10, choices=BookingSource, default=BookingSource.PORTAL)
    follows = DistrictForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="followers"
    )

    objects = DistrictManager.from_queryset(SeriesQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="series_number"),
            models.CheckConstraint(
                name="series_people",
                condition=Q(attendee_count__gte=1),
                violation_error_message=_("At least one person must come."),
            ),
        ]
        indexes = [
            models.Index(fields=["district", "organization", "-id"], name="series_company"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return path_of("series_detail", self.pk)

    @property
    def pattern(self) -> Pattern:
        return Pattern(self.rule, self.starts_on, self.begins, self.ends)


class DateState(models.TextChoices):
    BOOKED = "booked", _("Booked")
    SKIPPED = "skipped", _("Skipped")
    REMOVED = "removed", _("Removed")


class SeriesDateQuerySet(DistrictQuerySet["SeriesDate"]):
    def open(self) -> Self:
        """Dates whose booking is asked for or confirmed."""
        return self.filter(booking__status__in=[BookingStatus.REQUESTED, BookingStatus.CONFIRMED])


class SeriesDate(DistrictModel):
    """What became of one date of a series.

    A date that was cancelled keeps its booking and never comes back, nor does one that was removed.
    Skipped ones say why in `reason`, a code of the refusal. One whose time was taken is booked
    after all where that becomes free; a change of the series tries all of them anew.
    """

    series = DistrictForeignKey(Series, on_delete=models.CASCADE, related_name="dates")
    on = models.DateField()
    state = models.CharField(max_length=8, choices=DateState)
    booking = DistrictForeignKey(
        Booking, on_delete=models.PROTECT, null=True, blank=True, related_name="series_dates"
    )
    reason = models.CharField(max_length=40, blank=True)

    objects = DistrictManager.from_queryset(SeriesDateQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "series", "on"], name="seriesdate_once"),
            models.UniqueConstraint(
                fields=["district", "booking"],
                condition=Q(booking__isnull=False),
                name="seriesdate_booking",
            ),
            models.CheckConstraint(
                name="seriesdate_booked",
                condition=Q(state="booked", booking__isnull=False)
                | Q(state="skipped", booking=None)
                | Q(state="removed"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["district", "on"], condition=Q(state="skipped"), name="seriesdate_skipped"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.series_id} {self.on}"
