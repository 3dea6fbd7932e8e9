"""One search over everything the apps have registered."""

from itertools import groupby

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from district import registry
from district.actors import Actor
from district.middleware import DistrictRequest
from district.models import SearchEntry
from district.modules import is_on
from district.registry import Hit
from district.searching import find_entries
from district.views.respond import render_page

PER_KIND = 8


@require_GET
def search(request: DistrictRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:100]
    found = _found(request.actor, query) if query else {}
    groups = [
        {"label": kind.label, "icon": kind.icon, "hits": found[key]}
        for key, kind in sorted(registry.searches.items(), key=lambda item: item[1].order)
        if found.get(key) and is_on(request.district, kind.source)
    ]
    context = {"query": query, "groups": groups}
    return render_page(request, "district/search.html", context, partials=["hits"])


def _found(actor: Actor, query: str) -> dict[str, list[Hit]]:
    """What was found of each kind: the index in one query, then those that look for themselves."""
    entries = groupby(find_entries(actor, query, PER_KIND), key=lambda entry: entry.kind)
    found = {kind: [_hit(entry) for entry in rows] for kind, rows in entries}
    for key, kind in registry.searches.items():
        if kind.find is not None:
            found[key] = list(kind.find(actor, query, PER_KIND))
    return found


def _hit(entry: SearchEntry) -> Hit:
    index = registry.searches[entry.kind].index
    assert index is not None  # noqa: S101 - only indexed kinds have entries
    return Hit(entry.title, entry.note, reverse(index.url_name, args=[entry.subject_id]))
