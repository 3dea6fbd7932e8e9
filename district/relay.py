"""The relay: seals committed activities into the chain and passes them on to their readers.

One runs at a time per district. Writers never queue on the chain, and a reader that follows the
numbers never skips a row that committed late. Readers keep a cursor each and bear a repeat.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.core.mail import EmailMessage, get_connection
from django.db import connection
from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from district import searching
from district.messages import messages_of
from district.models import Activity, ActivitySeal, Cursor, District, Notification
from district.registry import verbs
from district.tenancy.scope import scope

BATCH: Final = 500
# No transaction stays open this long: what was made before it is sealed or was rolled back.
LONGEST_TRANSACTION: Final = timedelta(days=1)
LOCK: Final = 0x5EA1
GENESIS: Final = "0" * 64


def relay(district_id: int) -> int:
    """Seal and pass on all that is committed; returns how many activities were sealed."""
    sealed = 0
    while batch := seal(district_id):
        sealed += batch
    while notify(district_id):
        pass
    while mail(district_id):
        pass
    while index(district_id):
        pass
    return sealed


def seal(district_id: int) -> int:
    """Give the next batch of committed activities their numbers and hashes."""
    with scope(district_id):
        if not _alone(district_id):
            return 0
        last = ActivitySeal.objects.order_by("-number").first()
        waiting = Activity.objects.filter(seals=None)
        if last is not None:
            waiting = waiting.filter(created_at__gt=last.created_at - LONGEST_TRANSACTION)
        number, previous = (last.number, last.hash) if last else (0, GENESIS)
        seals = []
        for activity in waiting.order_by("created_at", "id")[:BATCH]:
            number, previous = number + 1, chained(previous, activity)
            seals.append(ActivitySeal(number=number, activity=activity, hash=previous))
        ActivitySeal.objects.bulk_create(seals)
        return len(seals)


def chained(previous: str, activity: Activity) -> str:
    """SHA-256 over the hash before and everything an activity says, in canonical JSON."""
    content = json.dumps(
        [
            previous,
            str(activity.pk),
            activity.verb,
            activity.subject_type,
            str(activity.subject_id),
            str(activity.organization_id or ""),
            str(activity.counterpart_id or ""),
            str(activity.membership_id or ""),
            str(activity.client_id or ""),
            activity.at.isoformat(),
            activity.data,
        ],
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(content.encode()).hexdigest()


def first_broken_seal(district_id: int) -> int | None:
    """The number of the first seal that does not follow from the one before; None if all do.

    Finds changed, removed, exchanged and inserted rows. Activities older than a day without a seal
    count as inserted behind the chain's back (0 is returned for them).
    """
    with scope(district_id):
        previous = GENESIS
        rows = ActivitySeal.objects.select_related("activity").order_by("number").iterator()
        for number, row in enumerate(rows, start=1):
            previous = chained(previous, row.activity)
            if (row.number, row.hash) != (number, previous):
                return number
        stale = timezone.now() - LONGEST_TRANSACTION
        return 0 if Activity.objects.filter(seals=None, created_at__lt=stale).exists() else None


def notify(district_id: int) -> int:
    """Write a notification for everybody in the audience of the next batch of sealed rows."""
    with scope(district_id):
        rows = _next(district_id, "notifications")
        Notification.objects.bulk_create(
            (
                Notification(person_id=person_id, activity=activity)
                for activity, person_id in _audience([row.activity for row in rows])
            ),
            ignore_conflicts=True,
        )
        return len(rows)


def mail(district_id: int) -> int:
    """Send a mail for each new notification; the cursor moves when they have left."""
    district = District.objects.get(pk=district_id)
    with scope(district_id), timezone.override(district.zone):
        rows = _next(district_id, "mail")
        notifications = Notification.objects.filter(
            activity__in=[row.activity_id for row in rows]
        ).select_related("person", "activity")
        mails = [_mail(district, row) for row in notifications if row.person.email]
        if mails:
            get_connection().send_messages(mails)
        return len(rows)


def index(district_id: int) -> int:
    """Bring the search index in step with what the next batch changed."""
    with scope(district_id):
        rows = _next(district_id, "search")
        searching.follow([row.activity for row in rows])
        return len(rows)


def _mail(district: District, notification: Notification) -> EmailMessage:
    person = notification.person
    with translation.override(person.language), _paths_from_the_district():
        message = messages_of([notification.activity])[notification.activity_id]
        lines = [
            _("Hello %(name)s,") % {"name": person.name},
            message.title,
            message.text,
            district.absolute_url(message.url) if message.url else "",
            district.name,
        ]
        return EmailMessage(
            subject=f"[{district.name}] {message.title}",
            body="\n\n".join(line for line in lines if line),
            to=[person.email],
        )


@contextmanager
def _paths_from_the_district() -> Iterator[None]:
    """Addresses without any request's prefix: `absolute_url` puts the district before them."""
    before = get_script_prefix()
    set_script_prefix("/")
    try:
        yield
    finally:
        set_script_prefix(before)


def _audience(activities: Sequence[Activity]) -> Iterable[tuple[Activity, UUID]]:
    """Who is told what; nobody is told of what they did themselves."""
    for name in {activity.verb for activity in activities}:
        declared = verbs[name].audience
        if declared is None:
            continue
        rows = [activity for activity in activities if activity.verb == name]
        told = declared(rows)
        for activity in rows:
            own = activity.membership.person_id if activity.membership else None
            for person_id in told.get(activity.pk, ()):
                if person_id != own:
                    yield activity, person_id


def _next(district_id: int, reader: str) -> list[ActivitySeal]:
    """The reader's next batch; its cursor moves in the same transaction."""
    Cursor.objects.get_or_create(reader=reader)
    cursor = Cursor.objects.locked().get(reader=reader)
    rows = list(
        ActivitySeal.objects.filter(number__gt=cursor.number)
        .select_related("activity__membership")
        .order_by("number")[:BATCH]
    )
    if rows:
        Cursor.objects.filter(pk=cursor.pk).update(number=rows[-1].number)
    return rows


def _alone(district_id: int) -> bool:
    """Whether no other relay seals for this district; the lock goes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, district_id])
        return bool(cursor.fetchone()[0])
