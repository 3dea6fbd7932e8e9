"""Weekly classes of a term as bookings: classes that share a room at a time share one booking.

A row is a group of classes that meet in one room on one weekday at overlapping times. On each date
those that really meet together become one booking, whose parties they are, and one claim.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from district.imports.cells import Cells
from district.imports.contract import Plan, Wrong
from district.imports.rows import Row, checked_length, decoded, parsed, unreadable
from district.rules import Text
from spaces.actions.imported import Shared, bookings_in_the_way, keep_shared
from spaces.models import Booking, BookingSource, BookingStatus, Space

DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LAST_WEEK: Final = 60
SHARED_USES: Final = "shared_uses"


@dataclass(frozen=True)
class Lesson:
    """A weekly class: `day` counts from Monday, times are minutes after midnight."""

    label: str
    day: int
    starts: int
    ends: int
    weeks: frozenset[int]


@dataclass
class TimetablePlan(Plan):
    rows: dict[UUID, Row] = field(default_factory=dict)


def read_timetable(name: str, content: bytes) -> list[Row]:
    """Rows of a timetable by room: {room: [{"classes": [{"day", "startTime", …}]}]}."""
    data = parsed(decoded(content))
    if not isinstance(data, dict) or not all(isinstance(days, list) for days in data.values()):
        raise unreadable(_("This JSON is not a timetable: rooms with the classes of each day."))
    return checked_length(_grouped(data))


def timetable_key(row: Row) -> str:
    """A group has no id of its own; its dates have."""
    return ""


def _grouped(data: Mapping[str, Any]) -> Iterator[Row]:
    number = 0
    for room, days in data.items():
        known: dict[int, list[tuple[Lesson, int, Any]]] = defaultdict(list)
        for item in _classes(days):
            number += 1
            try:
                lesson = parse_lesson(item)
            except ValidationError:
                yield Row(number, {"room": room, "classes": [item]})
            else:
                known[lesson.day].append((lesson, number, item))
        for day in sorted(known):
            for group in _clusters(known[day], lambda entry: entry[0]):
                first = min(entry[1] for entry in group)
                yield Row(first, {"room": room, "classes": [entry[2] for entry in group]})


def _classes(days: Sequence[Any]) -> Iterator[Any]:
    for day in days:
        classes = day.get("classes") if isinstance(day, dict) else None
        yield from classes if isinstance(classes, list) else []


def _clusters(entries: Sequence[Any], lesson_of: Any) -> list[list[Any]]:
    """Entries in groups whose times overlap, directly or through others."""
    groups: list[list[Any]] = []
    until = -1
    for entry in sorted(entries, key=lambda item: (lesson_of(item).starts, lesson_of(item).ends)):
        lesson = lesson_of(entry)
        if lesson.starts >= until:
            groups.append([])
        groups[-1].append(entry)
        until = max(until, lesson.ends) if len(groups[-1]) > 1 else lesson.ends
    return groups


def parse_lesson(item: Any) -> Lesson:
    """Raises ValidationError in words, one for each thing that no class can be."""
    cells = Cells(Row(0, item if isinstance(item, dict) else {}))
    day = cells.text("day").lower()
    if day not in DAYS:
        cells.wrong("day", _("“%(text)s” is not a weekday."), text=day)
    starts, ends = _minutes(cells, "startTime"), _minutes(cells, "endTime")
    if starts is not None and ends is not None and ends <= starts:
        cells.wrong("endTime", _("It must end after it starts."))
    label = " ".join(filter(None, map(cells.text, ("moduleCode", "lessonType", "classNo"))))
    if not label:
        cells.missing("moduleCode")
    weeks = _weeks(cells)
    if cells.problems or starts is None or ends is None:
        raise ValidationError([str(problem) for problem in cells.problems])
    return Lesson(label[:160], DAYS.index(day), starts, ends, weeks)


def _minutes(cells: Cells, name: str) -> int | None:
    text = cells.text(name).replace(":", "")
    if len(text) != 4 or not text.isdecimal() or int(text[:2]) > 23 or int(text[2:]) > 59:
        cells.wrong(name, _("“%(text)s” is not a time."), text=cells.text(name))
        return None
    return int(text[:2]) * 60 + int(text[2:])


def _weeks(cells: Cells) -> frozenset[int]:
    value = cells.row.values.get("weeks")
    numbers = value if isinstance(value, list) else []
    if not numbers or not all(type(week) is int and 0 < week <= LAST_WEEK for week in numbers):
        cells.wrong("weeks", _("“weeks” must be a list of the term's week numbers."))
        return frozenset()
    return frozenset(numbers)


class TimetableImport:
    """Bookings of one term. `term_starts_on` is the Monday of its first week; teaching may pause
    for one week after `pause_after`.
    """

    def __init__(self, options: Mapping[str, str]):
        self.monday = date.fromisoformat(options["term_starts_on"])
        self.pause_after = int(options.get("pause_after") or LAST_WEEK)
        self.zone: ZoneInfo = timezone.get_current_timezone()
        rooms = Space.objects.current().select_related("rules", "district")
        self.rooms: dict[str, Space] = {space.code.casefold(): space for space in rooms}

    def problems(self, row: Row) -> Sequence[Text]:
        return _lessons(row)[1]

    def plan(self, rows: Sequence[Row]) -> TimetablePlan:
        plan, wanted = TimetablePlan(), []
        for row in rows:
            try:
                wanted += [(row, shared) for shared in self._uses(row)]
            except ValidationError as error:
                plan.wrong.append(Wrong(row, error.messages))
        known = Booking.objects.filter(
            source=BookingSource.IMPORT, external_id__in=[use.external_id for _row, use in wanted]
        )
        present = {item.external_id: item for item in known.prefetch_related("parties")}
        for row, use in wanted:
            _sort(plan, row, use, present.get(use.external_id))
        self._drop_taken(plan)
        return plan

    def write(self, plan: TimetablePlan, *, by: Actor) -> None:
        keep_shared([*plan.created, *plan.changed], by=by)

    def _uses(self, row: Row) -> list[Shared]:
        """What the classes of a row come to, date by date."""
        lessons, problems = _lessons(row)
        space = self.rooms.get(str(row.values["room"]).casefold())
        if space is None:
            names = {"code": row.values["room"]}
            missing = _("There is no space “%(code)s” here. Import the rooms first.") % names
            problems.insert(0, missing)
        if space is None or problems:
            raise ValidationError(problems)
        return [
            self._shared(space, week, group)
            for week in sorted({week for lesson in lessons for week in lesson.weeks})
            for group in _clusters([one for one in lessons if week in one.weeks], lambda one: one)
        ]

    def _shared(self, space: Space, week: int, lessons: Sequence[Lesson]) -> Shared:
        pause = 1 if week > self.pause_after else 0
        day = self.monday + timedelta(weeks=week - 1 + pause, days=lessons[0].day)
        starts = min(lesson.starts for lesson in lessons)
        return Shared(
            external_id=f"timetable:{space.code}:{day.isoformat()}:{starts:04d}",
            space=space,
            starts_at=self._at(day, starts),
            ends_at=self._at(day, max(lesson.ends for lesson in lessons)),
            parties=sorted(
                {
                    (lesson.label, self._at(day, lesson.starts), self._at(day, lesson.ends))
                    for lesson in lessons
                }
            ),
        )

    def _at(self, day: date, minutes: int) -> datetime:
        clock = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60)  # noqa: DTZ001
        return timezone.make_aware(clock, self.zone)

    def _drop_taken(self, plan: TimetablePlan) -> None:
        """Uses that collide with what is in the ledger go, with a word for their row."""
        taken = bookings_in_the_way([*plan.created, *plan.changed])
        said: set[int] = set()
        for use in taken:
            (plan.created if use in plan.created else plan.changed).remove(use)
            row = plan.rows[use.id]
            if row.number not in said:
                said.add(row.number)
                when = timezone.localtime(use.starts_at, self.zone)
                reason = _("%(space)s is taken on %(day)s at %(time)s by something else.") % {
                    "space": use.space.code,
                    "day": f"{when:%Y-%m-%d}",
                    "time": f"{when:%H:%M}",
                }
                plan.wrong.append(Wrong(row, [reason]))


def _lessons(row: Row) -> tuple[list[Lesson], list[Text]]:
    lessons, problems = [], list[Text]()
    for item in row.values["classes"]:
        try:
            lessons.append(parse_lesson(item))
        except ValidationError as error:
            problems += error.messages
    return lessons, problems


def _sort(plan: TimetablePlan, row: Row, use: Shared, present: Booking | None) -> None:
    """A booking cancelled here stays so: what was taken off a date never comes back."""
    if present is None:
        plan.created.append(use)
        if len(use.parties) > 1:
            plan.notes[SHARED_USES] += 1
    elif present.status == BookingStatus.CANCELLED or use.is_the_same(present):
        plan.unchanged_count += 1
        return
    else:
        use.booking = present
        plan.changed.append(use)
    plan.rows[use.id] = row
