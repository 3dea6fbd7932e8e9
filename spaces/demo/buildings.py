"""The buildings of the demo districts.

code, Chinese name, English name, community, function, realms, template, floors, first year,
then the footprint: shape, x, y, width, depth in metres on the district's grid.
"""

# ruff: noqa: E501 - one building a line, as in a table

from typing import Final, NamedTuple


class BuildingPlan(NamedTuple):
    code: str
    name_zh: str
    name_en: str
    community: str
    function: str
    realms: str
    template: str
    floors: int
    built: int
    shape: str
    x: int
    y: int
    width: int
    depth: int


B = BuildingPlan
DUSHU_LAKE: Final = (
    B("CC", "科教会议中心", "Conference Centre", "lakeside", "meeting", "pcv", "conference", 3, 2016, "round", -120, -60, 110, 80),
    B("IA", "创新大厦 A 座", "Innovation Tower A", "lakeside", "venture", "pv", "tower", 14, 2014, "bar", 60, 40, 52, 60),
    B("IB", "创新大厦 B 座", "Innovation Tower B", "lakeside", "venture", "p", "tower", 12, 2015, "step", 150, 36, 56, 48),
    B("NT", "纳米技术中心", "Nanotechnology Centre", "lakeside", "research", "p", "lab", 6, 2012, "court", 60, 160, 70, 56),
    B("DC", "算力与数据中心", "Computing and Data Centre", "lakeside", "digital", "pv", "lab", 4, 2019, "bar", 220, 150, 84, 46),
    B("AI", "人工智能研究院", "AI Institute", "lakeside", "research", "pv", "lab", 6, 2020, "ell", 70, 260, 66, 60),
    B("BM", "生物医药楼", "Biomedicine Building", "lakeside", "research", "p", "lab", 7, 2013, "step", 250, 40, 58, 52),
    B("LB", "大学城图书馆", "University Town Library", "lakeside", "culture", "pc", "culture", 4, 2010, "round", -150, 150, 80, 80),
    B("AC", "独墅湖艺术中心", "Lake Art Centre", "lakeside", "culture", "c", "culture", 3, 2011, "step", -150, 50, 74, 52),
    B("BB", "湖畔书吧", "Lakeside Book Bar", "lakeside", "culture", "c", "small_culture", 1, 2018, "bar", -230, -40, 26, 18),
    B("PC", "概念验证中心", "Proof-of-Concept Centre", "pilot-valley", "technology", "pv", "lab", 5, 2021, "ell", 170, -90, 62, 54),
    B("P1", "中试平台 1 号楼", "Pilot Platform 1", "pilot-valley", "technology", "p", "pilot", 4, 2018, "bar", 60, -190, 78, 54),
    B("P2", "中试平台 2 号楼", "Pilot Platform 2", "pilot-valley", "technology", "p", "pilot", 4, 2020, "step", 180, -190, 80, 52),
    B("SM", "共享制造工坊", "Shared Workshop", "pilot-valley", "technology", "p", "pilot", 3, 2019, "bar", 60, -290, 70, 40),
    B("EP", "产业赋能平台", "Industry Empowerment Platform", "pilot-valley", "technology", "pv", "incubator", 5, 2019, "bar", 60, -80, 66, 38),
    B("IC", "桑田岛孵化器", "Sangtian Incubator", "pilot-valley", "venture", "p", "incubator", 6, 2017, "court", 280, -180, 64, 56),
    B("T1", "科贸广场 1 号楼", "Trade Plaza 1", "pilot-valley", "trade", "p", "tower", 9, 2016, "bar", 290, -80, 44, 44),
    B("T2", "科贸广场 2 号楼", "Trade Plaza 2", "pilot-valley", "trade", "p", "tower", 8, 2017, "bar", 290, -290, 50, 40),
    B("CS", "创业咖啡街", "Founders' Café Street", "lakeside", "life_service", "pc", "cafe", 2, 2015, "bar", -30, -140, 60, 22),
    B("NB", "邻里中心", "Neighbourhood Centre", "lakeside", "life_service", "pc", "cafe", 3, 2014, "ell", 340, 60, 60, 46),
    B("TA", "人才公寓 1 号", "Talent Apartments 1", "moon-bay", "residence", "p", "homes", 11, 2016, "bar", 350, 230, 60, 20),
    B("TB", "人才公寓 2 号", "Talent Apartments 2", "moon-bay", "residence", "p", "homes", 11, 2018, "bar", 350, 180, 60, 20),
    B("MH", "月亮湾总部大厦", "Moon Bay Headquarters", "moon-bay", "venture", "pv", "tower", 16, 2022, "step", 420, -60, 60, 60),
    B("TC", "产学研培训中心", "Training Centre", "moon-bay", "education", "p", "conference", 3, 2013, "court", 420, 110, 76, 58),
)  # fmt: skip

HARBOUR: Final = (
    B("SH", "", "Sail Loft", "docks", "meeting", "pc", "conference", 2, 1904, "bar", -60, 0, 60, 26),
    B("PH", "", "Pump House", "docks", "culture", "c", "small_culture", 1, 1891, "round", -10, 60, 24, 24),
    B("DW", "", "Dock Works", "docks", "technology", "pv", "pilot", 2, 1932, "bar", 60, 10, 80, 34),
    B("RW", "", "Ropewalk Studios", "ropewalk", "venture", "p", "incubator", 2, 1888, "bar", 40, -80, 120, 16),
    B("CH", "", "Customs House", "ropewalk", "trade", "p", "tower", 3, 1911, "court", 150, -30, 40, 36),
    B("BC", "", "Basin Cottages", "ropewalk", "residence", "p", "homes", 2, 1924, "bar", 150, -110, 60, 12),
)  # fmt: skip

REALMS: Final = {"p": "physical", "v": "virtual", "c": "cultural"}
