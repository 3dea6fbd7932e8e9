"""Views of lists that people keep for themselves."""

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from district.models import Person, SavedView
from district.rules import RuleViolation

MOST = 20
POSITIONS = ("after", "before")


def save_view(person: Person, *, listing: str, name: str, query: str) -> SavedView:
    """Keep what a list shows now; a view of the same name is replaced.

    Raises RuleViolation("savedview_nameless", "savedview_too_long" or "savedview_many").
    """
    name, query = name.strip(), kept_query(query)
    if not name:
        raise RuleViolation("savedview_nameless", _("Give the view a name."))
    if len(name) > 40 or len(query) > 2000:
        raise RuleViolation("savedview_too_long", _("This view cannot be kept: it is too long."))
    others = SavedView.objects.filter(person=person, listing=listing).exclude(name=name)
    if others.count() >= MOST:
        raise RuleViolation(
            "savedview_many", _("You have 20 views of this list. Remove one first.")
        )
    view, _new = SavedView.objects.update_or_create(
        person=person, listing=listing, name=name, defaults={"query": query}
    )
    return view


def kept_query(query: str) -> str:
    """A query string without the position in the list, in one order, so that views compare."""
    params = QueryDict(query, mutable=True)
    for key in POSITIONS:
        params.pop(key, None)
    pairs = [(key, value) for key, values in params.lists() for value in values if value]
    kept = QueryDict(mutable=True)
    for key, value in sorted(pairs):
        kept.appendlist(key, value)
    return kept.urlencode()
