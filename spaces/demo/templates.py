"""What stands on the floors of each kind of building."""

# ruff: noqa: E501 - one space a line, as in a table

from collections.abc import Iterator
from typing import Any, Final, NamedTuple


class SpacePlan(NamedTuple):
    """One space of a floor; `parts` are the children of a divisible or shared one."""

    name_zh: str
    name_en: str
    function: str
    area_m2: int
    capacity: int
    features: str = ""
    bookable: bool = False
    lettable: bool = False
    realms: str = "p"
    measures: dict[str, Any] = {}
    parts: tuple["SpacePlan", ...] = ()


S = SpacePlan
LAB_MEASURES: Final = {"floor_load_kn_m2": 5, "power_kw": 60, "floor_height_m": 4.5}
PILOT_MEASURES: Final = {
    "floor_load_kn_m2": 15,
    "power_kw": 250,
    "floor_height_m": 7.2,
    "lift_t": 5,
    "hoisting_opening_m": 4,
    "vibration_vc": "VC-C",
    "fire_hazard": "C",
}
MEETINGS: Final = (
    S("洽谈室", "Huddle room", "meeting", 14, 4, "screen whiteboard wifi", bookable=True),
    S("会议室", "Meeting room", "meeting", 28, 8, "projector whiteboard wifi", bookable=True),
    S("研讨室", "Seminar room", "meeting", 46, 16, "projector screen whiteboard video_call wifi", bookable=True),
    S("视频会议室", "Video room", "meeting", 32, 10, "screen video_call recording wifi", bookable=True),
)  # fmt: skip

SHARED_LABS: Final = (
    S("黄光洁净间", "Yellow-light cleanroom", "equipment", 60, 4, "cleanroom compressed_air", bookable=True, measures={**LAB_MEASURES, "cleanroom_iso": 6}),
    S("扫描电镜室", "SEM room", "equipment", 24, 3, "three_phase", bookable=True, measures={"vibration_vc": "VC-D"}),
)  # fmt: skip
HALF: Final = "projector screen sound streaming wheelchair wifi"
HALVES: Final = tuple(
    S(f"月湾厅 {half}", f"Moon Bay Hall {half}", "meeting", 106, 60, HALF, bookable=True)
    for half in "AB"
)
HALLS: Final = (
    S("月湾厅", "Moon Bay Hall", "meeting", 212, 120, f"{HALF} interpreting stage", bookable=True, realms="pcv", parts=HALVES),
    S("报告厅", "Auditorium", "meeting", 260, 180, "projector stage sound interpreting recording wheelchair", bookable=True, realms="pc"),
)  # fmt: skip


def floor_plan(template: str, level: int) -> Iterator[SpacePlan]:
    """The spaces of one floor, in the order of their numbers."""
    yield from _FLOORS[template](level)


def _tower(level: int) -> Iterator[SpacePlan]:
    if level == 1:
        yield S(
            "路演厅",
            "Pitch hall",
            "meeting",
            120,
            40,
            "projector stage sound streaming wheelchair wifi",
            bookable=True,
            realms="pcv",
        )
    for letter in "ABCD":
        yield S(
            f"办公单元 {letter}",
            f"Office {letter}",
            "venture",
            160 + level * 4,
            20,
            "daylight wifi",
            lettable=True,
        )
    if level % 3 == 1:
        yield MEETINGS[level // 3 % 4]
        yield MEETINGS[(level // 3 + 1) % 4]


def _lab(level: int) -> Iterator[SpacePlan]:
    for number in range(1, 5):
        yield S(
            f"实验室 {number}",
            f"Laboratory {number}",
            "research",
            90 + 10 * number,
            8,
            "exhaust fume_hood three_phase",
            lettable=True,
            measures=LAB_MEASURES,
        )
    if level == 1:
        yield from SHARED_LABS
    if level % 2 == 0:
        yield MEETINGS[level // 2 % 3]


def _pilot(level: int) -> Iterator[SpacePlan]:
    for letter in "AB":
        yield S(
            f"中试车间 {letter}",
            f"Pilot hall {letter}",
            "technology",
            420,
            15,
            "goods_lift three_phase compressed_air wastewater",
            lettable=True,
            measures=PILOT_MEASURES,
        )
    yield S(
        "共享机加工间",
        "Shared machine shop",
        "equipment",
        80,
        6,
        "three_phase compressed_air",
        bookable=True,
        measures={"power_kw": 80, "floor_load_kn_m2": 10},
    )
    yield MEETINGS[level % 2]


def _conference(level: int) -> Iterator[SpacePlan]:
    if level == 1:
        yield from HALLS
    yield from MEETINGS
    yield S(
        "湖景会议室",
        "Lake-view room",
        "meeting",
        40,
        12,
        "projector whiteboard daylight wifi",
        bookable=True,
    )


def _incubator(level: int) -> Iterator[SpacePlan]:
    seats = tuple(
        S(f"工位 {number:02d}", f"Desk {number:02d}", "venture", 4, 1, "wifi", bookable=True)
        for number in range(1, 13)
    )
    yield S(
        "开放办公区", "Open studio", "venture", 96, 12, "wifi daylight", bookable=True, parts=seats
    )
    for letter in "AB":
        yield S(
            f"孵化单元 {letter}", f"Start-up unit {letter}", "venture", 60, 8, "wifi", lettable=True
        )
    yield MEETINGS[level % 4]
    if level == 1:
        yield S(
            "加速营教室",
            "Accelerator classroom",
            "education",
            90,
            40,
            "projector whiteboard sound streaming",
            bookable=True,
        )


def _culture(level: int) -> Iterator[SpacePlan]:
    if level == 1:
        yield S(
            "大厅",
            "Great hall",
            "culture",
            420,
            280,
            "stage sound wheelchair",
            bookable=True,
            realms="pc",
        )
    yield S("展厅", "Gallery", "culture", 180, 60, "daylight wheelchair", bookable=True, realms="c")
    yield S(
        "阅读厅",
        "Reading room",
        "culture",
        150,
        70,
        "daylight wifi wheelchair",
        bookable=True,
        realms="c",
    )
    yield S("排练室", "Rehearsal room", "culture", 70, 20, "sound", bookable=True, realms="c")


def _small_culture(level: int) -> Iterator[SpacePlan]:
    yield S(
        "读书角",
        "Reading corner",
        "culture",
        60,
        30,
        "daylight wifi catering",
        bookable=True,
        realms="c",
    )
    yield S(
        "水边露台",
        "Waterside terrace",
        "public_realm",
        90,
        50,
        "daylight",
        bookable=True,
        realms="c",
    )


def _cafe(level: int) -> Iterator[SpacePlan]:
    for number in range(1, 4):
        yield S(
            f"商铺 {number}",
            f"Shop {number}",
            "life_service",
            70,
            20,
            "catering",
            lettable=True,
            realms="pc",
        )
    if level == 2:
        yield S(
            "社群客厅",
            "Community living room",
            "life_service",
            110,
            45,
            "sound catering wifi",
            bookable=True,
            realms="pc",
        )


def _homes(level: int) -> Iterator[SpacePlan]:
    for number in range(1, 11):
        yield S(
            f"公寓 {number:02d}",
            f"Apartment {number:02d}",
            "residence",
            38 + number % 3 * 14,
            2,
            "wifi",
            lettable=True,
        )


_FLOORS: Final = {
    "tower": _tower,
    "lab": _lab,
    "pilot": _pilot,
    "conference": _conference,
    "incubator": _incubator,
    "culture": _culture,
    "small_culture": _small_culture,
    "cafe": _cafe,
    "homes": _homes,
}
