"""A booking in one line, Chinese or English, into what the finder asks for.

“明天下午3点 4人 投影 1小时”, “next tue 10-11:30 room for 6 near B”. Nothing is guessed that was not
said, but for the half of the day, which is that of working hours; what was not understood is handed
back to be shown.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from spaces.one_line_times import (
    AFTERNOON,
    EVENING,
    MORNING,
    NOON,
    Days,
    Hours,
    take_days,
    take_hours,
)
from spaces.one_line_words import Sentence, take_length, take_needs, take_people

NEAR: Final = r"(?:near(?: to)?|close to|next to|around|by|beside|离|靠近)\s*"
NEARBY: Final = r"\s*(?:附近|旁边|旁|近一点|近)"
INSIDE: Final = r"(?:\b(?:in|at)\s+|在)?"


@dataclass(frozen=True)
class Named:
    """A building, and what people may call it."""

    id: UUID
    names: Sequence[str]


@dataclass(frozen=True)
class Heard:
    """What was understood of a line. `unknown` are the pieces that were not.

    Either `starts` (minutes after midnight) on the first day, or any time of these days, from
    `after` on or in a `part` of the day.
    """

    days: Days | None = None
    starts: int | None = None
    minutes: int | None = None
    after: int | None = None
    part: str = ""
    people: int | None = None
    needs: tuple[str, ...] = ()
    building_id: UUID | None = None
    is_near: bool = False
    unknown: tuple[str, ...] = ()

    @property
    def is_booking(self) -> bool:
        """Whether it says enough to be one: a time, or how many for how long."""
        timed = self.starts is not None or bool(self.days) or bool(self.part)
        said = [timed, self.minutes, self.people, self.needs, self.building_id]
        return (timed or bool(self.minutes)) and sum(map(bool, said)) > 1


def hear(line: str, *, now: datetime, buildings: Sequence[Named] = ()) -> Heard:
    """What a line asks for. `now` is the local time of the district."""
    sentence = Sentence(line)
    building_id, is_near = _take_building(sentence, buildings)
    minutes = take_length(sentence)
    people = take_people(sentence)
    needs = take_needs(sentence)
    days = take_days(sentence, now.date())
    hours = take_hours(sentence)
    if hours.starts is not None and hours.ends is not None:
        minutes = hours.ends - hours.starts
    days, hours = _to_come(days, hours, now)
    return Heard(
        days,
        hours.starts,
        minutes,
        hours.after,
        hours.part,
        people,
        needs,
        building_id,
        is_near,
        sentence.rest(),
    )


def _to_come(days: Days | None, hours: Hours, now: datetime) -> tuple[Days | None, Hours]:
    """A bare time that has passed today means tomorrow; “nine” of today may be in the evening."""
    minute = now.hour * 60 + now.minute
    if days is not None:
        passed = hours.unsure and days.last == now.date() and (hours.starts or 0) < minute
        return days, replace(hours, starts=(hours.starts or 0) + NOON) if passed else hours
    if hours.starts is None and hours.after is None and not hours.part:
        return None, hours
    begins = hours.starts if hours.starts is not None else hours.after
    ends = {MORNING: NOON, AFTERNOON: 18 * 60, EVENING: 24 * 60}
    over = begins < minute if begins is not None else ends[hours.part] <= minute
    day = now.date() + timedelta(days=int(over))
    return Days(day, day), hours


def _take_building(sentence: Sentence, buildings: Sequence[Named]) -> tuple[UUID | None, bool]:
    """The building with the longest name that is said; a short one only where it is called so."""
    named = [(name, building.id) for building in buildings for name in building.names if name]
    for name, building_id in sorted(named, key=lambda pair: -len(pair[0])):
        for pattern, is_near in _ways_to_say(name):
            if sentence.take(pattern):
                return building_id, is_near
    return None, False


def _ways_to_say(name: str) -> list[tuple[str, bool]]:
    word = re.escape(name.lower())
    start, end = r"(?<![a-z0-9])", r"(?![a-z0-9])"
    marked = rf"(?:(?:building|block|tower)\s+{word}|{word}\s*(?:座|号楼|栋|楼| building))"
    called = marked if len(name) < 3 else rf"(?:{marked}|{word})"
    return [
        (rf"{start}{NEAR}(?:{marked}|{word}){end}", True),
        (rf"{start}(?:{marked}|{word}){NEARBY}", True),
        (rf"{start}{INSIDE}{called}{end}", False),
    ]
