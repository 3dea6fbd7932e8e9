"""Regular meetings of the first companies of a demo district, some of them still to be decided."""

from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Final

from district.demo.build import Build
from district.models import Membership, Role
from district.rules import RuleViolation
from spaces.actions.series import SeriesWish, book_series
from spaces.models import Approval, Space, SpaceFunction
from spaces.recurrence import NAMES, Pattern

WEEKS: Final = timedelta(weeks=4)
# Days from today, hours, people, title; whether a room that wants approval is asked for.
MEETINGS: Final = (
    (1, 9, 10, 6, "项目周例会", "Project meeting", False),
    (2, 14, 16, 8, "双周技术评审", "Design review", False),
    (3, 10, 12, 20, "新员工培训营", "Induction course", True),
    (4, 16, 17, 4, "客户周会", "Customer call", False),
)


def fill_series(build: Build) -> None:
    members = _members(build)
    for number, (away, begins, ends, people, zh, en, asks) in enumerate(MEETINGS):
        day = _workday(build.today + timedelta(days=away))
        until = day + WEEKS
        pattern = Pattern(
            f"FREQ=WEEKLY;BYDAY={NAMES[day.weekday()]};UNTIL={until:%Y%m%d}",
            day,
            time(begins),
            time(ends),
        )
        title = zh if build.district.language == "zh-hans" else en
        _book(pattern, people, title, members[number % len(members)], asks)


def _workday(day: date) -> date:
    return day + timedelta(days=7 - day.weekday() if day.weekday() > 4 else 0)


def _members(build: Build) -> list[Membership]:
    rows = Membership.objects.filter(
        organization__in=build.companies[:3], role=Role.COMPANY_ADMIN
    ).select_related("person", "organization")
    return list(rows.order_by("id"))


def _book(pattern: Pattern, people: int, title: str, member: Membership, asks: bool) -> None:
    """In the first room where at least one of the dates is free."""
    for space in _rooms(people, asks):
        try:
            book_series(SeriesWish(space, pattern, attendee_count=people, title=title), by=member)
        except RuleViolation:
            continue
        return


def _rooms(people: int, asks: bool) -> Iterator[Space]:
    function = SpaceFunction.CULTURE if asks else SpaceFunction.MEETING
    rows = Space.objects.bookable().filter(function=function, capacity__gte=people, is_leaf=True)
    rows = rows.filter(rules__approval=Approval.ALWAYS) if asks else rows
    yield from rows.select_related("building", "floor", "rules").order_by("capacity", "code")[:20]
