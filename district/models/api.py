from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.models.organization import Organization
from district.tenancy.models import DistrictForeignKey, DistrictModel


class ApiClient(DistrictModel):
    """A program that acts for an organisation through the API, within its scopes."""

    organization = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, related_name="api_clients"
    )
    name = models.CharField(_("Name"), max_length=80)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class ApiToken(DistrictModel):
    """A secret of an API client: shown once, kept as a hash, expiring and revocable."""

    client = DistrictForeignKey(ApiClient, on_delete=models.PROTECT, related_name="tokens")
    prefix = models.CharField(max_length=12)
    secret_hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=40), default=list)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "secret_hash"], name="apitoken_secret")
        ]

    def __str__(self) -> str:
        return self.prefix

    @property
    def is_valid(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()


class IdempotencyKey(DistrictModel):
    """The stored answer to a request that was carried out, so that a retry gets the same."""

    client = DistrictForeignKey(ApiClient, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=255)
    body_hash = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.JSONField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "client", "key"], name="idempotencykey_once"
            ),
            models.CheckConstraint(
                name="idempotencykey_success", condition=Q(status__gte=200, status__lt=300)
            ),
        ]
        indexes = [models.Index(fields=["district", "created_at"], name="idempotencykey_age")]

    def __str__(self) -> str:
        return self.key
