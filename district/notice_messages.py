"""Who is told of a notice, and what they read."""

from collections.abc import Collection, Mapping, Sequence
from typing import Final
from uuid import UUID

from django.utils.text import Truncator

from district.models import Activity, Membership, Notice
from district.registry import Message

MOST_CHARACTERS: Final = 140


def notice_readers(activities: Sequence[Activity]) -> Mapping[UUID, Collection[UUID]]:
    """Everybody of the organisations it is for."""
    notices = Notice.objects.in_bulk([row.subject_id for row in activities])
    members = list(
        Membership.objects.current().values_list(
            "person_id", "organization__community_id", "organization__kind"
        )
    )
    return {
        row.pk: {
            person
            for person, community, kind in members
            if (not notice.communities or community in notice.communities)
            and (not notice.kinds or kind in notice.kinds)
        }
        for row in activities
        if (notice := notices.get(row.subject_id))
    }


def notice_messages(activities: Sequence[Activity]) -> Mapping[UUID, Message]:
    notices = Notice.objects.in_bulk([row.subject_id for row in activities])
    return {
        row.pk: Message(
            notice.title, Truncator(notice.body).chars(MOST_CHARACTERS), notice.get_absolute_url()
        )
        for row in activities
        if (notice := notices.get(row.subject_id))
    }
