from datetime import timedelta
from typing import Final, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from district.models.bilingual import Bilingual, one_language
from district.models.district import Community
from district.models.file import File
from district.models.uscc import validate_uscc
from district.rules import Lifecycle
from district.tenancy.indexes import words_index
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)

EXPIRING_WITHIN: Final = timedelta(days=90)


class OrganizationKind(models.TextChoices):
    OPERATOR = "operator", _("Operator")
    COMPANY = "company", _("Company")
    UNIVERSITY = "university", _("University")
    RESEARCH = "research", _("Research institute")
    INVESTOR = "investor", _("Investor")
    SERVICE = "service", _("Service firm")
    GOVERNMENT = "government", _("Public body")
    PARK = "park", _("Partner park")


class Industry(models.TextChoices):
    BIOMEDICINE = "biomedicine", _("Biomedicine")
    NANOTECH = "nanotech", _("Nanotechnology")
    AI = "ai", _("Artificial intelligence")
    SEMICONDUCTOR = "semiconductor", _("Semiconductors")
    NEW_MATERIALS = "new_materials", _("New materials")
    ROBOTICS = "robotics", _("Robotics and smart manufacturing")
    NEW_ENERGY = "new_energy", _("New energy")
    SOFTWARE = "software", _("Software and cloud")
    PHOTONICS = "photonics", _("Photonics")
    CULTURE = "culture", _("Culture and creative industries")
    PROFESSIONAL = "professional", _("Professional services")
    EDUCATION = "education", _("Education")
    OTHER = "other", _("Other")


class OrganizationQuerySet(DistrictQuerySet["Organization"]):
    def current(self) -> Self:
        return self.filter(ended_at=None)


class Organization(DistrictModel):
    """A company, university, institute or other body of the district; it ends, never vanishes."""

    name_zh = models.CharField(_("Chinese name"), max_length=160, blank=True)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    legal_name = models.CharField(_("Registered name"), max_length=200, blank=True)
    other_names = models.TextField(
        _("Other names"),
        blank=True,
        help_text=_("Former, short and foreign names, one a line; people find it by them."),
    )
    kind = models.CharField(
        _("Kind"), max_length=20, choices=OrganizationKind, default=OrganizationKind.COMPANY
    )
    uscc = models.CharField(  # noqa: DJ001 - unique where known, NULL where not
        _("Unified social credit code"),
        max_length=18,
        null=True,
        blank=True,
        validators=[validate_uscc],
    )
    industry = models.CharField(
        _("Industry"), max_length=30, choices=Industry, default=Industry.OTHER
    )
    community = DistrictForeignKey(
        Community,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Community"),
    )
    country = models.CharField(_("Country"), max_length=2, default="CN")
    website = models.URLField(_("Website"), blank=True)
    summary_zh = models.TextField(_("Chinese description"), blank=True)
    summary_en = models.TextField(_("English description"), blank=True)
    founded_on = models.DateField(_("Founded on"), null=True, blank=True)
    employee_count = models.PositiveIntegerField(_("Employees"), null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    latitude = models.FloatField(null=True, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DistrictManager.from_queryset(OrganizationQuerySet)()  # type: ignore[misc]

    name = Bilingual("name")
    summary = Bilingual("summary")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "uscc"],
                name="organization_uscc",
                violation_error_message=_("An organisation with this code exists already."),
            ),
            models.UniqueConstraint(
                fields=["district", "external_id"],
                condition=~Q(external_id=""),
                name="organization_external_id",
            ),
            one_language("organization"),
        ]
        indexes = [
            models.Index(fields=["district", "kind", "id"], name="organization_kind"),
            models.Index(fields=["district", "industry", "id"], name="organization_industry"),
            models.Index(
                fields=["district", "id"],
                condition=Q(ended_at__isnull=False),
                name="organization_ended",
            ),
            words_index("organization", "name_zh", "name_en", "legal_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("organization_detail", args=[self.pk])

    @property
    def initial(self) -> str:
        return self.name[:1]

    @property
    def other_name_list(self) -> list[str]:
        return [name for line in self.other_names.splitlines() if (name := line.strip())]


class OrganizationName(DistrictModel):
    """What an organisation was called until `until`; written when one of its names changes."""

    organization = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, related_name="former_names"
    )
    name_zh = models.CharField(max_length=160, blank=True)
    name_en = models.CharField(max_length=160, blank=True)
    legal_name = models.CharField(max_length=200, blank=True)
    until = models.DateTimeField()

    name = Bilingual("name")

    class Meta:
        indexes = [
            models.Index(
                fields=["district", "organization", "-until"], name="organizationname_until"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CertificationKind(models.TextChoices):
    HIGH_TECH = "high_tech", _("High-tech enterprise")
    SPECIALISED = "specialised", _("Specialised and innovative SME")
    LITTLE_GIANT = "little_giant", _("Little giant")
    ABOVE_SCALE = "above_scale", _("Above designated size")


class CertificationQuerySet(DistrictQuerySet["Certification"]):
    def current(self) -> Self:
        return self.filter(ended_at=None, organization__ended_at=None)

    def expiring(self) -> Self:
        """Those in force that expire within EXPIRING_WITHIN, from today on."""
        today = timezone.localdate()
        return self.current().filter(expires_on__range=(today, today + EXPIRING_WITHIN))


class Certification(DistrictModel):
    """A qualification an organisation holds until it expires, or until it is ended before.

    `reminded_for` is the expiry that people were reminded of: a new one is reminded of again.
    """

    organization = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, related_name="certifications"
    )
    kind = models.CharField(_("Kind"), max_length=20, choices=CertificationKind)
    number = models.CharField(_("Certificate number"), max_length=80, blank=True)
    issued_on = models.DateField(_("Issued on"), null=True, blank=True)
    expires_on = models.DateField(_("Expires on"), null=True, blank=True)
    file = DistrictForeignKey(
        File, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reminded_for = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DistrictManager.from_queryset(CertificationQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="certification_dates_in_order",
                condition=Q(expires_on__isnull=True)
                | Q(issued_on__isnull=True)
                | Q(expires_on__gt=models.F("issued_on")),
                violation_error_message=_("It must expire after it was issued."),
            )
        ]
        indexes = [
            models.Index(fields=["district", "expires_on"], name="certification_expiry"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def state(self) -> tuple[str, Promise]:
        """Tone and word: ended, expired, expiring or in force."""
        today = timezone.localdate()
        if self.ended_at is not None:
            return "off", _("Ended")
        if self.expires_on and self.expires_on < today:
            return "stop", _("Expired")
        if self.expires_on and self.expires_on <= today + EXPIRING_WITHIN:
            return "wait", _("Expiring")
        return "go", _("In force")


class OrganizationContact(DistrictModel):
    """Whom to reach at an organisation, whether or not they log in here."""

    organization = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, related_name="contacts"
    )
    name = models.CharField(_("Name"), max_length=80)
    title = models.CharField(_("Position"), max_length=80, blank=True)
    mobile = models.CharField(_("Mobile"), max_length=32, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="organizationcontact_reachable",
                condition=~Q(mobile="", email=""),
                violation_error_message=_("Give a mobile number or an e-mail address."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ClaimStatus(models.TextChoices):
    SUBMITTED = "submitted", _("Submitted")
    APPROVED = "approved", _("Approved")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class OrganizationClaim(Lifecycle, DistrictModel):
    """A person's request to act for a company, with its licence and a letter of authorisation."""

    TRANSITIONS = {
        ClaimStatus.SUBMITTED: {
            ClaimStatus.APPROVED,
            ClaimStatus.DECLINED,
            ClaimStatus.WITHDRAWN,
        }
    }

    organization = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, related_name="claims", null=True, blank=True
    )
    legal_name = models.CharField(_("Registered name"), max_length=200)
    uscc = models.CharField(
        _("Unified social credit code"), max_length=18, validators=[validate_uscc]
    )
    person = DistrictForeignKey("district.Person", on_delete=models.PROTECT, related_name="claims")
    licence = DistrictForeignKey(File, on_delete=models.PROTECT, related_name="+")
    authorisation = DistrictForeignKey(File, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=ClaimStatus, default=ClaimStatus.SUBMITTED)
    reason = models.CharField(max_length=400, blank=True)
    decided_by = DistrictForeignKey(
        "district.Membership", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "person", "uscc"],
                condition=Q(status="submitted"),
                name="organizationclaim_open_once",
                violation_error_message=_("Your request for this company is already in review."),
            )
        ]
        indexes = [
            models.Index(fields=["district", "status", "id"], name="organizationclaim_status")
        ]

    def __str__(self) -> str:
        return self.legal_name
