"""The list of credits and passes."""

from collections.abc import Sequence

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from district.lists import Cell, Column, Filter, Listing, Rows, Sort, matching
from spaces.credit_messages import amount_of
from spaces.listings import one_of
from spaces.models import Credit, CreditUnit, SpaceFunction

STATES = (
    ("usable", _("Usable")),
    ("used", _("Used up")),
    ("over", _("Over")),
)
TONES = {"usable": "go", "used": "off", "over": "off"}


def state_of(credit: Credit) -> str:
    if credit.is_over:
        return "over"
    return "usable" if credit.left else "used"


def _in_state(values: Sequence[str]) -> Q:
    over = Q(ended_at__isnull=False) | Q(valid_until__lt=timezone.localdate())
    parts = {
        "over": over,
        "usable": ~over & Q(used__lt=F("granted")),
        "used": ~over & Q(used=F("granted")),
    }
    found = Q(pk=None)
    for value in values:
        found |= parts.get(value, Q(pk=None))
    return found


def _visible(actor: Actor) -> Rows[Credit]:
    return Credit.objects.visible_to(actor).select_related("organization", "district")


CREDITS: Listing[Credit] = Listing(
    key="credits",
    rows=_visible,
    columns=[
        Column("name", _("Credit"), lambda c: Cell(c.name, c.get_absolute_url(), c.number)),
        Column("organization", _("Organisation"), lambda c: Cell(c.organization.name)),
        Column(
            "left",
            _("What is left"),
            lambda c: Cell(amount_of(c, c.left)),
            value=lambda c: c.left,
            numeric=True,
        ),
        Column(
            "granted",
            _("Granted"),
            lambda c: Cell(amount_of(c, c.granted)),
            value=lambda c: c.granted,
            numeric=True,
        ),
        Column(
            "function",
            _("For spaces of"),
            lambda c: Cell(c.get_function_display() or _("every kind")),
        ),
        Column(
            "until",
            _("Valid until"),
            lambda c: Cell(f"{c.valid_until:%Y-%m-%d}"),
            value=lambda c: c.valid_until,
        ),
        Column(
            "state",
            _("State"),
            lambda c: Cell(dict(STATES)[state_of(c)], state=TONES[state_of(c)]),
        ),
    ],
    sorts=[
        Sort("newest", _("Newest first"), "id", descending=True),
        Sort("until", _("Over first"), "valid_until"),
    ],
    filters=[
        Filter("state", _("State"), _in_state, options=lambda: STATES),
        Filter("unit", _("Unit"), one_of("unit"), lambda: CreditUnit.choices),
        Filter("function", _("For spaces of"), one_of("function"), lambda: SpaceFunction.choices),
    ],
    search=lambda rows, query: matching(
        rows,
        Q(number__iexact=query),
        Q(name_zh__icontains=query) | Q(name_en__icontains=query),
        Q(organization__name_zh__icontains=query) | Q(organization__name_en__icontains=query),
    ),
)
