"""Who is told of the waitlist, and what they read."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.models import Activity
from district.registry import Message, Verb, VerbGroup
from district.templatetags.look import clock, dated
from spaces.messages import company_admins
from spaces.models import WaitlistEntry


def _entries(activities: Sequence[Activity]) -> Mapping[UUID, WaitlistEntry]:
    ids = [activity.subject_id for activity in activities]
    rows = WaitlistEntry.objects.filter(pk__in=ids)
    return {row.pk: row for row in rows.select_related("space__building", "space__floor")}


def waiter(activities: Sequence[Activity]) -> Mapping[UUID, Collection[UUID]]:
    """Whoever waits: the person, or where a program does the company's own admins."""
    entries = _entries(activities)
    admins = company_admins(
        {row.organization_id for row in entries.values() if row.person_id is None}
    )
    return {
        activity.pk: {entry.person_id} if entry.person_id else admins[entry.organization_id]
        for activity in activities
        if (entry := entries.get(activity.subject_id))
    }


def waitlist_messages(activities: Sequence[Activity]) -> Mapping[UUID, Message]:
    entries = _entries(activities)
    found = {}
    for activity in activities:
        entry = entries.get(activity.subject_id)
        if entry is not None:
            when = dated(entry.starts_at, entry.ends_at)
            found[activity.pk] = Message(
                _title(activity, entry),
                f"{entry.space.where} · {when}",
                entry.get_absolute_url(),
                _facts(entry, when),
            )
    return found


def _title(activity: Activity, entry: WaitlistEntry) -> str:
    space = {"space": entry.space.name}
    if activity.verb == "waitlist.offered" and entry.offered_until is not None:
        until = clock(timezone.localtime(entry.offered_until))
        return _("%(space)s is free: yours until %(until)s") % {**space, "until": until}
    if activity.data.get("offered"):
        return _("Your offer of %(space)s has run out") % space
    return _("%(space)s did not become free") % space


def _facts(entry: WaitlistEntry, when: str) -> list[tuple[str, str]]:
    facts = [
        (_("Space"), f"{entry.space.name} · {entry.space.where}"),
        (_("When"), when),
        (_("What for"), entry.title),
    ]
    return [(label, value) for label, value in facts if value]


def waitlist_verbs(group: VerbGroup) -> Mapping[str, Verb]:
    return {
        "waitlist.joined": Verb(gettext_lazy("Joined the waitlist"), icon="hourglass"),
        "waitlist.left": Verb(gettext_lazy("Left the waitlist"), icon="hourglass-off"),
        "waitlist.taken": Verb(gettext_lazy("Offer taken"), icon="circle-check", tone="go"),
        "waitlist.offered": Verb(
            gettext_lazy("Slot offered from the waitlist"),
            icon="bell-ringing",
            audience=waiter,
            messages=waitlist_messages,
            group=group,
            tone="wait",
            urgent=True,
        ),
        "waitlist.expired": Verb(
            gettext_lazy("Waited in vain"),
            icon="hourglass-off",
            audience=waiter,
            messages=waitlist_messages,
            group=group,
            tone="stop",
        ),
    }
