from django.db import models

from district.models import Person
from district.tenancy.models import DistrictForeignKey, DistrictModel
from spaces.models.space import Space


class Favourite(DistrictModel):
    """A space somebody marked to find it again; seen by the person alone."""

    person = DistrictForeignKey(Person, on_delete=models.CASCADE, related_name="favourites")
    space = DistrictForeignKey(Space, on_delete=models.CASCADE, related_name="favourites")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "person", "space"], name="favourite_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} ★ {self.space_id}"
