from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from district.tenancy.models import DistrictForeignKey, DistrictModel


class FileAudience(models.TextChoices):
    PUBLIC = "public", _("Everybody")
    DISTRICT = "district", _("Members of the district")
    ORGANIZATION = "organization", _("The organisation and the operator")
    PERSON = "person", _("Only the person")


class File(DistrictModel):
    """An uploaded or produced file; its bytes lie under `<district>/<id>` in private storage."""

    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    audience = models.CharField(max_length=20, choices=FileAudience)
    organization = DistrictForeignKey(
        "district.Organization",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    person = DistrictForeignKey(
        "district.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["district", "sha256"], name="file_sha256")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("file_download", args=[self.pk])

    @property
    def path(self) -> str:
        return f"{self.district_id}/{self.pk}"
