"""A person's own data: changed by themselves, handed over to them, erased at their wish."""

from collections.abc import Mapping
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from district import registry
from district.accounts.models import User, UserDistrict
from district.actions.people import end_membership
from district.activity import record
from district.actors import Actor
from district.models import Invitation, Membership, OrganizationContact, Person, SavedView


@transaction.atomic
def change_profile(person: Person, *, language: str, by: Actor) -> Person:
    """Save the person as the form left them; `language` is that of the log-in, everywhere."""
    person.save(update_fields=["name", "time_zone", "language"])
    User.objects.filter(pk=person.user_id).update(language=language)
    record("person.changed", subject=person, by=by)
    return person


def choose_language(user: User, person: Person | None, language: str) -> None:
    """Pages and messages in this language from now on; a preference, so the ledger is not told."""
    User.objects.filter(pk=user.pk).update(language=language)
    if person is not None:
        person.language = language
        person.save(update_fields=["language"])


@transaction.atomic
def hand_over(person: Person, *, by: Actor) -> Mapping[str, Any]:
    """Everything the district keeps of the person, by the part of the product that keeps it."""
    record("personal_data.viewed", subject=person, by=by)
    return {key: part.export(person) for key, part in registry.personal_data.items()}


@transaction.atomic
def erase_person(person: Person, *, by: Actor) -> Person:
    """End what the person is here and take away what says who they are; the ledger keeps its rows,
    which hold nothing but ids.

    Raises RuleViolation("last_administrator"). A log-in that no district knows any more goes too.
    """
    user_id = person.user_id
    for membership in Membership.objects.current().filter(person=person):
        end_membership(membership, by=by)
    for part in registry.personal_data:
        part.erase(person)
    record("person.erased", subject=person, by=by)
    if user_id is not None:
        UserDistrict.objects.filter(user_id=user_id, district=person.district).delete()
        if not UserDistrict.objects.filter(user_id=user_id).exists():
            User.objects.filter(pk=user_id).delete()
    return person


def export_person(person: Person) -> Mapping[str, Any]:
    """What the ground floor knows: the person, where they belong, what they keep for themselves."""
    memberships = Membership.objects.filter(person=person).select_related("organization")
    return {
        "name": person.name,
        "mobile": person.mobile,
        "email": person.email,
        "language": person.language,
        "time_zone": person.time_zone,
        "known_since": person.created_at,
        "memberships": [
            {
                "organization": str(row.organization),
                "role": row.role,
                "title": row.title,
                "since": row.created_at,
                "until": row.ended_at,
            }
            for row in memberships.order_by("id")
        ],
        "saved_views": list(
            SavedView.objects.filter(person=person).order_by("id").values("listing", "name")
        ),
        "notifications": person.notifications.count(),
    }


def erase_person_data(person: Person) -> None:
    if person.email:
        rows = Invitation.objects.filter(email__iexact=person.email)
        rows.update(name="–", email="erased@invalid.example", mobile="")
        OrganizationContact.objects.filter(email__iexact=person.email).delete()
    SavedView.objects.filter(person=person).delete()
    person.deliveries.all().delete()
    person.notifications.all().delete()
    person.choices.all().delete()
    person.memberships.update(title="")
    with translation.override(person.district.language):
        person.name = _("Former member")
    person.email = person.mobile = person.time_zone = ""
    person.user = None
    person.save()


def export_log_in(person: Person) -> Mapping[str, Any]:
    user = person.user
    if user is None:
        return {}
    return {
        "email": user.email,
        "mobile": user.mobile,
        "language": user.language,
        "since": user.date_joined,
        "last_log_in": user.last_login,
        "devices": list(
            UserSession.objects.filter(user_id=user.pk)
            .order_by("pk")
            .values("ip", "user_agent", "last_seen_at")
        ),
        "second_steps": list(
            Authenticator.objects.filter(user_id=user.pk)
            .order_by("pk")
            .values("type", "created_at")
        ),
    }


def keep_log_in(person: Person) -> None:
    """It is not the district's: `erase_person` removes it with the last district it opens."""
