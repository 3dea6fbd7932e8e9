"""Spaces people mark for themselves. Nobody else is told, so the ledger has no part in it."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from district.models import Person
from district.rules import RuleViolation
from spaces.models import Favourite, Space

MOST: Final = 50


def add_favourite(space: Space, *, person: Person) -> None:
    """Twice is once. Raises RuleViolation("favourite_many") past what a list can show."""
    others = Favourite.objects.filter(person=person).exclude(space=space)
    if others.count() >= MOST:
        raise RuleViolation(
            "favourite_many", _("You have 50 favourites. Remove one before you add another.")
        )
    Favourite.objects.bulk_create([Favourite(person=person, space=space)], ignore_conflicts=True)


def remove_favourite(space: Space, *, person: Person) -> None:
    Favourite.objects.filter(person=person, space=space).delete()
