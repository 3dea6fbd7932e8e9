"""What the finder answers with: slots, whether a time was asked for or the first free one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from district.actors import Actor
from district.models import Membership
from spaces import permissions
from spaces.actions.demand import Wanted
from spaces.actions.first_free import Seek, Slot, find_first
from spaces.actions.search import SHOWN, Need, find_free, find_taken
from spaces.distance import metres_between
from spaces.forms.finding import FinderForm
from spaces.models import Favourite, Feature, Space
from spaces.starts import Span

EVERYTHING: Final = 1000  # of what is free then, before the nearest are picked out
LATER: Final = 3


@dataclass(frozen=True)
class Option:
    """A slot as it is offered: what its booking is asked with, and why it fits."""

    slot: Slot
    query: str
    spare: int
    has: Sequence[str]
    is_favourite: bool


def find_slots(form: FinderForm, *, by: Actor, zone: ZoneInfo) -> Sequence[Slot]:
    """What a valid form asks for, best first; of a time all that are free then."""
    if form.is_open:
        return find_first(_seek(form, form.span(), by), by=by, zone=zone)
    near = form.cleaned_data["near"]
    found = find_free(
        _need(form, by),
        by=by,
        zone=zone,
        person_id=person_of(by),
        limit=EVERYTHING if near else SHOWN,
    )
    slots = [
        Slot(
            item.space,
            form.starts_at,
            form.ends_at,
            item.free_until,
            metres_between(item.space, near),
            item.waits,
        )
        for item in found
    ]
    slots.sort(key=lambda slot: (slot.metres is None, slot.metres or 0))
    return slots[:SHOWN]


def find_later(form: FinderForm, *, by: Actor, zone: ZoneInfo) -> Sequence[Slot]:
    """The first free times after what was asked for in vain."""
    return find_first(_seek(form, form.later(), by), by=by, zone=zone, limit=LATER)


def find_full(form: FinderForm, *, by: Actor, zone: ZoneInfo) -> Sequence[Space]:
    """Spaces that would do but are taken at the time asked for, for whoever waits for one."""
    if form.is_open or not permissions.books_for_itself(by):
        return []
    return find_taken(_need(form, by), by=by, zone=zone)


def _need(form: FinderForm, by: Actor) -> Need:
    data = form.cleaned_data
    return Need(
        form.starts_at,
        form.ends_at,
        people=data["people"],
        features=data["feature"],
        building_id=data["building"].pk if data["building"] else None,
        at_once=data["at_once"],
        spaces=_favourites(form, by),
    )


def _seek(form: FinderForm, span: Span, by: Actor) -> Seek:
    data = form.cleaned_data
    return Seek(
        span,
        people=data["people"],
        features=data["feature"],
        building_id=data["building"].pk if data["building"] else None,
        near=data["near"],
        spaces=_favourites(form, by),
        at_once=data["at_once"],
        person_id=person_of(by),
    )


def person_of(by: Actor) -> UUID | None:
    return by.person_id if isinstance(by, Membership) else None


def _favourites(form: FinderForm, by: Actor) -> Collection[UUID] | None:
    return favourite_ids(by) if form.cleaned_data["favourites"] else None


def favourite_ids(by: Actor) -> set[UUID]:
    rows = Favourite.objects.filter(person=person_of(by))
    return set(rows.values_list("space_id", flat=True))


def options(slots: Sequence[Slot], form: FinderForm, by: Actor) -> list[Option]:
    people, asked = form.cleaned_data["people"], form.cleaned_data["feature"]
    favourites = favourite_ids(by)
    return [
        Option(
            slot,
            booking_query(slot, people),
            max(slot.space.capacity - people, 0),
            [str(Feature(name).label) for name in asked],
            slot.space.pk in favourites,
        )
        for slot in slots
    ]


def booking_query(slot: Slot, people: int) -> str:
    """What the page that confirms a booking is asked, for this slot."""
    local = timezone.localtime(slot.starts_at)
    minutes = int((slot.ends_at - slot.starts_at).total_seconds()) // 60
    return urlencode(
        {"day": f"{local:%Y-%m-%d}", "at": f"{local:%H:%M}", "minutes": minutes, "people": people}
    )


def wanted_in_vain(form: FinderForm) -> Wanted:
    data, span = form.cleaned_data, form.span()
    building = data["near"] or data["building"]
    return Wanted(
        span.first_day,
        span.last_day,
        span.from_minute,
        span.to_minute,
        span.minutes,
        data["people"],
        sorted(data["feature"]),
        building.pk if building else None,
    )
