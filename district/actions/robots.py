"""Robots of group chats: kept with sealed secrets, tried, taken away."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.activity import record
from district.actors import Actor
from district.channels import robots, vault
from district.channels.plan import to_robot
from district.models import Delivery, Robot, RobotKind
from district.registry import verbs
from district.rules import RuleViolation


@dataclass(frozen=True)
class RobotWish:
    """What an operator enters; an empty address or secret keeps the one there is.

    No secret (None) takes it away: the robot does not sign any more.
    """

    name: str
    kind: RobotKind
    address: str
    secret: str | None
    verbs: Sequence[str]
    language: str
    is_enabled: bool


@transaction.atomic
def save_robot(robot: Robot, wish: RobotWish, *, by: Actor) -> Robot:
    """Raises RuleViolation("robot_address", "robot_verbs", "robot_ended")."""
    is_new = robot._state.adding
    if not is_new:
        robot = _in_use(robot)
    moves = wish.kind != robot.kind
    if wish.address or is_new or moves:
        _take_address(robot, wish)
    if wish.secret:
        robot.sealed_secret = vault.seal(wish.secret)
    elif wish.secret is None or moves:  # another platform's secret would sign nothing there
        robot.sealed_secret = ""
    if not wish.verbs or not {*wish.verbs} <= {
        name for name, verb in verbs.items() if verb.audience
    }:
        raise RuleViolation("robot_verbs", _("Choose at least one thing it is told of."))
    robot.name, robot.kind, robot.language = wish.name, wish.kind, wish.language
    robot.verbs, robot.is_enabled = sorted(set(wish.verbs)), wish.is_enabled
    robot.save()
    verb = "robot.created" if is_new else "robot.changed"
    data = {"kind": robot.kind, "verbs": robot.verbs, "signs": bool(robot.sealed_secret)}
    record(verb, subject=robot, by=by, data=data)
    return robot


def _take_address(robot: Robot, wish: RobotWish) -> None:
    if not robots.ADDRESSES[wish.kind].fullmatch(wish.address):
        raise RuleViolation(
            "robot_address",
            _("This is no address of a robot of %(platform)s: copy it from the group's settings.")
            % {"platform": wish.kind.label},
        )
    robot.sealed_address = vault.seal(wish.address)
    robot.address_hint = robots.address_hint(wish.kind, wish.address)
    robot.paused_until = None


@transaction.atomic
def end_robot(robot: Robot, *, by: Actor) -> None:
    """It is told nothing any more, its key is forgotten. Raises RuleViolation("robot_ended")."""
    robot = _in_use(robot)
    robot.ended_at, robot.is_enabled = timezone.now(), False
    robot.sealed_address = robot.sealed_secret = ""
    robot.save(update_fields=["ended_at", "is_enabled", "sealed_address", "sealed_secret"])
    record("robot.ended", subject=robot, by=by)


def _in_use(robot: Robot) -> Robot:
    """Locked: a sender counts its messages meanwhile, and somebody else may take it away."""
    robot = Robot.objects.locked().get(pk=robot.pk)
    if robot.ended_at is not None:
        raise RuleViolation("robot_ended", _("This robot has been removed."))
    return robot


@transaction.atomic
def test_robot(robot: Robot, *, by: Actor) -> Delivery:
    """Queue a message that says only that it came; it leaves like every other one."""
    activity = record("robot.tested", subject=robot, by=by)
    delivery = to_robot(robot, activity)
    delivery.save()
    return delivery
