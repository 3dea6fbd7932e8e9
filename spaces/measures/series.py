"""Proof that series do what a plain model of them does, in zones whose clocks differ oddly."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from district.measuring import Outcome, Proof
from district.measuring.processes import in_processes
from district.rules import RuleViolation
from district.tenancy.scope import scope
from spaces import recurrence
from spaces.actions.booking import reschedule_booking
from spaces.actions.decisions import cancel_booking
from spaces.actions.series import SeriesWish, book_series
from spaces.actions.series_changes import change_series
from spaces.actions.series_decisions import cancel_series
from spaces.measures.paper import Paper, Plain, Repeat, Slot
from spaces.measures.stage import Stage, open_rules, rooms, stage
from spaces.models import Building, DateState, Occupancy, Series, SeriesDate, Space
from spaces.recurrence import Pattern

ZONES: Final = ("Asia/Shanghai", "Europe/London", "America/St_Johns", "Australia/Lord_Howe")
SERIES: Final = 5000
ROOMS: Final = 12
LATEST: Final = timedelta(days=900)


class Disagreement(Exception):
    """The product refused what paper allows, or the other way round."""


@dataclass
class World:
    """One district beside its model on paper."""

    scene: Stage
    spaces: Sequence[Space]
    paper: Paper = field(default_factory=Paper)
    plain: dict[UUID, Plain] = field(default_factory=dict)

    @property
    def zone(self) -> ZoneInfo:
        return self.scene.district.zone


def four_districts() -> Sequence[World]:
    worlds = []
    for number, name in enumerate(ZONES):
        scene = stage(f"zone-{number}", ZoneInfo(name))
        with scope(scene.district.pk):
            worlds.append(World(scene, rooms(Building.objects.get(), open_rules(), ROOMS)))
    return worlds


def attack_series(worlds: Sequence[World], scale: float) -> Outcome:
    """Book random series and change them at random; every difference from paper is a violation."""
    each = int(SERIES * scale) // len(worlds)
    run = in_processes(len(worlds), lambda number: _lives(worlds[number], each), range(len(worlds)))
    return Outcome(each * len(worlds), sum(run.results))


def _lives(world: World, count: int) -> int:
    differences = 0
    for number in range(count):
        chance = random.Random(f"{world.zone.key} {number}")  # noqa: S311 - repeatable
        with scope(world.scene.district.pk):
            try:
                differences += _life(world, chance)
            except Disagreement:
                differences += 1
    with scope(world.scene.district.pk):
        differences += _claims_differ(world)
    return differences


def _life(world: World, chance: random.Random) -> int:
    series = _booked(world, chance)
    if series is None:
        return 0
    differences = _differs(world, series)
    for _edit in range(chance.randint(0, 4)):
        series = chance.choice(EDITS)(world, series, chance)
        differences += _differs(world, series)
    return differences


def _random_times(chance: random.Random) -> tuple[time, time]:
    begins = chance.randrange(0, 24 * 4)
    ends = (begins + chance.randint(1, 16)) % (24 * 4)
    return time(begins // 4, begins % 4 * 15), time(ends // 4, ends % 4 * 15)


def _random_repeat(chance: random.Random, starts_on: date) -> Repeat:
    """Not beyond what may be booked ahead."""
    repeat = Repeat(
        chance.choice(("DAILY", "WEEKLY", "WEEKLY", "MONTHLY")),
        chance.randint(1, 3),
        frozenset(chance.sample(range(7), chance.randint(1, 3))),
        chance.randint(1, 12),
    )
    last = timezone.now().date() + LATEST
    within = sum(day <= last for day in repeat.days(starts_on))
    return replace(repeat, count=within) if within else Repeat("DAILY", 1, frozenset(), 1)


def _wish(space: Space, pattern: Pattern) -> SeriesWish:
    return SeriesWish(space, pattern, title="Random")


def _booked(world: World, chance: random.Random) -> Series | None:
    starts_on = world.scene.days[0].date() + timedelta(days=chance.randint(2, 500))
    repeat, (begins, ends) = _random_repeat(chance, starts_on), _random_times(chance)
    space = chance.choice(world.spaces)
    plain = Plain(repeat.days(starts_on), begins, ends, space.pk)
    for day in plain.days:
        slot = plain.slot(day, world.zone)
        plain.rows[day] = slot if world.paper.is_free(slot) else None
        if plain.rows[day]:
            world.paper.take(slot)
    pattern = Pattern(recurrence.canonical(repeat.rule()), starts_on, begins, ends)
    try:
        series = book_series(_wish(space, pattern), by=world.scene.members[0])
    except RuleViolation as refusal:
        if any(plain.rows.values()):
            raise Disagreement from refusal
        return None
    world.plain[series.pk] = plain
    return series


def _differs(world: World, series: Series) -> int:
    """Whether the rows of a series are other than on paper."""
    plain = world.plain[series.pk]
    found: dict[date, Slot | None] = {}
    gone = set()
    for item in SeriesDate.objects.filter(series=series).select_related("booking"):
        booking = item.booking
        if item.state == DateState.SKIPPED:
            found[item.on] = None
        elif booking is None or booking.status == "cancelled":
            gone.add(item.on)
        else:
            found[item.on] = (booking.starts_at, booking.ends_at, booking.space_id)
    return int(found != plain.rows or gone != plain.gone)


def _claims_differ(world: World) -> int:
    claims = Occupancy.objects.values_list("space_id", "starts_at", "ends_at")
    kept = {(room, *span) for room, spans in world.paper.taken.items() for span in spans}
    return len(set(claims) ^ kept)


def _some_day(plain: Plain, chance: random.Random) -> date | None:
    held = sorted(day for day, slot in plain.rows.items() if slot)
    return chance.choice(held) if held else None


def _cancel_one(world: World, series: Series, chance: random.Random) -> Series:
    plain = world.plain[series.pk]
    day = _some_day(plain, chance)
    if day is not None:
        slot = plain.rows.pop(day)
        assert slot is not None  # noqa: S101 - only held days are chosen
        world.paper.give(slot)
        plain.gone.add(day)
        item = SeriesDate.objects.get(series=series, on=day)
        cancel_booking(item.booking, by=world.scene.staff)
    return series


def _move_one(world: World, series: Series, chance: random.Random) -> Series:
    plain = world.plain[series.pk]
    day = _some_day(plain, chance)
    if day is None:
        return series
    shift = timedelta(minutes=15 * chance.randint(1, 20))
    old, space = plain.rows[day], chance.choice(world.spaces)
    assert old is not None  # noqa: S101 - only held days are chosen
    slot = (old[0] + shift, old[1] + shift, space.pk)
    world.paper.give(old)
    fits = world.paper.is_free(slot)
    plain.rows[day] = slot if fits else old
    world.paper.take(slot if fits else old)
    item = SeriesDate.objects.get(series=series, on=day)
    try:
        reschedule_booking(item.booking, space, slot[0], slot[1], by=world.scene.staff)
    except RuleViolation as refusal:
        if fits:
            raise Disagreement from refusal
    return series


def _change_times(world: World, series: Series, chance: random.Random) -> Series:
    """Other times or another room, for all dates or from one of them on."""
    plain = world.plain[series.pk]
    if not plain.days:
        return series
    from_on = chance.choice([plain.days[0], chance.choice(plain.days)])
    begins, ends = _random_times(chance)
    pattern = replace(Series.objects.get(pk=series.pk).pattern, begins=begins, ends=ends)
    pattern = pattern if from_on == plain.days[0] else pattern.since(from_on)
    days = [day for day in plain.days if day >= from_on]
    new = Plain(days, begins, ends, chance.choice([plain.room, world.spaces[0].pk]))
    return _changed(world, series, new, pattern, from_on)


def _change_rule(world: World, series: Series, chance: random.Random) -> Series:
    plain = world.plain[series.pk]
    if not plain.days:
        return series
    from_on = chance.choice([plain.days[0], chance.choice(plain.days)])
    repeat = _random_repeat(chance, from_on)
    new = Plain(repeat.days(from_on), plain.begins, plain.ends, plain.room)
    pattern = Pattern(recurrence.canonical(repeat.rule()), from_on, plain.begins, plain.ends)
    return _changed(world, series, new, pattern, from_on)


def _changed(world: World, series: Series, new: Plain, pattern: Pattern, from_on: date) -> Series:
    plain = world.plain[series.pk]
    outcome = _on_paper(world, plain, new, from_on)
    space = next(space for space in world.spaces if space.pk == new.room)
    try:
        target = change_series(
            series, _wish(space, pattern), from_on=from_on, by=world.scene.members[0]
        )
    except RuleViolation as refusal:
        if outcome is not None:
            raise Disagreement from refusal
        return series
    if outcome is None:
        raise Disagreement
    old, new, paper = outcome
    world.paper = paper
    world.plain[series.pk] = old
    world.plain[target.pk] = new
    return target


def _on_paper(
    world: World, plain: Plain, new: Plain, from_on: date
) -> tuple[Plain, Plain, Paper] | None:
    """What the change leaves of the series, what becomes of the rest; None where all is refused."""
    later = {day: slot for day, slot in plain.rows.items() if day >= from_on}
    following = {d: s for d, s in later.items() if s and s == plain.slot(d, world.zone)}
    new.rows = {day: slot for day, slot in later.items() if slot and day not in following}
    new.gone = {day for day in plain.gone if day >= from_on}
    moving = {day for day in following if day in new.days}
    fresh = [day for day in new.days if day not in {*later, *new.gone} or later.get(day, 1) is None]
    rows, staying, paper = _placed_on_paper(world, new, following, {*moving, *fresh})
    placed = [day for day, slot in rows.items() if slot and day not in staying]
    if rows and not placed:
        return None
    new.rows |= rows
    old_rows = {day: slot for day, slot in plain.rows.items() if day < from_on}
    old_gone = {day for day in plain.gone if day < from_on}
    if not old_rows and not old_gone:
        return new, new, paper
    days = [day for day in plain.days if day < from_on]
    return replace(plain, days=days, rows=old_rows, gone=old_gone), new, paper


def _placed_on_paper(
    world: World, new: Plain, following: dict[date, Slot], days: set[date]
) -> tuple[dict[date, Slot | None], set[date], Paper]:
    """Each day's slot, those that must stay where they were, and all that is taken then."""
    staying: set[date] = set()
    while True:
        paper = Paper()
        paper.taken = {room: list(spans) for room, spans in world.paper.taken.items()}
        for slot in following.values():
            paper.give(slot)
        for day in staying:
            paper.take(following[day])
        rows: dict[date, Slot | None] = {day: following[day] for day in staying}
        for day in sorted(days - staying):
            slot = new.slot(day, world.zone)
            rows[day] = slot if paper.is_free(slot) else None
            if rows[day]:
                paper.take(slot)
        refused = {day for day, slot in rows.items() if not slot and day in following}
        if not refused:
            return rows, staying, paper
        staying |= refused


def _cancel_rest(world: World, series: Series, chance: random.Random) -> Series:
    plain = world.plain[series.pk]
    from_on = _some_day(plain, chance)
    if from_on is None:
        return series
    for day in [day for day in plain.rows if day >= from_on]:
        slot = plain.rows.pop(day)
        plain.gone.add(day)
        if slot:
            world.paper.give(slot)
    return cancel_series(series, from_on=from_on, by=world.scene.members[0])


EDITS: Final[Sequence[Callable[[World, Series, random.Random], Series]]] = (
    _cancel_one,
    _move_one,
    _change_times,
    _change_times,
    _change_rule,
    _cancel_rest,
)


def in_winter_time() -> None:
    """Every date at the offset of January, as those do who repeat instants."""

    def placed(local: datetime, zone: ZoneInfo) -> datetime:
        offset = datetime(2027, 1, 6, tzinfo=zone).utcoffset() or timedelta()
        return (local - offset).replace(tzinfo=UTC)

    recurrence.placed = placed


PROOF: Final = Proof(
    "series",
    "Random series and their changes end as on paper, in four zones.",
    four_districts,
    attack_series,
    in_winter_time,
)
