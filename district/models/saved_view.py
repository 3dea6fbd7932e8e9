from django.db import models
from django.utils.translation import gettext_lazy as _

from district.models.person import Person
from district.tenancy.models import DistrictForeignKey, DistrictModel


class SavedView(DistrictModel):
    """Filters, order and columns of a list under a name; seen by the person alone."""

    person = DistrictForeignKey(Person, on_delete=models.CASCADE, related_name="saved_views")
    listing = models.CharField(max_length=40)
    name = models.CharField(_("Name"), max_length=40)
    query = models.CharField(max_length=2000, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "person", "listing", "name"],
                name="savedview_name",
                violation_error_message=_("You have a view of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
