"""The bell and what it rings for."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from district.actions.notifications import read_all, read_subject, unread
from district.message_listings import NOTIFICATIONS, own_notifications
from district.messages import describe
from district.middleware import DistrictRequest
from district.models import Notification
from district.views.respond import changed, render_page

LATEST = 8
LOOKED_AT = 40
PAGE = 30


@require_GET
def bell(request: DistrictRequest) -> HttpResponse:
    """204 while nothing changed, so that polling costs one indexed query and no bytes."""
    now = unread(request.actor.person)
    if request.GET.get("seen", "") == now["mark"]:
        return HttpResponse(status=204)
    return render(request, "components/bell.html#bell", {"bell": now})


@require_GET
def notifications_latest(request: DistrictRequest) -> HttpResponse:
    rows = own_notifications(request.actor).order_by("-id")[:LOOKED_AT]
    entries = by_subject(rows)[:LATEST]
    return render(request, "district/notification_latest.html", {"entries": entries})


@require_GET
def notification_list(request: DistrictRequest) -> HttpResponse:
    page = NOTIFICATIONS.page(own_notifications(request.actor), request.GET, PAGE)
    context = {
        "page": page,
        "entries": by_subject([row.object for row in page.rows]),
        "unread_count": unread(request.actor.person)["count"],
    }
    return render_page(request, "district/notification_list.html", context, partials=["list"])


@require_POST
def notification_open(request: DistrictRequest, notification_id: UUID) -> HttpResponse:
    """Where a notification leads; with it, all about the same thing is read."""
    notification = get_object_or_404(own_notifications(request.actor), pk=notification_id)
    read_subject(notification)
    texts = describe([notification.activity])
    return redirect(texts[notification.activity_id]["url"] or "notification_list")


@require_POST
def notification_read(request: DistrictRequest, notification_id: UUID) -> HttpResponse:
    read_subject(get_object_or_404(own_notifications(request.actor), pk=notification_id))
    return redirect("notification_list")


@require_POST
def notifications_read(request: DistrictRequest) -> HttpResponse:
    read_all(request.actor.person)
    return changed(request, _("All read."), request.path.removesuffix("read/"))


def by_subject(rows: Iterable[Notification]) -> list[dict[str, Any]]:
    """One entry per thing, its newest notification first and how many older ones it stands for."""
    newest: dict[tuple[str, UUID], Notification] = {}
    older: dict[tuple[str, UUID], list[Notification]] = {}
    for row in rows:
        key = (row.activity.subject_type, row.activity.subject_id)
        if key in newest:
            older.setdefault(key, []).append(row)
        else:
            newest[key] = row
    texts = describe([row.activity for row in newest.values()])
    return [
        {
            "notification": row,
            "earlier_count": len(older.get(key, ())),
            "is_unread": any(item.read_at is None for item in [row, *older.get(key, ())]),
            **texts[row.activity_id],
        }
        for key, row in newest.items()
    ]
