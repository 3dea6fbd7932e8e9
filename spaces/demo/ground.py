"""The ground of the demo districts: lake, greens and streets in metres on the district's grid.

kind, Chinese name, English name, then the points of the line or of the outline.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Final

from spaces.demo.geometry import Grid, Point
from spaces.models import LINES, Ground, GroundKind

Piece = tuple[GroundKind, str, str, Sequence[Point]]
G = GroundKind

SHORE: Final = (
    *((-282, 480), (-268, 400), (-256, 310), (-276, 225), (-300, 140), (-286, 70)),
    *((-262, 10), (-258, -55), (-284, -120), (-300, -190), (-276, -262), (-262, -330)),
    *((-288, -410), (-296, -500)),
)
# Everything stands clear of the footprints in spaces.demo.buildings.
DUSHU_LAKE: Final[Sequence[Piece]] = (
    (G.WATER, "独墅湖", "Dushu Lake", ((-1100, 480), *SHORE, (-1100, -500))),
    (G.PARK, "", "", (*SHORE, *((x + 34, y) for x, y in reversed(SHORE)))),
    (G.PARK, "", "", ((-236, -170), (-150, -158), (-64, -176), (-70, -300), (-210, -312))),
    (G.POND, "", "", ((-186, -196), (-130, -190), (-104, -222), (-126, -262), (-182, -250))),
    (G.PARK, "", "", ((24, -48), (290, -48), (290, -20), (24, -20))),
    (G.PARK, "", "", ((24, 196), (286, 196), (286, 218), (118, 218), (24, 216))),
    (G.PARK, "", "", ((334, -300), (480, -300), (480, -180), (334, -180))),
    (G.POND, "", "", ((380, -262), (432, -268), (446, -228), (396, -214))),
    (G.PARK, "", "", ((-700, -374), (900, -374), (900, -344), (-230, -344))),
    (G.CANAL, "", "", ((-280, -359), (900, -359))),
    (G.PATH, "", "", ((-240, 120), (-246, 20), (-238, -70), (-258, -150), (-246, -240))),
    (G.PATH, "", "", ((-214, -230), (-150, -280), (-84, -230), (-90, -190), (-200, -180))),
    (G.MINOR, "", "", ((110, 98), (110, 310))),
    (G.MINOR, "", "", ((112, -243), (112, -128))),
    (G.MINOR, "", "", ((-64, 98), (-64, 0), (10, -4), (308, -4))),
    (G.MINOR, "", "", ((10, 226), (298, 226))),
    (G.MINOR, "", "", ((316, -60), (372, -20), (372, 130), (298, 140))),
    (G.MINOR, "", "", ((240, -243), (240, -344))),
    (G.MAJOR, "林泉街", "Linquan Street", ((10, 460), (10, -500))),
    (
        *(G.MAJOR, "松涛街", "Songtao Street"),
        ((298, 460), (298, 30), (306, 0), (322, -40), (322, -500)),
    ),
    (G.MAJOR, "若水路", "Ruoshui Road", ((-236, 98), (900, 98))),
    (
        *(G.MAJOR, "仁爱路", "Ren'ai Road"),
        ((-240, -116), (-80, -116), (10, -122), (120, -132), (900, -132)),
    ),
    (G.MAJOR, "裕新路", "Yuxin Road", ((-236, -330), (-120, -322), (10, -243), (900, -243))),
    (G.MAJOR, "雪堂街", "Xuetang Street", ((-232, 310), (900, 310))),
    (G.MAJOR, "月亮湾路", "Moon Bay Road", ((500, 460), (500, -500))),
)
HARBOUR: Final[Sequence[Piece]] = (
    (
        G.WATER,
        "",
        "Outer Harbour",
        ((-600, 120), (-90, 110), (40, 122), (240, 100), (600, 130), (600, 500), (-600, 500)),
    ),
    (
        G.WATER,
        "",
        "Old Basin",
        ((80, 104), (120, 104), (120, 48), (220, 48), (220, -8), (184, -8), (184, 24), (80, 30)),
    ),
    (G.PARK, "", "", ((-260, 90), (-110, 84), (-110, -30), (-260, -30))),
    (G.PARK, "", "", ((-30, -130), (90, -130), (90, -102), (-30, -102))),
    (G.PATH, "", "", ((-250, 100), (-90, 98), (40, 110))),
    (G.MINOR, "", "", ((110, -60), (110, -200))),
    (G.MAJOR, "", "Quay Road", ((-600, -44), (600, -44))),
    (G.MAJOR, "", "Dock Street", ((-100, 100), (-100, -300))),
)


def fill_ground(grid: Grid, *, small: bool) -> None:
    pieces = HARBOUR if small else (*DUSHU_LAKE, *_trees(), *_neighbours())
    Ground.objects.bulk_create(
        Ground(
            kind=kind,
            name_zh=zh,
            name_en=en,
            geometry=grid.line(points) if kind in LINES else grid.polygon(points),
        )
        for kind, zh, en, points in pieces
    )


def _trees() -> Iterator[Piece]:
    """Small round crowns along the shore, in the park and in the green strips."""
    random = Random(7)  # the same trees every time
    spots = [(x + random.uniform(6, 28), y + random.uniform(-40, 40)) for x, y in SHORE]
    spots += [(random.uniform(-226, -192), random.uniform(-300, -180)) for _ in range(14)]
    spots += [(random.uniform(-100, -74), random.uniform(-290, -190)) for _ in range(10)]
    spots += [(random.uniform(28, 286), random.uniform(-44, -24)) for _ in range(34)]
    spots += [(random.uniform(28, 282), random.uniform(199, 214)) for _ in range(26)]
    spots += [(random.uniform(340, 474), random.uniform(-296, -272)) for _ in range(16)]
    for x, y in spots:
        radius = random.uniform(2.4, 4.6)
        yield G.WOOD, "", "", _round(x, y, radius)


def _round(x: float, y: float, radius: float) -> list[Point]:
    part = radius * 0.71
    return [
        *((x + radius, y), (x + part, y + part), (x, y + radius), (x - part, y + part)),
        *((x - radius, y), (x - part, y - part), (x, y - radius), (x + part, y - part)),
    ]


def _neighbours() -> Iterator[Piece]:
    """Buildings around the district that are not its own."""
    random = Random(11)  # the same town every time
    blocks = [(520, y) for y in (-480, -400, -330, -220, -60, 120, 230, 330)]
    blocks += [(x, y) for x in (30, 130, 330, 410) for y in (330, 400, -480, -420)]
    blocks += [(x, y) for x in (-190, -110, -40) for y in (330, 400, 240)]
    for left, bottom in blocks:
        for column in range(3 if left >= 520 else 1):
            x, y = left + column * 74 + random.uniform(0, 8), bottom + random.uniform(0, 10)
            width, depth = random.uniform(34, 58), random.uniform(22, 48)
            yield (
                G.CONTEXT,
                "",
                "",
                ((x, y), (x + width, y), (x + width, y + depth), (x, y + depth)),
            )
