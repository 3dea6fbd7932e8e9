from django.db import models
from django.db.models import Q
from django.utils import timezone

from district.models.api import ApiClient
from district.models.organization import Organization
from district.models.person import Membership, Person
from district.tenancy.models import DistrictForeignKey, DistrictModel


class Activity(DistrictModel):
    """One meaningful thing that happened, written in the transaction that did it, never changed.

    `data` holds ids, codes and amounts; never names, addresses or free text, so that erasing a
    person leaves the chain valid. No membership and no client means the system itself acted.
    """

    append_only = True

    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.UUIDField()
    organization = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    counterpart = DistrictForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    membership = DistrictForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    client = DistrictForeignKey(
        ApiClient, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["district", "subject_type", "subject_id", "at"], name="activity_subject"
            ),
            models.Index(fields=["district", "organization", "at"], name="activity_organization"),
            models.Index(fields=["district", "verb", "at"], name="activity_verb"),
            models.Index(fields=["district", "created_at"], name="activity_created"),
            models.Index(fields=["district", "at", "id"], name="activity_at"),
            models.Index(fields=["district", "membership", "at"], name="activity_membership"),
            models.Index(fields=["district", "subject_id", "at"], name="activity_subject_id"),
        ]

    def __str__(self) -> str:
        return self.verb


class ActivitySeal(DistrictModel):
    """The place of an activity in its district's order, chained by hash to the seal before.

    Numbers have no gaps. A reader that follows them never skips a row that committed late.
    """

    append_only = True

    number = models.BigIntegerField()
    activity = DistrictForeignKey(Activity, on_delete=models.PROTECT, related_name="seals")
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["district", "number"], name="activityseal_number"),
            models.UniqueConstraint(fields=["district", "activity"], name="activityseal_activity"),
        ]

    def __str__(self) -> str:
        return str(self.number)


class LedgerCheck(DistrictModel):
    """One look at the chain: it holds up to `number`, whose hash is kept; `broken` says whether
    something behind it does not follow."""

    append_only = True

    number = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)
    broken = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["district", "-id"], name="ledgercheck_newest")]

    def __str__(self) -> str:
        return str(self.number)


class Cursor(DistrictModel):
    """How far one reader of the ledger has come."""

    reader = models.CharField(max_length=60)
    number = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["district", "reader"], name="cursor_reader")]

    def __str__(self) -> str:
        return f"{self.reader} {self.number}"


class Notification(DistrictModel):
    """What one person is told of one activity; its text is made when it is read."""

    person = DistrictForeignKey(Person, on_delete=models.PROTECT, related_name="notifications")
    activity = DistrictForeignKey(Activity, on_delete=models.PROTECT, related_name="notifications")
    membership = DistrictForeignKey(
        Membership, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["district", "person", "activity"], name="notification_once"
            )
        ]
        indexes = [
            models.Index(fields=["district", "person", "-id"], name="notification_person"),
            models.Index(
                fields=["district", "person"],
                condition=Q(read_at=None),
                name="notification_unread",
            ),
        ]

    def __str__(self) -> str:
        return str(self.activity_id)
