from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.models.district import Community, validate_time_zone
from district.models.organization import Organization
from district.tenancy.indexes import words_index
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)


class Person(DistrictModel):
    """Somebody the district knows: with a log-in, or only as a visitor or a registrant."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    name = models.CharField(_("Name"), max_length=80)
    mobile = models.CharField(_("Mobile"), max_length=32, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    language = models.CharField(
        _("Language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans"
    )
    time_zone = models.CharField(
        _("Time zone"), max_length=64, blank=True, validators=[validate_time_zone]
    )
    quiet_from = models.TimeField(_("Quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("Quiet until"), null=True, blank=True)
    digest_hour = models.PositiveSmallIntegerField(_("Daily mail at"), default=8)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "user"],
                name="person_user",
                violation_error_message=_("This log-in already belongs to somebody here."),
            ),
            models.CheckConstraint(
                name="person_digest_hour",
                condition=Q(digest_hour__lte=23),
                violation_error_message=_("Choose an hour of the day."),
            ),
        ]
        indexes = [
            models.Index(fields=["district", "email"], name="person_email"),
            models.Index(fields=["district", "mobile"], name="person_mobile"),
            models.Index(fields=["district", "name", "id"], name="person_name"),
            words_index("person", "name", "email", "mobile"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def initial(self) -> str:
        return self.name[:1]


class Role(models.TextChoices):
    OPERATOR_ADMIN = "operator_admin", _("Operator administrator")
    OPERATOR = "operator", _("Operator staff")
    COMPANY_ADMIN = "company_admin", _("Company administrator")
    COMPANY_MEMBER = "company_member", _("Company member")
    PARTNER = "partner", _("Partner")
    AUDITOR = "auditor", _("Auditor")


OPERATOR_ROLES = frozenset({Role.OPERATOR_ADMIN, Role.OPERATOR, Role.AUDITOR})


class MembershipQuerySet(DistrictQuerySet["Membership"]):
    def current(self) -> Self:
        return self.filter(ended_at=None, organization__ended_at=None)


class Membership(DistrictModel):
    """A person acting for an organisation in one role; it ends, it is not deleted.

    `community` narrows an operator's role to one area; empty means the whole district.
    """

    person = DistrictForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    organization = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(_("Role"), max_length=20, choices=Role)
    community = DistrictForeignKey(
        Community, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    title = models.CharField(_("Position"), max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = DistrictManager.from_queryset(MembershipQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "person", "organization"],
                condition=Q(ended_at=None),
                name="membership_once",
                violation_error_message=_("This person already belongs to the organisation."),
            ),
            models.CheckConstraint(
                name="membership_area_of_operator",
                condition=Q(community=None) | Q(role="operator"),
                violation_error_message=_("Only operator staff are limited to an area."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.organization}"

    @property
    def label(self) -> str:
        return str(self.get_role_display())

    @property
    def is_operator(self) -> bool:
        return self.role in OPERATOR_ROLES


class Invitation(DistrictModel):
    """An offer to join an organisation, sent to a mobile or an e-mail address; used once."""

    organization = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, related_name="invitations"
    )
    role = models.CharField(_("Role"), max_length=20, choices=Role)
    community = DistrictForeignKey(
        Community, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("Name"), max_length=80)
    mobile = models.CharField(_("Mobile"), max_length=32, blank=True)
    email = models.EmailField(_("E-mail"), blank=True)
    key_hash = models.CharField(max_length=64)
    invited_by = DistrictForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "key_hash"], name="invitation_key"),
            models.CheckConstraint(
                name="invitation_reachable",
                condition=~Q(mobile="", email=""),
                violation_error_message=_("Give a mobile number or an e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_open(self) -> bool:
        return (
            self.accepted_at is None
            and self.revoked_at is None
            and self.expires_at > timezone.now()
        )
