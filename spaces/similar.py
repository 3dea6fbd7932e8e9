"""What makes one space like another, for whoever finds the one they wanted taken."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.fields import ArrayField
from django.db.models import Case, CharField, F, Func, IntegerField, QuerySet, Value, When
from django.db.models.functions import Abs
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from spaces.distance import metres_between, walk_minutes
from spaces.models import Feature, Space

SMALLEST, LARGEST = 0.6, 1.8  # of the capacity
NAMED: Final = 2  # features are named, no more


class Shared(Func):
    """How many elements two arrays have in common."""

    template = "cardinality(ARRAY(SELECT unnest(%(expressions)s)))"
    arg_joiner = ") INTERSECT SELECT unnest("
    output_field = IntegerField()


def similar_to(space: Space) -> QuerySet[Space, Any]:
    """Bookable spaces of the same function and about the size, the most alike first."""
    features = Value(list(space.features), output_field=ArrayField(CharField()))
    near = Space.objects.bookable().filter(
        function=space.function,
        capacity__gte=space.capacity * SMALLEST,
        capacity__lte=space.capacity * LARGEST + 1,
    )
    return (
        near.exclude(pk=space.pk)
        .exclude(parent=space)
        .select_related("building", "rules")
        .annotate(
            elsewhere=Case(When(building=space.building_id, then=0), default=1),
            shared=Shared(F("features"), features),
            gap=Abs(F("capacity") - space.capacity),
        )
        .order_by("elsewhere", "-shared", "gap", "id")
    )


def closeness(space: Space, other: Space) -> tuple[bool, bool, int, int]:
    """The same order for spaces at hand: the smaller, the more alike."""
    return (
        other.function != space.function,
        other.building_id != space.building_id,
        -len(set(other.features) & set(space.features)),
        abs(other.capacity - space.capacity),
    )


@dataclass(frozen=True)
class Likeness:
    """A space beside the one somebody looked at, and in words how it differs."""

    space: Any
    words: str


def likenesses(space: Space, others: Sequence[Any]) -> list[Likeness]:
    return [Likeness(other, in_words(space, other)) for other in others]


def in_words(space: Space, other: Space) -> str:
    """“1 more seat, also has a projector, 3 minutes on foot”; both with their buildings."""
    return _(", ").join([_size(space, other), *_features(space, other), *_way(space, other)])


def _size(space: Space, other: Space) -> str:
    more = other.capacity - space.capacity
    if more > 0:
        return ngettext("%(n)d more seat", "%(n)d more seats", more) % {"n": more}
    if more < 0:
        return ngettext("%(n)d seat fewer", "%(n)d seats fewer", -more) % {"n": -more}
    return _("the same size")


def _features(space: Space, other: Space) -> list[str]:
    said = []
    for words, has, lacks in (
        (_("also has %(features)s"), other, space),
        (_("without %(features)s"), space, other),
    ):
        names = [
            str(Feature(name).label)
            for name in has.features
            if name in Feature and name not in lacks.features
        ]
        if names:
            said.append(words % {"features": _(" and ").join(names[:NAMED])})
    return said


def _way(space: Space, other: Space) -> list[str]:
    if other.building_id == space.building_id:
        return [_("in the same building")]
    minutes = walk_minutes(metres_between(other, space.building))
    if minutes is None:
        return []
    return [ngettext("%(n)d minute on foot", "%(n)d minutes on foot", minutes) % {"n": minutes}]
