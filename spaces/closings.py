"""The list of spaces taken out of use."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from district.lists import Cell, Column, Filter, Listing, Sort, matching
from district.permissions import require
from district.templatetags.look import until
from spaces import permissions
from spaces.models import Blocking

STATES = (
    ("planned", _("Planned")),
    ("now", _("Out of use")),
    ("over", _("Over")),
)
TONES = {"planned": "wait", "now": "stop", "over": "off"}


def state_of(blocking: Blocking) -> str:
    now = timezone.now()
    if blocking.ended_at or blocking.ends_at <= now:
        return "over"
    return "planned" if blocking.starts_at > now else "now"


def _in_state(values: Sequence[str]) -> Q:
    now = timezone.now()
    over = Q(ended_at__isnull=False) | Q(ends_at__lte=now)
    parts = {"over": over, "planned": ~over & Q(starts_at__gt=now)}
    parts["now"] = ~over & Q(starts_at__lte=now)
    found = Q(pk=None)
    for value in values:
        found |= parts.get(value, Q(pk=None))
    return found


def visible_blockings(actor: Actor) -> QuerySet[Blocking, Blocking]:
    """Raises PermissionDenied for whoever closes nothing."""
    require(permissions.can_block_somewhere(actor))
    rows: QuerySet[Blocking, Blocking] = Blocking.objects.visible_to(actor)
    return rows.select_related("space__building", "space__floor", "space__rules")


BLOCKINGS: Listing[Blocking] = Listing(
    key="blockings",
    rows=visible_blockings,
    columns=[
        Column(
            "space",
            _("Space"),
            lambda b: Cell(b.space.name, b.get_absolute_url(), b.space.where),
        ),
        Column("reason", _("Reason"), lambda b: Cell(b.reason)),
        Column(
            "when",
            _("When"),
            lambda b: Cell(until(b.starts_at, b.ended_at or b.ends_at)),
            value=lambda b: b.starts_at,
        ),
        Column(
            "state",
            _("State"),
            lambda b: Cell(dict(STATES)[state_of(b)], state=TONES[state_of(b)]),
        ),
    ],
    sorts=[
        Sort("newest", _("Latest first"), "starts_at", descending=True),
        Sort("oldest", _("Earliest first"), "starts_at"),
    ],
    filters=[Filter("state", _("State"), _in_state, options=lambda: STATES)],
    search=lambda rows, query: matching(
        rows,
        Q(space__name_zh__icontains=query)
        | Q(space__name_en__icontains=query)
        | Q(space__code__icontains=query),
        Q(reason_zh__icontains=query) | Q(reason_en__icontains=query),
    ),
)
