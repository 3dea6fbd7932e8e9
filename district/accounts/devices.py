"""What a person recognises a session by: browser and system, from the user agent."""

import re
from typing import Final

from django.utils.translation import gettext as _

# First match wins: the later ones claim to be the earlier ones too.
BROWSERS: Final = (
    (r"MicroMessenger/", "WeChat"),
    (r"DingTalk/", "DingTalk"),
    (r"Edg(e|A|iOS)?/", "Edge"),
    (r"OPR/|Opera", "Opera"),
    (r"Firefox/|FxiOS/", "Firefox"),
    (r"QQBrowser/", "QQ Browser"),
    (r"Chrome/|CriOS/", "Chrome"),
    (r"Safari/", "Safari"),
)
SYSTEMS: Final = (
    (r"HarmonyOS|OpenHarmony", "HarmonyOS"),
    (r"iPhone", "iPhone"),
    (r"iPad", "iPad"),
    (r"Android", "Android"),
    (r"Windows", "Windows"),
    (r"Mac OS X|Macintosh", "Mac"),
    (r"Linux|X11", "Linux"),
)
PHONES: Final = frozenset({"HarmonyOS", "iPhone", "Android"})


def device(user_agent: str) -> str:
    """Chrome · Windows; whatever is not known is left out."""
    known = [_first(BROWSERS, user_agent), _first(SYSTEMS, user_agent)]
    return " · ".join(part for part in known if part) or _("Unknown device")


def is_phone(user_agent: str) -> bool:
    return _first(SYSTEMS, user_agent) in PHONES


def _first(table: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for pattern, name in table if re.search(pattern, user_agent)), "")
