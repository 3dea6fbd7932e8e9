"""Rooms that people of the first companies of a demo district have marked."""

from typing import Final

from district.demo.build import Build
from district.models import Membership
from spaces.models import Favourite, Space, SpaceFunction

KEPT: Final = 3


def fill_favourites(build: Build) -> None:
    rooms = list(
        Space.objects.bookable()
        .filter(function=SpaceFunction.MEETING, capacity__gte=4, parent=None)
        .order_by("capacity", "code")[: KEPT * 7]
    )
    members = Membership.objects.filter(
        organization__in=build.companies[:3], person__user__isnull=False
    ).order_by("id")
    Favourite.objects.bulk_create(
        Favourite(person_id=member.person_id, space=room)
        for number, member in enumerate(members)
        for room in rooms[number::7][:KEPT]
    )
