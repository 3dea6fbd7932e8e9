"""What the operator tells everybody, or some, for a while."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.models.bilingual import Bilingual, one_language
from district.models.organization import Organization, OrganizationKind
from district.models.person import Person
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)


class NoticeState(models.TextChoices):
    SCHEDULED = "scheduled", _("Scheduled")
    SHOWN = "shown", _("Being shown")
    ENDED = "ended", _("Ended")


class NoticeQuerySet(DistrictQuerySet["Notice"]):
    def shown(self) -> Self:
        now = timezone.now()
        return self.filter(starts_at__lte=now, ends_at__gt=now)

    def in_state(self, state: str) -> Self:
        now = timezone.now()
        match state:
            case NoticeState.SCHEDULED:
                return self.filter(starts_at__gt=now)
            case NoticeState.ENDED:
                return self.filter(ends_at__lte=now)
            case _:
                return self.shown()

    def addressed_to(self, organization: Organization) -> Self:
        """Where the notice names communities or kinds, the organisation must be of them."""
        near = Q(communities=[])
        if organization.community_id:
            near |= Q(communities__contains=[organization.community_id])
        return self.filter(near, Q(kinds=[]) | Q(kinds__contains=[organization.kind]))

    def not_dismissed_by(self, person: Person) -> Self:
        return self.exclude(dismissals__person=person)


class Notice(DistrictModel):
    """Scheduled until it starts, shown until it ends; it ends early, it is not deleted.

    `communities` and `kinds` narrow whom it is for; empty means everybody. `published_at` is when
    those were told of it at the bell.
    """

    title_zh = models.CharField(_("Chinese title"), max_length=160, blank=True)
    title_en = models.CharField(_("English title"), max_length=160, blank=True)
    body_zh = models.TextField(_("Chinese text"), blank=True)
    body_en = models.TextField(_("English text"), blank=True)
    starts_at = models.DateTimeField(_("Shown from"))
    ends_at = models.DateTimeField(_("Shown until"))
    communities = ArrayField(models.UUIDField(), default=list, blank=True)
    kinds = ArrayField(
        models.CharField(max_length=20, choices=OrganizationKind), default=list, blank=True
    )
    is_banner = models.BooleanField(_("As a banner across the page"), default=False)
    published_at = models.DateTimeField(null=True, blank=True)

    title = Bilingual("title")
    body = Bilingual("body")

    objects = DistrictManager.from_queryset(NoticeQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            one_language("notice", "title"),
            models.CheckConstraint(
                name="notice_times_in_order",
                condition=Q(ends_at__gt=models.F("starts_at")),
                violation_error_message=_("It must end after it starts."),
            ),
        ]
        indexes = [models.Index(fields=["district", "ends_at"], name="notice_ends")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("notice_detail", args=[self.pk])

    @property
    def state(self) -> NoticeState:
        now = timezone.now()
        if now < self.starts_at:
            return NoticeState.SCHEDULED
        return NoticeState.SHOWN if now < self.ends_at else NoticeState.ENDED

    @property
    def tone(self) -> str:
        return {"scheduled": "wait", "shown": "go", "ended": "off"}[self.state]


class NoticeDismissal(DistrictModel):
    """Somebody has seen a notice and does not want to see it on their pages any more."""

    notice = DistrictForeignKey(Notice, on_delete=models.CASCADE, related_name="dismissals")
    person = DistrictForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "notice", "person"], name="noticedismissal_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.notice_id)
