"""The bell and what it rings for."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from district.messages import describe
from district.middleware import DistrictRequest
from district.models import Notification

SHOWN = 50


@require_GET
def bell(request: DistrictRequest) -> HttpResponse:
    """204 while nothing changed, so that polling costs one indexed query and no bytes."""
    count = Notification.objects.filter(person=request.person, read_at=None).count()
    seen = request.GET.get("seen", "")
    if seen == str(count):
        return HttpResponse(status=204)
    return render(request, "components/bell.html", {"count": count})


@require_GET
def notification_list(request: DistrictRequest) -> HttpResponse:
    rows = list(
        Notification.objects.filter(person=request.person)
        .select_related("activity")
        .order_by("-id")[:SHOWN]
    )
    texts = describe([row.activity for row in rows])
    entries: list[dict[str, Any]] = [
        {"notification": row, **texts[row.activity_id]} for row in rows
    ]
    return render(request, "district/notification_list.html", {"entries": entries})


@require_POST
def notifications_read(request: DistrictRequest) -> HttpResponse:
    Notification.objects.filter(person=request.person, read_at=None).update(read_at=timezone.now())
    return redirect("notification_list")
