"""The two demo districts: who they are, and who can log in."""

from typing import Any, Final

PASSWORD: Final = "district-demo-2026"

DUSHU_LAKE: Final[dict[str, Any]] = {
    "district": {
        "slug": "dushu-lake",
        "name_zh": "独墅湖科教创新区",
        "name_en": "Dushu Lake Science and Education Innovation District",
        "summary_zh": "11 平方公里，9 所高校，21 家科研机构。湖东岸的三个创新社区里，"
        "实验室、中试平台、公寓、书吧和湖岸步道步行可达。",
        "summary_en": "11 km², nine universities, 21 research bodies. In three innovation "
        "communities on the lake's east shore, laboratories, pilot platforms, homes, book bars and "
        "a lakeside walk lie within walking distance.",
        "time_zone": "Asia/Shanghai",
        "currency": "CNY",
        "language": "zh-hans",
        "longitude": 120.7372,
        "latitude": 31.2726,
        "modules": ["spaces"],
    },
    "communities": [
        ("lakeside", "湖畔创新社区", "Lakeside Innovation Community"),
        ("pilot-valley", "中试谷创新社区", "Pilot Valley Innovation Community"),
        ("moon-bay", "月亮湾总部创新社区", "Moon Bay Headquarters Community"),
    ],
    "small": False,
    "operator": ("独墅湖科教创新区运营公司", "Dushu Lake Operations"),
    "company_count": 180,
    "university_count": 9,
    "research_count": 21,
}

HARBOUR: Final[dict[str, Any]] = {
    "district": {
        "slug": "harbour",
        "name_zh": "海港创新区",
        "name_en": "Harbour Quarter",
        "summary_zh": "旧船坞里的小型创新区，聚焦海洋技术与数字创意。",
        "summary_en": "A small district in former dockyards, for marine technology and digital "
        "crafts.",
        "time_zone": "Europe/London",
        "currency": "GBP",
        "language": "en",
        "longitude": -1.3871,
        "latitude": 50.8952,
        "modules": ["spaces"],
    },
    "communities": [
        ("docks", "船坞创新社区", "The Docks"),
        ("ropewalk", "绳廊创新社区", "Ropewalk"),
    ],
    "small": True,
    "operator": ("海港创新区运营", "Harbour Quarter Operations"),
    "company_count": 12,
    "university_count": 1,
    "research_count": 2,
}

PLANS: Final = (DUSHU_LAKE, HARBOUR)

# key, name, language, then per district: organisation key, role, community
LOG_INS: Final[tuple[dict[str, Any], ...]] = (
    {
        "email": "lin@demo.example",
        "mobile": "+8613900000001",
        "name": "林知远",
        "language": "zh-hans",
        "title_zh": "运营负责人",
        "title_en": "Head of operations",
        "roles": {"dushu-lake": ("operator", "operator_admin", None)},
    },
    {
        "email": "shen@demo.example",
        "mobile": "+8613900000002",
        "name": "沈以宁",
        "language": "zh-hans",
        "title_zh": "中试谷片区运营",
        "title_en": "Area operations, Pilot Valley",
        "roles": {"dushu-lake": ("operator", "operator", "pilot-valley")},
    },
    {
        "email": "xu@demo.example",
        "mobile": "+8613900000003",
        "name": "许嘉禾",
        "language": "zh-hans",
        "title_zh": "行政经理",
        "title_en": "Office manager",
        "roles": {"dushu-lake": ("company-0", "company_admin", None)},
    },
    {
        "email": "zhou@demo.example",
        "mobile": "+8613900000004",
        "name": "周予安",
        "language": "zh-hans",
        "title_zh": "研发工程师",
        "title_en": "Research engineer",
        "roles": {"dushu-lake": ("company-0", "company_member", None)},
    },
    {
        "email": "mira@demo.example",
        "mobile": "+447700900005",
        "name": "Mira Halden",
        "language": "en",
        "title_zh": "合作经理",
        "title_en": "Partnership manager",
        "roles": {
            "dushu-lake": ("research-0", "partner", None),
            "harbour": ("company-0", "company_admin", None),
        },
    },
    {
        "email": "audit@demo.example",
        "mobile": "+8613900000006",
        "name": "何清越",
        "language": "zh-hans",
        "title_zh": "审计",
        "title_en": "Auditor",
        "roles": {"dushu-lake": ("operator", "auditor", None)},
    },
    {
        "email": "owen@demo.example",
        "mobile": "+447700900007",
        "name": "Owen Tarrant",
        "language": "en",
        "title_zh": "园区经理",
        "title_en": "Quarter manager",
        "roles": {"harbour": ("operator", "operator_admin", None)},
    },
)
