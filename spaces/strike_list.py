"""The list of no-shows that count against people, and of those that were pardoned."""

from collections.abc import Sequence

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from district.lists import Cell, Column, Filter, Listing, Rows, Sort
from district.models import Membership, Organization, Person
from district.templatetags.look import day, until
from spaces.models import Strike

STATES = (("counts", _("Counts")), ("pardoned", _("Pardoned")), ("over", _("Forgotten")))
TONES = {"counts": "stop", "pardoned": "go", "over": "off"}


def state_of(strike: Strike) -> str:
    if strike.pardoned_at is not None:
        return "pardoned"
    return "counts" if strike.counts(timezone.now()) else "over"


def _in_state(values: Sequence[str]) -> Q:
    now = timezone.now()
    parts = {
        "counts": Q(pardoned_at=None, until__gt=now),
        "over": Q(pardoned_at=None, until__lte=now),
        "pardoned": Q(pardoned_at__isnull=False),
    }
    found = Q(pk=None)
    for value in values:
        found |= parts.get(value, Q(pk=None))
    return found


def _visible(actor: Actor) -> Rows[Strike]:
    rows: Rows[Strike] = Strike.objects.visible_to(actor)
    return rows.select_related(
        "booking__space__building", "booking__space__floor", "person", "organization"
    )


def own_strikes(actor: Membership) -> list[Strike]:
    """Those that count against the person at present, the latest first."""
    rows = Strike.objects.in_force().filter(person_id=actor.person_id).order_by("-at")
    return list(rows.select_related("booking__space", "booking__rules"))


def _search(rows: Rows[Strike], query: str) -> Rows[Strike]:
    people = Person.objects.filter(name__icontains=query)
    companies = Organization.objects.filter(
        Q(name_zh__icontains=query) | Q(name_en__icontains=query)
    )
    return rows.filter(
        Q(person_id__in=people.values("pk")) | Q(organization_id__in=companies.values("pk"))
    )


STRIKES: Listing[Strike] = Listing(
    key="strikes",
    rows=_visible,
    columns=[
        Column(
            "person",
            _("Person"),
            lambda s: Cell(s.person.name, s.get_absolute_url(), s.organization.name),
        ),
        Column(
            "space",
            _("Space"),
            lambda s: Cell(s.booking.space.name, note=s.booking.space.where),
        ),
        Column(
            "when",
            _("When"),
            lambda s: Cell(until(s.booking.starts_at, s.booking.ends_at)),
            value=lambda s: s.booking.starts_at,
        ),
        Column(
            "until",
            _("Counts until"),
            lambda s: Cell(gettext("until %(time)s") % {"time": day(s.until)}),
            value=lambda s: s.until,
        ),
        Column(
            "state",
            _("State"),
            lambda s: Cell(dict(STATES)[state_of(s)], state=TONES[state_of(s)], note=s.reason),
        ),
    ],
    sorts=[
        Sort("newest", _("Latest first"), "at", descending=True),
        Sort("oldest", _("Earliest first"), "at"),
    ],
    filters=[Filter("state", _("State"), _in_state, lambda: STATES)],
    search=_search,
)
