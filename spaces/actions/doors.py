"""The codes of doors, which the signs there show."""

from django.db import transaction

from district.activity import record
from district.actors import Actor
from district.numbers import door_code
from spaces.models import Space


@transaction.atomic
def renew_door_code(space: Space, *, by: Actor) -> Space:
    """Another code for a door; signs that show the old one lead nowhere from now on."""
    space.door_code = door_code()
    space.save(update_fields=["door_code"])
    record("space.sign_renewed", subject=space, by=by)
    return space
