"""What leaves the product for a person or a group, and how each person wants to be told."""

from datetime import datetime, timedelta
from typing import Final, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.models.activity import Activity, Notification
from district.models.person import Person
from district.models.robot import Robot
from district.rules import Lifecycle
from district.tenancy.models import (
    DistrictForeignKey,
    DistrictManager,
    DistrictModel,
    DistrictQuerySet,
)


class Channel(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    ROBOT = "robot", _("Group robot")


class DeliveryStatus(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    SENDING = "sending", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")
    SUPPRESSED = "suppressed", _("Not sent")


OPEN: Final = (DeliveryStatus.QUEUED, DeliveryStatus.SENDING)
TONES: Final = {
    DeliveryStatus.QUEUED: "wait",
    DeliveryStatus.SENDING: "wait",
    DeliveryStatus.SENT: "go",
    DeliveryStatus.FAILED: "stop",
    DeliveryStatus.SUPPRESSED: "off",
}
# How long a sender may be silent before its deliveries are taken over by another.
LEASE: Final = timedelta(minutes=10)


class DeliveryQuerySet(DistrictQuerySet["Delivery"]):
    def due(self) -> Self:
        """What is to be sent now, and what a sender that died left behind."""
        return self.filter(status__in=OPEN, due_at__lte=timezone.now())


class Delivery(Lifecycle, DistrictModel):
    """One message to one address over one channel, from the queue until it left or was given up.

    It is claimed (SENDING, for the length of a lease) in one transaction, sent outside of any, and
    settled in another: at least once, and under one Message-ID however often. The address itself
    stays with the person; only a masked copy is kept here.
    """

    TRANSITIONS = {
        DeliveryStatus.QUEUED: {DeliveryStatus.SENDING, DeliveryStatus.SUPPRESSED},
        DeliveryStatus.SENDING: {
            DeliveryStatus.SENDING,
            DeliveryStatus.SENT,
            DeliveryStatus.QUEUED,
            DeliveryStatus.FAILED,
            DeliveryStatus.SUPPRESSED,
        },
        DeliveryStatus.FAILED: {DeliveryStatus.QUEUED},
    }

    activity = DistrictForeignKey(Activity, on_delete=models.PROTECT, related_name="deliveries")
    notification = DistrictForeignKey(
        Notification,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deliveries",
    )
    person = DistrictForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    robot = DistrictForeignKey(
        Robot, on_delete=models.PROTECT, null=True, blank=True, related_name="deliveries"
    )
    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(max_length=120, blank=True)
    in_digest = models.BooleanField(default=False)
    status = models.CharField(max_length=12, choices=DeliveryStatus, default=DeliveryStatus.QUEUED)
    attempt_count = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=60, blank=True)
    error_text = models.CharField(max_length=300, blank=True)

    objects = DistrictManager.from_queryset(DeliveryQuerySet)()  # type: ignore[misc]

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "notification", "channel"], name="delivery_once"
            ),
            models.UniqueConstraint(
                fields=["district", "activity", "robot"], name="delivery_robot_once"
            ),
            models.CheckConstraint(
                name="delivery_one_receiver",
                condition=Q(channel="robot", robot__isnull=False, person=None)
                | Q(channel__in=["email", "sms"], robot=None, person__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["district", "due_at"],
                condition=Q(status__in=["queued", "sending"]),
                name="delivery_due",
            ),
            models.Index(fields=["district", "-id"], name="delivery_newest"),
            models.Index(fields=["district", "status", "-id"], name="delivery_status"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.address}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def tone(self) -> str:
        return TONES[DeliveryStatus(self.status)]

    def claim(self) -> None:
        """Take it for sending; nobody else does until the lease has run out."""
        self.move_to(DeliveryStatus.SENDING)
        self.attempt_count += 1
        self.due_at = timezone.now() + LEASE
        self.save(update_fields=["status", "attempt_count", "due_at"])

    def settle(
        self,
        status: DeliveryStatus,
        *,
        code: str = "",
        text: str = "",
        again: datetime | None = None,
    ) -> None:
        """Write down how sending ended; `again` is when to try next."""
        self.move_to(status)
        self.error_code, self.error_text = code[:60], text[:300]
        self.due_at = again or self.due_at
        self.sent_at = timezone.now() if status == DeliveryStatus.SENT else None
        self.save(update_fields=["status", "error_code", "error_text", "due_at", "sent_at"])


class MailPace(models.TextChoices):
    NOW = "now", _("At once")
    DAILY = "daily", _("Once a day")
    OFF = "off", _("Never")


class NotificationChoice(DistrictModel):
    """How one person wants to hear of one group of verbs; without a row, as the group says."""

    person = DistrictForeignKey(Person, on_delete=models.PROTECT, related_name="choices")
    group = models.CharField(max_length=40)
    email = models.CharField(max_length=6, choices=MailPace, default=MailPace.NOW)
    sms = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "person", "group"], name="notificationchoice_once"
            )
        ]

    def __str__(self) -> str:
        return self.group
