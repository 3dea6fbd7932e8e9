"""What one person does about their own notifications. These are theirs alone: no activity tells
of them."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone

from district.models import (
    Delivery,
    DeliveryStatus,
    MailPace,
    Notification,
    NotificationChoice,
    Person,
)
from district.registry import OTHER_VERBS, VerbGroup, verbs


def told_groups() -> Mapping[str, VerbGroup]:
    """The groups of verbs that anybody is told of, by key; what is left comes last."""
    found = {verb.group.key: verb.group for verb in verbs if verb.audience}
    rest = {OTHER_VERBS.key: found.pop(OTHER_VERBS.key)} if OTHER_VERBS.key in found else {}
    return found | rest


def urgent_groups() -> frozenset[str]:
    return frozenset(verb.group.key for verb in verbs if verb.audience and verb.urgent)


def unread(person: Person) -> dict[str, Any]:
    """How many, and a mark that changes with each new one: what the bell compares."""
    found = Notification.objects.filter(person=person, read_at=None).aggregate(
        count=Count("id"), newest=Max("created_at")
    )
    newest = found["newest"]
    mark = f"{found['count']}-{int(newest.timestamp() * 1000) if newest else 0}"
    return {"count": found["count"], "mark": mark}


def read_subject(notification: Notification) -> None:
    """Whoever looks at a thing has read all that was said about it."""
    Notification.objects.filter(
        person_id=notification.person_id,
        activity__subject_type=notification.activity.subject_type,
        activity__subject_id=notification.activity.subject_id,
        read_at=None,
    ).update(read_at=timezone.now())


def read_all(person: Person) -> None:
    Notification.objects.filter(person=person, read_at=None).update(read_at=timezone.now())


@transaction.atomic
def choose_channels(person: Person, choices: Mapping[str, tuple[MailPace, bool]]) -> None:
    """Keep, per group, the pace of mails and whether text messages may come."""
    for group, (email, sms) in choices.items():
        NotificationChoice.objects.update_or_create(
            person=person, group=group, defaults={"email": email, "sms": sms}
        )


@transaction.atomic
def set_quiet_hours(
    person: Person, quiet_from: time | None, quiet_until: time | None, digest_hour: int
) -> None:
    person.quiet_from, person.quiet_until = quiet_from, quiet_until
    person.digest_hour = digest_hour
    person.save(update_fields=["quiet_from", "quiet_until", "digest_hour"])


@transaction.atomic
def stop_mails(person: Person, group: str) -> None:
    """No mails of a group any more; those that wait are not sent either."""
    groups = [group] if group in told_groups() else list(told_groups())
    for key in groups:
        NotificationChoice.objects.update_or_create(
            person=person, group=key, defaults={"email": MailPace.OFF}
        )
    names = [name for name, verb in verbs.items() if verb.group.key in groups]
    Delivery.objects.filter(
        person=person,
        channel="email",
        status=DeliveryStatus.QUEUED,
        activity__verb__in=names,
    ).update(status=DeliveryStatus.SUPPRESSED, error_code="switched_off")
