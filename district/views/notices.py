"""Notices: written by the operator, read by those they are for."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from district.actions.notices import dismiss_notice, end_notice, save_notice
from district.forms import refusals_shown
from district.forms.notices import NoticeForm
from district.lists import render_list
from district.message_listings import NOTICES
from district.middleware import DistrictRequest
from district.models import Community, Notice, NoticeState, OrganizationKind
from district.permissions import can_edit_notices, require, visible_notices
from district.timeline import timeline
from district.views.respond import changed, render_page

USUAL_DAYS = 7


@require_GET
def notice_list(request: DistrictRequest) -> HttpResponse:
    return render_list(request, NOTICES, "district/notice_list.html")


@require_GET
def notice_detail(request: DistrictRequest, notice_id: UUID) -> HttpResponse:
    notice = get_object_or_404(visible_notices(request.actor), pk=notice_id)
    can_edit = can_edit_notices(request.actor)
    communities = Community.objects.filter(pk__in=notice.communities).order_by("code")
    context = {
        "notice": notice,
        "can_edit": can_edit and notice.state != NoticeState.ENDED,
        "audience": [
            *[row.name for row in communities],
            *[OrganizationKind(kind).label for kind in notice.kinds],
        ],
        "entries": timeline(notice, request) if can_edit else [],
    }
    return render_page(request, "district/notice_detail.html", context)


@require_http_methods(["GET", "POST"])
def notice_new(request: DistrictRequest) -> HttpResponse:
    now = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    notice = Notice(starts_at=now, ends_at=now + timedelta(days=USUAL_DAYS))
    return _edited(request, notice)


@require_http_methods(["GET", "POST"])
def notice_edit(request: DistrictRequest, notice_id: UUID) -> HttpResponse:
    require(can_edit_notices(request.actor))
    return _edited(request, get_object_or_404(Notice, pk=notice_id))


def _edited(request: DistrictRequest, notice: Notice) -> HttpResponse:
    require(can_edit_notices(request.actor))
    is_new = notice._state.adding
    form = NoticeForm(request.POST or None, instance=notice)
    if form.is_bound and form.is_valid():
        with refusals_shown(form):
            save_notice(form.save(commit=False), by=request.actor)
        if form.is_valid():
            return changed(request, _("Saved."), notice.get_absolute_url())
    context = {"form": form, "notice": None if is_new else notice}
    status = 422 if form.is_bound else 200
    return render_page(request, "district/notice_form.html", context, status=status)


@require_POST
def notice_end(request: DistrictRequest, notice_id: UUID) -> HttpResponse:
    require(can_edit_notices(request.actor))
    end_notice(get_object_or_404(Notice, pk=notice_id), by=request.actor)
    return changed(request, _("Ended. It is shown no longer."), reverse("notice_list"))


@require_POST
def notice_dismiss(request: DistrictRequest, notice_id: UUID) -> HttpResponse:
    notice = get_object_or_404(visible_notices(request.actor), pk=notice_id)
    dismiss_notice(notice, request.actor.person)
    return redirect("home")
