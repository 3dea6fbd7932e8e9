"""What people read of activities, in whatever language is active."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from district.models import Activity
from district.registry import Message, verbs


def messages_of(activities: Sequence[Activity]) -> Mapping[UUID, Message]:
    """One message per activity id; activities nobody is told of have only their label."""
    by_verb: dict[str, list[Activity]] = defaultdict(list)
    for activity in activities:
        by_verb[activity.verb].append(activity)
    found: dict[UUID, Message] = {}
    for name, rows in by_verb.items():
        verb = verbs[name]
        if verb.messages:
            found |= verb.messages(rows)
        for row in rows:
            found.setdefault(row.pk, Message(str(verb.label), "", ""))
    return found


def describe(activities: Sequence[Activity]) -> Mapping[UUID, Mapping[str, Any]]:
    """The same with icon and time, for lists."""
    texts = messages_of(activities)
    return {
        row.pk: {
            "title": texts[row.pk].title,
            "text": texts[row.pk].text,
            "url": texts[row.pk].url,
            "icon": verbs[row.verb].icon,
            "at": row.at,
        }
        for row in activities
    }
