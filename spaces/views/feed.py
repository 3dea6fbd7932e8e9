"""Calendar subscriptions: the addresses somebody has, and what a calendar program reads there."""

import hashlib
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseNotModified
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from district.ids import id_of
from district.middleware import DistrictRequest, public
from district.models import Membership
from district.permissions import require
from district.views.respond import changed, render_page
from spaces import permissions
from spaces.actions.feeds import end_feed, feed_of, renew_feed, secret_of, subscribe
from spaces.feeds import content_of, name_of
from spaces.models import Feed, FeedKind, Space


@public
@require_GET
def feed_read(request: DistrictRequest, secret: str) -> HttpResponse:
    """For calendar programs, which log in nowhere: the secret says whose it is."""
    feed = feed_of(secret) if request.district else None
    if feed is None:
        raise Http404
    with translation.override(feed.membership.person.language):
        content = content_of(feed, request.district)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers={"ETag": etag})
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = f'inline; filename="{feed.kind}.ics"'
    return response


@require_GET
def feed_list(request: DistrictRequest) -> HttpResponse:
    member = _member(request)
    feeds = Feed.objects.filter(membership=member, ended_at=None).select_related(
        "space__building", "membership__organization", "membership__person"
    )
    shown = [_shown(request, feed) for feed in feeds.order_by("id")]
    had = {feed.kind for feed in feeds}
    kinds = [FeedKind.PERSON, FeedKind.ORGANIZATION]
    context = {"feeds": shown, "missing": [kind for kind in kinds if kind not in had]}
    return render_page(request, "spaces/feed_list.html", context)


@require_POST
def feed_new(request: DistrictRequest) -> HttpResponse:
    """`kind`, and for one of a space also `space`."""
    member = _member(request)
    kind = request.POST.get("kind", "")
    if kind not in FeedKind.values:
        raise Http404
    space = None
    if kind == FeedKind.SPACE:
        require(permissions.can_view_spaces(member))
        spaces = Space.objects.visible_to(member)
        space = get_object_or_404(spaces, pk=id_of(request.POST.get("space", "")))
    subscribe(FeedKind(kind), by=member, space=space)
    return changed(request, _("Add the address below to your calendar."), reverse("feed_list"))


@require_POST
def feed_renew(request: DistrictRequest, feed_id: UUID) -> HttpResponse:
    renew_feed(_own(request, feed_id), by=_member(request))
    message = _("The address is a new one; the old one shows nothing any more.")
    return changed(request, message, reverse("feed_list"))


@require_POST
def feed_end(request: DistrictRequest, feed_id: UUID) -> HttpResponse:
    end_feed(_own(request, feed_id), by=_member(request))
    return changed(request, _("The subscription has ended."), reverse("feed_list"))


def _shown(request: DistrictRequest, feed: Feed) -> dict[str, Any]:
    address = request.district.absolute_url(f"/calendar/{secret_of(feed)}.ics")
    return {
        "feed": feed,
        "name": name_of(feed, request.district),
        "address": address,
        "webcal": f"webcal:{address.removeprefix(urlsplit(address).scheme + ':')}",
    }


def _own(request: DistrictRequest, feed_id: UUID) -> Feed:
    mine = Feed.objects.filter(membership=_member(request), ended_at=None)
    feed: Feed = get_object_or_404(mine, pk=feed_id)
    return feed


def _member(request: DistrictRequest) -> Membership:
    require(isinstance(request.actor, Membership))
    return request.actor
