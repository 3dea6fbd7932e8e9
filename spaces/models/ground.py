from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from district.models import Bilingual
from district.tenancy.models import DistrictModel


class GroundKind(models.TextChoices):
    """What lies under the buildings, in the order it is drawn: areas first, then lines."""

    WATER = "water", _("Water")
    PARK = "park", _("Green")
    POND = "pond", _("Pond")
    WOOD = "wood", _("Trees")
    CONTEXT = "ctx", _("Neighbouring building")
    CANAL = "canal", _("Canal")
    PATH = "path", _("Path")
    MINOR = "minor", _("Street")
    MAJOR = "major", _("Main road")


LINES = frozenset({GroundKind.CANAL, GroundKind.PATH, GroundKind.MINOR, GroundKind.MAJOR})


class Ground(DistrictModel):
    """A piece of the base map: an area of water or green, or a road; drawn, never clicked.

    `geometry` is GeoJSON: a LineString for roads and canals, else a Polygon or MultiPolygon.
    """

    kind = models.CharField(_("Kind"), max_length=10, choices=GroundKind)
    name_zh = models.CharField(_("Chinese name"), max_length=120, blank=True)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    geometry = models.JSONField(_("Shape (GeoJSON)"))
    external_id = models.CharField(max_length=120, blank=True)

    name = Bilingual("name")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "external_id"],
                condition=~Q(external_id=""),
                name="ground_external_id",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.name}".strip()
