"""What is free now is one thing: on the workbench, the map, a building, a space and in the plan."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from spaces.models import Space
from tests.factories import FloorFactory, SpaceFactory, open_rules

SHANGHAI = ZoneInfo("Asia/Shanghai")
# A Wednesday. Opening hours are eight to twenty.
NOON, NIGHT = (datetime(2026, 11, 25, hour, tzinfo=SHANGHAI) for hour in (12, 23))


@pytest.fixture
def room(district) -> Space:
    rules = open_rules(opening={"3": [[8 * 60, 20 * 60]]})
    hall = SpaceFactory(name_en="Hall", rules=rules, is_leaf=False)
    SpaceFactory(building=hall.building, bookable=False, rules=None)
    floor = FloorFactory(building=hall.building)
    return SpaceFactory(
        name_en="Moon Bay", building=hall.building, floor=floor, parent=hall, rules=rules
    )


@pytest.mark.parametrize(("now", "free"), [(NOON, 1), (NIGHT, 0)])
def test_free_now_is_the_same_everywhere(browser_of, operator, room, now, free):
    with time_machine.travel(now, tick=False):
        browser = browser_of(operator)
        pages = {
            path: " ".join(re.sub("<[^>]*>", " ", browser.get(path).content.decode()).split())
            for path in (
                "/",
                f"/buildings/{room.building_id}/",
                f"/map/?building={room.building_id}",
                f"/bookings/day/?building={room.building_id}&day=2026-11-25",
                f"/spaces/{room.pk}/",
            )
        }

    workbench, building, district_map, plan, space = pages.values()
    assert f"Free right now {free} of 1 that can be booked" in workbench
    for page in (building, district_map):
        assert f"Free now {free} of 1" in page
        assert ("Free to book 1" in page, "Closed now 1" in page) == (free == 1, free == 0)
        assert ("Nothing is free to book at the moment." in page) == (free == 0)
    assert (f"{free} of 1 space is free now" in plan) == (free == 1)  # by night no line says now
    assert ("Closed now" in space) == (free == 0)
