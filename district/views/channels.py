"""Settings → Channels: the robots of group chats, and what was sent over every channel."""

from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from district.actions.robots import end_robot, save_robot, test_robot
from district.forms import refusals_shown
from district.forms.robots import RobotForm
from district.message_listings import REASONS
from district.middleware import DistrictRequest
from district.models import Delivery, Robot
from district.permissions import can_edit_settings, require
from district.registry import verbs
from district.views.respond import changed, render_page

SHOWN = 8


@require_GET
def channel_list(request: DistrictRequest) -> HttpResponse:
    require(can_edit_settings(request.actor))
    newest = Delivery.objects.filter(robot=OuterRef("pk")).order_by("-id")
    robots = _robots().annotate(
        last_status=Subquery(newest.values("status")[:1]),
        last_code=Subquery(newest.values("error_code")[:1]),
        last_at=Subquery(newest.values("updated_at")[:1]),
    )
    return render_page(request, "district/channel_list.html", {"robots": robots})


@require_http_methods(["GET", "POST"])
def robot_new(request: DistrictRequest) -> HttpResponse:
    return _edited(request, Robot())


@require_http_methods(["GET", "POST"])
def robot_edit(request: DistrictRequest, robot_id: UUID) -> HttpResponse:
    return _edited(request, get_object_or_404(_robots(), pk=robot_id))


def _edited(request: DistrictRequest, robot: Robot) -> HttpResponse:
    require(can_edit_settings(request.actor))
    form = RobotForm(request.POST or None, robot=robot)
    if form.is_bound and form.is_valid():
        with refusals_shown(form):
            save_robot(robot, form.wish(), by=request.actor)
        if form.is_valid():
            return changed(request, _("Saved."), reverse("robot_detail", args=[robot.pk]))
    context = {"form": form, "robot": None if robot._state.adding else robot}
    status = 422 if form.is_bound else 200
    return render_page(request, "district/robot_form.html", context, status=status)


@require_GET
def robot_detail(request: DistrictRequest, robot_id: UUID) -> HttpResponse:
    require(can_edit_settings(request.actor))
    robot = get_object_or_404(_robots(), pk=robot_id)
    rows = list(
        Delivery.objects.filter(robot=robot).select_related("activity").order_by("-id")[:SHOWN]
    )
    context = {
        "robot": robot,
        "labels": [verbs[name].label for name in robot.verbs if name in verbs],
        "rows": [
            {
                "delivery": row,
                "label": verbs[row.activity.verb].label,
                "reason": REASONS.get(row.error_code, row.error_code),
            }
            for row in rows
        ],
        "waits": any(row.is_open for row in rows),
    }
    return render_page(request, "district/robot_detail.html", context, partials=["results"])


@require_POST
def robot_test(request: DistrictRequest, robot_id: UUID) -> HttpResponse:
    require(can_edit_settings(request.actor))
    robot = get_object_or_404(_robots().filter(is_enabled=True), pk=robot_id)
    test_robot(robot, by=request.actor)
    message = _("On its way: what the platform answers appears below.")
    return changed(request, message, reverse("robot_detail", args=[robot.pk]))


@require_POST
def robot_end(request: DistrictRequest, robot_id: UUID) -> HttpResponse:
    require(can_edit_settings(request.actor))
    end_robot(get_object_or_404(_robots(), pk=robot_id), by=request.actor)
    return changed(request, _("Removed. It is told nothing any more."), reverse("channel_list"))


def _robots() -> QuerySet[Robot]:
    return Robot.objects.filter(ended_at=None).order_by("name", "id")
