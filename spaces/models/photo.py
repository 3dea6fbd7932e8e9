from collections.abc import Sequence
from typing import Any, Final, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from district.models import Bilingual, File
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)
from spaces.models.place import ArtWork, Place
from spaces.models.space import Building, Space

SUBJECTS: Final = ("building", "space", "place", "artwork")


def _one_subject() -> Q:
    """Exactly one of the four is set."""
    return Q(
        *(Q(**{f"{name}__isnull": name != chosen for name in SUBJECTS}) for chosen in SUBJECTS),
        _connector=Q.OR,
    )


class PhotoQuerySet(DistrictQuerySet["Photo"]):
    def of(self, subject: DistrictModel) -> Self:
        """The photos of a thing, its face first."""
        rows = self.filter(**{str(subject._meta.model_name): subject})
        return rows.select_related("image", "thumbnail").order_by("position", "id")

    def put_faces_on(self, subjects: Sequence[Any], name: str) -> None:
        """Give each of these things its `face`, the first photo or None: one query for a list."""
        rows = self.filter(**{f"{name}__in": [subject.pk for subject in subjects]})
        rows = rows.select_related("thumbnail").order_by("-position", "-id")
        found = {getattr(row, f"{name}_id"): row for row in rows}
        for subject in subjects:
            subject.face = found.get(subject.pk)


class Photo(DistrictModel):
    """A picture of a building, space, place or art work, in order; the first is its face.

    `image` is for looking at, `thumbnail` for lists; both were drawn anew from what was uploaded.
    """

    # A picture has no history of its own: it goes with its subject.
    building = DistrictForeignKey(
        Building, on_delete=models.CASCADE, null=True, blank=True, related_name="photos"
    )
    space = DistrictForeignKey(
        Space, on_delete=models.CASCADE, null=True, blank=True, related_name="photos"
    )
    place = DistrictForeignKey(
        Place, on_delete=models.CASCADE, null=True, blank=True, related_name="photos"
    )
    artwork = DistrictForeignKey(
        ArtWork, on_delete=models.CASCADE, null=True, blank=True, related_name="photos"
    )
    image = DistrictForeignKey(File, on_delete=models.PROTECT, related_name="+")
    thumbnail = DistrictForeignKey(File, on_delete=models.PROTECT, related_name="+")
    alt_zh = models.CharField(_("Chinese description"), max_length=200, blank=True)
    alt_en = models.CharField(_("English description"), max_length=200, blank=True)
    position = models.IntegerField(default=0)

    objects = DistrictManager.from_queryset(PhotoQuerySet)()  # type: ignore[misc]

    alt = Bilingual("alt")

    class Meta:
        constraints = [models.CheckConstraint(name="photo_one_subject", condition=_one_subject())]
        indexes = [
            models.Index(
                fields=["district", name, "position"],
                condition=Q(**{f"{name}__isnull": False}),
                name=f"photo_{name}",
            )
            for name in SUBJECTS
        ]

    def __str__(self) -> str:
        return self.alt or str(self.image_id)

    @property
    def subject(self) -> Any:
        return next(found for name in SUBJECTS if (found := getattr(self, name)) is not None)
