"""Who is told that a digital platform went down or came back, and what they read."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from district.models import Activity, Membership
from district.registry import Message
from spaces.messages import DECIDERS
from spaces.models import Platform


def operators(activities: Sequence[Activity]) -> Mapping[UUID, Collection[UUID]]:
    """The operator's people of the whole district: platforms belong to no area."""
    rows = Membership.objects.current().filter(role__in=DECIDERS, community=None)
    people = set(rows.values_list("person_id", flat=True))
    return {activity.pk: people for activity in activities}


def platform_messages(activities: Sequence[Activity]) -> Mapping[UUID, Message]:
    platforms = Platform.objects.in_bulk([activity.subject_id for activity in activities])
    return {
        activity.pk: _message(activity.verb, platforms[activity.subject_id])
        for activity in activities
        if activity.subject_id in platforms
    }


def _message(verb: str, platform: Platform) -> Message:
    name = {"platform": platform.name}
    if verb == "platform.down":
        title, text = _("%(platform)s does not answer"), _("Two checks in a row failed.")
    else:
        title, text = _("%(platform)s answers again"), _("The last check went well.")
    return Message(title % name, text, platform.get_absolute_url())
