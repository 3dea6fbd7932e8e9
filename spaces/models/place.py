from datetime import datetime, timedelta
from typing import Final, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from district.models import Bilingual, Organization, one_language
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)
from spaces.models.choices import PlaceKind
from spaces.models.space import Building, Space

# A little less than five minutes, so that a beat that comes early does not skip one.
CHECKED_EVERY: Final = timedelta(minutes=5) - timedelta(seconds=20)


class ZonePurpose(models.TextChoices):
    CORE = "core", _("Core zone")
    RESEARCH = "research", _("Research")
    INDUSTRY = "industry", _("Industry")
    HOUSING = "housing", _("Housing")
    CULTURE = "culture", _("Culture")
    ECOLOGY = "ecology", _("Green and water")


class Zone(DistrictModel):
    """A part of the district with a purpose and targets, counted live from what lies in it.

    `targets` maps a figure (universities, research_bodies, area_km2, companies) to a number.
    """

    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    purpose = models.CharField(_("Purpose"), max_length=20, choices=ZonePurpose)
    boundary = models.JSONField(_("Boundary (GeoJSON)"))
    targets = models.JSONField(_("Targets"), default=dict, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    name = Bilingual("name")

    class Meta:
        constraints = [one_language("zone")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("zone_detail", args=[self.pk])


class Place(DistrictModel):
    """A point of interest: a cultural venue, a pocket park, a café, a stop."""

    kind = models.CharField(_("Kind"), max_length=20, choices=PlaceKind)
    name_zh = models.CharField(_("Chinese name"), max_length=160, blank=True)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    description_zh = models.TextField(_("Chinese description"), blank=True)
    description_en = models.TextField(_("English description"), blank=True)
    longitude = models.FloatField(_("Longitude"))
    latitude = models.FloatField(_("Latitude"))
    hours = models.CharField(_("Hours"), max_length=300, blank=True)
    website = models.URLField(_("Website"), max_length=500, blank=True)
    building = DistrictForeignKey(
        Building, on_delete=models.PROTECT, null=True, blank=True, related_name="places"
    )
    space = DistrictForeignKey(
        Space, on_delete=models.PROTECT, null=True, blank=True, related_name="places"
    )
    external_id = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    name = Bilingual("name")
    description = Bilingual("description")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "external_id"],
                condition=~Q(external_id=""),
                name="place_external_id",
            ),
            one_language("place"),
            models.CheckConstraint(
                name="place_on_earth",
                condition=Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                violation_error_message=_("Longitude or latitude is out of range."),
            ),
        ]
        indexes = [models.Index(fields=["district", "kind", "id"], name="place_kind")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("place_detail", args=[self.pk])


class ArtWork(DistrictModel):
    """A sculpture, mural or installation with its artist, year and story."""

    name_zh = models.CharField(_("Chinese name"), max_length=160, blank=True)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    artist = models.CharField(_("Artist"), max_length=160, blank=True)
    year = models.PositiveSmallIntegerField(_("Year"), null=True, blank=True)
    story_zh = models.TextField(_("Chinese story"), blank=True)
    story_en = models.TextField(_("English story"), blank=True)
    longitude = models.FloatField(_("Longitude"))
    latitude = models.FloatField(_("Latitude"))
    ended_at = models.DateTimeField(null=True, blank=True)

    name = Bilingual("name")
    story = Bilingual("story")

    class Meta:
        constraints = [
            one_language("artwork"),
            models.CheckConstraint(
                name="artwork_on_earth",
                condition=Q(longitude__range=(-180, 180), latitude__range=(-90, 90)),
                violation_error_message=_("Longitude or latitude is out of range."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("artwork_detail", args=[self.pk])


class Route(DistrictModel):
    """A walk through the district: an ordered row of stops, drawn as a line."""

    name_zh = models.CharField(_("Chinese name"), max_length=160, blank=True)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    description_zh = models.TextField(_("Chinese description"), blank=True)
    description_en = models.TextField(_("English description"), blank=True)
    line = models.JSONField(_("Line (GeoJSON)"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    name = Bilingual("name")
    description = Bilingual("description")

    class Meta:
        constraints = [one_language("route")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("route_detail", args=[self.pk])


class RouteStop(DistrictModel):
    """One stop of a route: a place or an art work."""

    route = DistrictForeignKey(Route, on_delete=models.CASCADE, related_name="stops")
    position = models.PositiveSmallIntegerField()
    place = DistrictForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    artwork = DistrictForeignKey(
        ArtWork, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "route", "position"], name="routestop_position"
            ),
            models.CheckConstraint(
                name="routestop_one_target",
                condition=Q(place=None, artwork__isnull=False)
                | Q(place__isnull=False, artwork=None),
                violation_error_message=_("A stop is either a place or an art work."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}"


class PlatformKind(models.TextChoices):
    OPERATIONS = "operations", _("Operations")
    INDUSTRY_SERVICES = "industry_services", _("Industry services")
    INDUSTRIAL_INTERNET = "industrial_internet", _("Industrial internet")
    INDUSTRY_DATA = "industry_data", _("Industry data")
    OTHER = "other", _("Other")


class Health(models.TextChoices):
    """What the last checks of a platform found."""

    UNKNOWN = "unknown", _("Not checked yet")
    UP = "up", _("Works")
    SLOW = "slow", _("Slow")
    DOWN = "down", _("Down")


HEALTH_TONES: Final = {
    Health.UNKNOWN.value: "off",
    Health.UP.value: "go",
    Health.SLOW.value: "wait",
    Health.DOWN.value: "stop",
}
CHECK_REASONS: Final = {
    "host_unknown": _("The name of the host is not known"),
    "address_not_public": _("The address leads to a network that may not be asked"),
    "address_wrong": _("This is no web address"),
    "timeout": _("No answer within five seconds"),
    "not_reached": _("No connection"),
}


class PlatformQuerySet(DistrictQuerySet["Platform"]):
    def current(self) -> Self:
        return self.filter(ended_at=None)

    def due(self, now: datetime) -> Self:
        """Those with an address that were not checked for a while, the longest first."""
        return (
            self.current()
            .exclude(url="", health_url="")
            .filter(Q(checked_at=None) | Q(checked_at__lte=now - CHECKED_EVERY))
            .order_by(models.F("checked_at").asc(nulls_first=True), "id")
        )


class Platform(DistrictModel):
    """A digital platform of the district's virtual space, with where it answers and how it is.

    `failure_count` are the checks that failed one after another up to now.
    """

    kind = models.CharField(_("Kind"), max_length=20, choices=PlatformKind)
    name_zh = models.CharField(_("Chinese name"), max_length=160, blank=True)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    purpose_zh = models.TextField(_("Purpose in Chinese"), blank=True)
    purpose_en = models.TextField(_("Purpose in English"), blank=True)
    url = models.URLField(_("Address"), blank=True)
    health_url = models.URLField(_("Health check address"), blank=True)
    operator = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    building = DistrictForeignKey(
        Building, on_delete=models.PROTECT, null=True, blank=True, related_name="platforms"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    health = models.CharField(
        _("Health"), max_length=10, choices=Health, default=Health.UNKNOWN, editable=False
    )
    failure_count = models.PositiveSmallIntegerField(default=0, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    name = Bilingual("name")
    purpose = Bilingual("purpose")

    objects = DistrictManager.from_queryset(PlatformQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [one_language("platform")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("platform_detail", args=[self.pk])

    @property
    def health_tone(self) -> str:
        return HEALTH_TONES[self.health]

    @property
    def checked_url(self) -> str:
        return self.health_url or self.url

    def forget_health(self) -> None:
        """What was found at another address says nothing of this one."""
        self.health, self.failure_count, self.checked_at = Health.UNKNOWN, 0, None


class PlatformCheck(DistrictModel):
    """What one check of a platform found: up, slow or down, after how long, and why."""

    platform = DistrictForeignKey(Platform, on_delete=models.CASCADE, related_name="checks")
    at = models.DateTimeField()
    health = models.CharField(max_length=10, choices=Health)
    milliseconds = models.PositiveIntegerField()
    reason = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["district", "platform", "-at"], name="platformcheck_newest")
        ]

    def __str__(self) -> str:
        return f"{self.at:%H:%M} {self.health}"

    @property
    def tone(self) -> str:
        return HEALTH_TONES[self.health]

    @property
    def reason_in_words(self) -> str:
        if self.reason.startswith("http_"):
            return gettext("It answered with %(code)s") % {"code": self.reason[5:]}
        return str(CHECK_REASONS.get(self.reason, self.reason))
