from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from district.actors import Actor, is_operator
from district.models import Bilingual, Community, one_language
from district.numbers import door_code
from district.paths import path_of
from district.tenancy.indexes import words_index
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)
from spaces.models.choices import Feature, Realm, SpaceFunction


class BuildingQuerySet(DistrictQuerySet["Building"]):
    def current(self) -> Self:
        return self.filter(ended_at=None)

    def visible_to(self, actor: Actor) -> Self:
        """Everybody sees what stands; only the operator what is gone."""
        return self if is_operator(actor) else self.current()


class Building(DistrictModel):
    """A building of the district, or a named part of one (`part_of`)."""

    community = DistrictForeignKey(
        Community, on_delete=models.PROTECT, null=True, blank=True, related_name="buildings"
    )
    part_of = DistrictForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts"
    )
    code = models.CharField(_("Code"), max_length=60)
    name_zh = models.CharField(_("Chinese name"), max_length=160, blank=True)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    address_zh = models.CharField(_("Chinese address"), max_length=200, blank=True)
    address_en = models.CharField(_("English address"), max_length=200, blank=True)
    function = models.CharField(
        _("Function"), max_length=20, choices=SpaceFunction, default=SpaceFunction.TECHNOLOGY
    )
    realms = ArrayField(
        models.CharField(max_length=10, choices=Realm), verbose_name=_("Realms"), default=list
    )
    geometry = models.JSONField(_("Outline (GeoJSON)"), null=True, blank=True)
    longitude = models.FloatField(_("Longitude"), null=True, blank=True)
    latitude = models.FloatField(_("Latitude"), null=True, blank=True)
    gross_area_m2 = models.DecimalField(
        _("Gross area (m²)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    built_year = models.PositiveSmallIntegerField(_("Built in"), null=True, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DistrictManager.from_queryset(BuildingQuerySet)()  # type: ignore[misc]

    name = Bilingual("name")
    address = Bilingual("address")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "code"],
                name="building_code",
                violation_error_message=_("A building with this code exists already."),
            ),
            models.UniqueConstraint(
                fields=["district", "external_id"],
                condition=~Q(external_id=""),
                name="building_external_id",
            ),
            one_language("building"),
        ]
        indexes = [words_index("building", "name_zh", "name_en", "code")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_of("building_detail", self.pk)


class Floor(DistrictModel):
    """A storey: level 1 is the ground floor (1 层), basements are negative."""

    building = DistrictForeignKey(Building, on_delete=models.PROTECT, related_name="floors")
    level = models.SmallIntegerField(_("Level"))
    name_zh = models.CharField(max_length=60, blank=True)
    name_en = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "building", "level"],
                name="floor_level",
                violation_error_message=_("The building already has this floor."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        given = Bilingual("name").__get__(self, type(self))
        if given:
            return given
        number = self.level if self.level > 0 else f"B{-self.level}"
        return str(_("Floor %(number)s") % {"number": number})


class SpaceQuerySet(DistrictQuerySet["Space"]):
    def current(self) -> Self:
        return self.filter(ended_at=None)

    def visible_to(self, actor: Actor) -> Self:
        """Everybody sees what is in use; only the operator what has ended."""
        return self if is_operator(actor) else self.current()

    def bookable(self) -> Self:
        return self.current().filter(bookable=True, rules__isnull=False)


class Space(DistrictModel):
    """A room, hall, lab, unit, seat or outdoor place: a tree under a building's floor.

    A leaf is a space without children; only leaves are ever claimed (see Occupancy). `rules` are
    the booking rules in force here, resolved from the policies above it. `door_code` is in the
    address that its door's sign shows as a QR code: whoever stands there knows it.
    """

    building = DistrictForeignKey(Building, on_delete=models.PROTECT, related_name="spaces")
    floor = DistrictForeignKey(
        Floor, on_delete=models.PROTECT, null=True, blank=True, related_name="spaces"
    )
    parent = DistrictForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    is_leaf = models.BooleanField(default=True, editable=False)
    code = models.CharField(_("Code"), max_length=60)
    name_zh = models.CharField(_("Chinese name"), max_length=160, blank=True)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    description_zh = models.TextField(_("Chinese description"), blank=True)
    description_en = models.TextField(_("English description"), blank=True)
    function = models.CharField(
        _("Function"), max_length=20, choices=SpaceFunction, default=SpaceFunction.MEETING
    )
    realms = ArrayField(
        models.CharField(max_length=10, choices=Realm), verbose_name=_("Realms"), default=list
    )
    area_m2 = models.DecimalField(
        _("Area (m²)"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    capacity = models.PositiveIntegerField(_("Capacity"), default=0)
    features = ArrayField(
        models.CharField(max_length=20, choices=Feature),
        verbose_name=_("Features"),
        default=list,
        blank=True,
    )
    measures = models.JSONField(_("Technical figures"), default=dict, blank=True)
    geometry = models.JSONField(_("Outline (GeoJSON)"), null=True, blank=True)
    longitude = models.FloatField(_("Longitude"), null=True, blank=True)
    latitude = models.FloatField(_("Latitude"), null=True, blank=True)
    lettable = models.BooleanField(_("Can be let"), default=False)
    bookable = models.BooleanField(_("Can be booked"), default=False)
    rules = DistrictForeignKey(
        "spaces.BookingRules", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    external_id = models.CharField(max_length=120, blank=True)
    door_code = models.CharField(max_length=16, default=door_code, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DistrictManager.from_queryset(SpaceQuerySet)()  # type: ignore[misc]

    name = Bilingual("name")
    description = Bilingual("description")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "code"],
                name="space_code",
                violation_error_message=_("A space with this code exists already."),
            ),
            models.UniqueConstraint(
                fields=["district", "external_id"],
                condition=~Q(external_id=""),
                name="space_external_id",
            ),
            models.UniqueConstraint(fields=["district", "id", "is_leaf"], name="space_leaf"),
            models.UniqueConstraint(
                fields=["district", "door_code"],
                condition=~Q(door_code=""),
                name="space_door_code",
            ),
            one_language("space"),
            models.CheckConstraint(
                name="space_area_positive",
                condition=Q(area_m2=None) | Q(area_m2__gt=0),
                violation_error_message=_("The area must be more than zero."),
            ),
        ]
        indexes = [
            models.Index(fields=["district", "-capacity", "-id"], name="space_capacity"),
            models.Index(fields=["district", "function", "code", "id"], name="space_function"),
            models.Index(fields=["district", "building", "floor", "code"], name="space_building"),
            models.Index(
                fields=["district", "code", "id"],
                condition=Q(ended_at__isnull=False),
                name="space_ended",
            ),
            models.Index(
                fields=["district", "capacity", "id"],
                condition=Q(bookable=True, ended_at=None),
                name="space_bookable",
            ),
            GinIndex(fields=["features"], name="space_features"),
            words_index("space", "name_zh", "name_en", "code"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return path_of("space_detail", self.pk)

    @property
    def feature_names(self) -> list[str]:
        labels = dict(Feature.choices)
        return [str(labels[name]) for name in self.features if name in labels]

    @property
    def where(self) -> str:
        """Building and floor, which tell rooms of the same name apart; both must be read."""
        building: str = self.building.name
        return f"{building} · {self.floor.name}" if self.floor else building


class SpaceLeaf(DistrictModel):
    """The stored closure: `leaf` lies in `space` (a leaf lies in itself)."""

    space = DistrictForeignKey(Space, on_delete=models.CASCADE, related_name="leaves")
    leaf = DistrictForeignKey(Space, on_delete=models.CASCADE, related_name="holders")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "space", "leaf"], name="spaceleaf_pair")
        ]
        indexes = [models.Index(fields=["district", "leaf", "space"], name="spaceleaf_leaf")]

    def __str__(self) -> str:
        return f"{self.space_id} ⊇ {self.leaf_id}"


class SpaceVersion(DistrictModel):
    """What a space was called and measured until `until`; written when one of these changes."""

    space = DistrictForeignKey(Space, on_delete=models.PROTECT, related_name="versions")
    until = models.DateTimeField()
    code = models.CharField(max_length=60)
    name_zh = models.CharField(max_length=160, blank=True)
    name_en = models.CharField(max_length=160, blank=True)
    area_m2 = models.DecimalField(max_digits=10, decimal_places=2, null=True)
    capacity = models.PositiveIntegerField(default=0)
    function = models.CharField(max_length=20, choices=SpaceFunction)

    name = Bilingual("name")

    class Meta:
        indexes = [models.Index(fields=["district", "space", "-until"], name="spaceversion_space")]

    def __str__(self) -> str:
        return self.name
