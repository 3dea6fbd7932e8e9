from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from district.models import Membership
from district.rules import RuleViolation
from spaces.actions.policies import apply_policies, policy_layers, save_policy
from spaces.models import BookingPolicy, BookingRules, Space
from spaces.rules import is_open
from tests.factories import SpaceFactory, open_rules


@pytest.fixture
def room(operator: Membership) -> Space:
    space = SpaceFactory()
    apply_policies()
    return Space.objects.get(pk=space.pk)


def test_save_policy_reaches_every_space_below(room, operator):
    SpaceFactory(building=room.building)
    other = SpaceFactory()

    changed = save_policy(BookingPolicy(building=room.building, window_days=7), by=operator)

    assert changed == 2
    rows = dict(Space.objects.values_list("code", "rules__window_days"))
    assert rows[room.code] == 7
    assert rows[other.code] != 7


def test_save_policy_inherits_through_parents(room, operator):
    part = SpaceFactory(parent=room, building=room.building)
    save_policy(BookingPolicy(window_days=90, notice_minutes=5), by=operator)
    save_policy(BookingPolicy(space=room, window_days=10), by=operator)

    part.refresh_from_db()

    assert (part.rules.window_days, part.rules.notice_minutes) == (10, 5)
    assert [layer.space_id for layer in policy_layers(part)] == [room.pk, None]


def test_save_policy_leaves_the_rules_of_the_past_alone(room, operator):
    before = room.rules_id

    save_policy(BookingPolicy(window_days=3), by=operator)

    assert BookingRules.objects.get(pk=before).window_days == 30


def test_save_policy_refuses_layers_that_contradict_each_other(room, operator):
    save_policy(BookingPolicy(max_minutes=60), by=operator)

    with pytest.raises(RuleViolation) as refusal:
        save_policy(BookingPolicy(space=room, min_minutes=90), by=operator)

    assert refusal.value.code == "policy_durations"


def test_apply_policies_changes_nothing_twice(room):
    assert apply_policies() == 0


@pytest.mark.parametrize(("opens", "expected"), [([[60, 120]], True), ([[180, 1440]], False)])
def test_the_hour_that_clocks_repeat_is_judged_too(district, opens, expected):
    """On the last Sunday of October London passes 1:30 twice: an hour that ends where it began."""
    london = ZoneInfo("Europe/London")
    starts_at = datetime(2027, 10, 31, 1, 30, tzinfo=london).astimezone(UTC)
    rules = open_rules(opening={"7": opens})

    assert is_open(rules, starts_at, starts_at + timedelta(hours=1), london) is expected
