"""Who is told of series, and what they read."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from district.models import Activity
from district.registry import Message
from spaces.messages import company_admins, staff_for
from spaces.models import Series
from spaces.recurrence_words import in_words


def _series(activities: Sequence[Activity]) -> Mapping[UUID, Series]:
    ids = [activity.subject_id for activity in activities]
    rows = Series.objects.filter(pk__in=ids).select_related(
        "space__building", "space__floor", "organization"
    )
    return {row.pk: row for row in rows}


def series_booker(activities: Sequence[Activity]) -> Mapping[UUID, Collection[UUID]]:
    """Whoever the series is for: the person, or where none was named the company's own admins."""
    found = _series(activities)
    nobody = [row for row in found.values() if row.person_id is None]
    admins = company_admins({row.organization_id for row in nobody if row.organization_id})
    return {
        activity.pk: {series.person_id} if series.person_id else admins[series.organization_id]
        for activity in activities
        if (series := found.get(activity.subject_id))
    }


def series_deciders(activities: Sequence[Activity]) -> Mapping[UUID, Collection[UUID]]:
    found = _series(activities)
    staff = staff_for()
    return {
        activity.pk: staff[None] | staff[series.space.building.community_id]
        for activity in activities
        if (series := found.get(activity.subject_id))
    }


def series_messages(activities: Sequence[Activity]) -> Mapping[UUID, Message]:
    found = _series(activities)
    return {
        activity.pk: Message(
            _title(activity.verb, series),
            f"{series.space.where} · {in_words(series.pattern)}",
            series.get_absolute_url(),
            [
                (_("Space"), f"{series.space.name} · {series.space.where}"),
                (_("When"), in_words(series.pattern)),
                (_("Number"), series.number),
            ],
        )
        for activity in activities
        if (series := found.get(activity.subject_id))
    }


def _title(verb: str, series: Series) -> str:
    space = {"space": series.space.name}
    match verb:
        case "series.requested":
            organization = series.organization.name if series.organization else ""
            return _("%(organization)s asks for %(space)s regularly") % {
                **space,
                "organization": organization,
            }
        case "series.booked":
            return _("Your regular booking of %(space)s stands") % space
        case "series.confirmed":
            return _("Your regular booking of %(space)s is confirmed") % space
        case "series.declined":
            return _("Your request for %(space)s was declined") % space
        case "series.cancelled":
            return _("The regular booking of %(space)s was cancelled") % space
        case _:
            return _("The regular booking of %(space)s was changed") % space
