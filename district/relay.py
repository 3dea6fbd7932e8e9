"""The relay: seals committed activities into the chain and passes them on to their readers.

One runs at a time per district. Writers never queue on the chain, and a reader that follows the
numbers never skips a row that committed late. Readers keep a cursor each and bear a repeat. Nothing
leaves the product here: the relay writes what is to be sent, district.channels.sender sends it.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from district import searching
from district.channels.plan import enqueue
from district.models import Activity, ActivitySeal, Notification
from district.readers import BATCH, next_rows
from district.registry import verbs
from district.tenancy.scope import scope

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
    while enqueue(district_id):
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
        rows = ActivitySeal.objects.select_related("activity").order_by("number")
        link = follow(Link(0, GENESIS), rows.iterator())
        return link.broken if link.broken is not None else unsealed_behind()


@dataclass(frozen=True)
class Link:
    """How far the chain holds: the last seal that follows, and the number of one that does not."""

    number: int
    hash: str
    broken: int | None = None


def follow(link: Link, seals: Iterable[ActivitySeal]) -> Link:
    """Recompute the seals that come after a link, up to the first that does not follow."""
    number, previous = link.number, link.hash
    for seal_ in seals:
        expected = (number + 1, chained(previous, seal_.activity))
        if (seal_.number, seal_.hash) != expected:
            return Link(number, previous, broken=number + 1)
        number, previous = expected
    return Link(number, previous)


def unsealed_behind() -> int | None:
    """0 where an activity that is too old to be under way has no seal, else None."""
    stale = timezone.now() - LONGEST_TRANSACTION
    return 0 if Activity.objects.filter(seals=None, created_at__lt=stale).exists() else None


def notify(district_id: int) -> int:
    """Write a notification for everybody in the audience of the next batch of sealed rows."""
    with scope(district_id):
        rows = next_rows("notifications")
        Notification.objects.bulk_create(
            (
                Notification(person_id=person_id, activity=activity)
                for activity, person_id in _audience([row.activity for row in rows])
            ),
            ignore_conflicts=True,
        )
        return len(rows)


def index(district_id: int) -> int:
    """Bring the search index in step with what the next batch changed."""
    with scope(district_id):
        rows = next_rows("search")
        searching.follow([row.activity for row in rows])
        return len(rows)


def _audience(activities: Sequence[Activity]) -> Iterable[tuple[Activity, UUID]]:
    """Who is told what, in the order it happened; nobody is told of what they did themselves."""
    told: dict[UUID, Collection[UUID]] = {}
    for name in {activity.verb for activity in activities}:
        declared = verbs[name].audience
        if declared is not None:
            told |= declared([activity for activity in activities if activity.verb == name])
    for activity in activities:
        own = activity.membership.person_id if activity.membership else None
        for person_id in told.get(activity.pk, ()):
            if person_id != own:
                yield activity, person_id


def _alone(district_id: int) -> bool:
    """Whether no other relay seals for this district; the lock goes with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, district_id])
        return bool(cursor.fetchone()[0])
