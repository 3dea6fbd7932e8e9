"""The documentation of the partner API, for anybody who writes a program against it."""

from datetime import datetime, time, timedelta
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from district.api.schema import reference
from district.middleware import DistrictRequest, public
from district.permissions import can_manage_clients

SCOPE_LABELS = {
    "spaces:read": _("Spaces, and when they are taken or free"),
    "organizations:read": _("Your organisation"),
    "bookings:read": _("Bookings of your organisation"),
    "bookings:write": _("Book, move and cancel for your organisation"),
}


@public
@require_GET
def api_docs(request: DistrictRequest) -> HttpResponse:
    if request.district is None:
        raise Http404
    afternoon = datetime.combine(
        timezone.localdate() + timedelta(days=1), time(14), tzinfo=request.district.zone
    )
    period = {"starts_at": afternoon.isoformat()}
    period["ends_at"] = (afternoon + timedelta(hours=1)).isoformat()
    context = {
        "base": request.build_absolute_uri(reverse("api:schema")).rpartition("/")[0],
        "period": period,
        "query": urlencode({**period, "people": 4}),
        "scopes": SCOPE_LABELS.items(),
        "resources": reference(get_language() or "en").items(),
        "can_manage": request.membership is not None and can_manage_clients(request.membership),
    }
    return render(request, "district/api_docs.html", context)
