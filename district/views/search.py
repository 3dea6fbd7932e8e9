"""One search over everything the apps have registered."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from district import registry
from district.middleware import DistrictRequest
from district.modules import is_on
from district.views.respond import render_page

PER_KIND = 8


@require_GET
def search(request: DistrictRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:100]
    groups = []
    for kind in registry.searches if query else ():
        if not is_on(request.district, kind.find):
            continue
        hits = kind.find(request.actor, query, PER_KIND)
        if hits:
            groups.append({"label": kind.label, "icon": kind.icon, "hits": hits})
    context = {"query": query, "groups": groups}
    return render_page(request, "district/search.html", context, partials=["hits"])
