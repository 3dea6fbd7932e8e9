"""What a robot says when it is tried."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from district.models import Activity
from district.registry import Message


def test_messages(activities: Sequence[Activity]) -> Mapping[UUID, Message]:
    return {
        row.pk: Message(
            _("This group is connected"),
            _("From now on you read here what happens in the district."),
            reverse("robot_detail", args=[row.subject_id]),
        )
        for row in activities
    }
