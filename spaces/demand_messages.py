"""What the operator reads of a search that found nothing."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.models import Activity
from district.registry import Message
from district.templatetags.look import day, duration
from spaces.models import Feature, UnmetSearch


def demand_messages(activities: Sequence[Activity]) -> Mapping[UUID, Message]:
    ids = [activity.subject_id for activity in activities]
    rows = UnmetSearch.objects.select_related("organization", "building").in_bulk(ids)
    return {
        activity.pk: _message(rows[activity.subject_id])
        for activity in activities
        if activity.subject_id in rows
    }


def _message(row: UnmetSearch) -> Message:
    company = row.organization.name if row.organization else _("Somebody")
    title = _("%(company)s found no free space") % {"company": company}
    people = ngettext("%(n)d person", "%(n)d people", row.people) % {"n": row.people}
    needs = [str(Feature(name).label) for name in row.features]
    place = [row.building.name] if row.building else []
    wish = _(", ").join([people, duration(row.minutes), *needs, *place])
    return Message(title, f"{wish} · {_days(row)}", reverse("booking_day"))


def _days(row: UnmetSearch) -> str:
    first, last = day(row.first_day), day(row.last_day)
    return first if row.first_day == row.last_day else f"{first} – {last}"
