"""Where everybody starts: Today for the operator, Home for a company, the front for the public."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from district import registry
from district.middleware import DistrictRequest, public
from district.models import Community, District
from district.modules import is_on
from district.permissions import Permission, reach
from district.registry import Card
from district.tenancy.scope import published_scope


@public
@require_GET
def home(request: DistrictRequest) -> HttpResponse:
    if request.district is None:
        return _installation_front(request)
    if request.membership is None:
        return render(request, "district/front.html")
    template = "district/today.html" if request.membership.is_operator else "district/home.html"
    books = reach(request.actor, Permission.BOOKINGS_DECIDE) is not None
    context = {"books_for_others": books and "spaces" in request.district.modules}
    return render(request, template, _built_cards(request) | context)


def _installation_front(request: HttpRequest) -> HttpResponse:
    """All districts, each with the communities it has published; the only one is gone to."""
    districts = list(District.objects.order_by("slug")[:50])
    if len(districts) == 1:
        return redirect(f"/{districts[0].slug}/")
    with published_scope():
        published = Community.published.filter(district__in=districts).order_by("district", "code")
        communities = [(row.district_id, row.name) for row in published]
    entries = [
        (district, [name for owner, name in communities if owner == district.pk])
        for district in districts
    ]
    return render(request, "district/installation.html", {"entries": entries})


def _built_cards(request: DistrictRequest) -> dict[str, Any]:
    built: dict[str, list[tuple[Card, Any]]] = {"top": [], "cards": [], "aside": []}
    for card in sorted(registry.cards, key=lambda card: card.order):
        context = card.build(request) if is_on(request.district, card.build) else None
        if context is not None:
            built[card.place].append((card, context))
    return {
        name: [{"template": card.template, "context": context} for card, context in items]
        for name, items in built.items()
    }
