"""The words of a booking in one line, in Chinese and English: numbers, lengths, people, needs."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Final

from spaces.models import Feature

LONGEST_LINE: Final = 200
DIGITS: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2}
SPELT: Final = re.split(
    " ",
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty",
)
HAN: Final = "零一二两三四五六七八九十百"
NUMBER: Final = rf"(?:\d+(?:\.\d+)?|[{HAN}]+)"
BEFORE, AFTER = r"(?<![a-z0-9.:])", r"(?![a-z0-9])"

NEEDS: Final[Mapping[Feature, str]] = {
    Feature.PROJECTOR: "投影仪|投影机|投影|projector|projection|beamer",
    Feature.VIDEO_CALL: "视频会议|视频|腾讯会议|video conferenc(?:e|ing)|video call|video",
    Feature.SCREEN: "电视|大屏幕|大屏|显示屏|屏幕|screen|tv|display",
    Feature.WHITEBOARD: "白板|whiteboard|white board",
    Feature.STREAMING: "直播|live streaming|streaming|livestream",
    Feature.SOUND: "音响|话筒|麦克风|扩音|sound system|sound|microphone|mic",
    Feature.INTERPRETING: "同声传译|同传|interpreting|interpretation",
    Feature.RECORDING: "录制|录像|录音|recording",
    Feature.STAGE: "舞台|stage",
    Feature.DAYLIGHT: "自然光|采光|窗户|daylight|windows|window",
    Feature.WHEELCHAIR: "无障碍|轮椅|step-free access|step-free|wheelchair|accessible",
    Feature.CATERING: "茶歇|餐饮|catering|coffee",
    Feature.WIFI: "无线网络|无线网|wi-fi|wifi",
    Feature.CLEANROOM: "洁净间|洁净室|cleanroom|clean room",
    Feature.FUME_HOOD: "通风橱|fume hood",
    Feature.EXHAUST: "排风|exhaust",
}
FILLERS: Final = (
    "会议室|洽谈室|房间|场地|空间|地方|开会|会议|碰头会|例会|预订|预约|预定|订个|订一间|订|约个|约|一间|一个"
    "|我们|我|想要|想|需要|要|带有|带|有|可以|能|帮忙|帮|请|给|找个|找|用|坐|的|和|跟|在|大概|大约|左右"
    "|时间|时候|都行|都可以|随便|任意|最好|一下|间|个|开|从|会|吧|小型|附近|空闲|空|共|一共"
    "|rooms?|spaces?|meetings?|places?|book|reserve|please|need(?:s|ed)?|want|would|like|find|get|a|an|the"
    "|i|we|us|me|my|our|for|with|and|or|in|on|at|of|to|from|that|which|has|have|having|fits?|about"
    "|around|is|be|free|available|any|anytime|some|time|it|there|can|could|hold(?:s|ing)?|starting|by|o'clock"
)
FILLER: Final = re.compile(rf"{BEFORE}(?:{FILLERS}){AFTER}")


class Sentence:
    """A line of which what has been understood is taken away, piece by piece."""

    def __init__(self, text: str):
        self.left = _spelt_out(unicodedata.normalize("NFKC", text[:LONGEST_LINE]).lower())

    def take(self, pattern: str) -> re.Match[str] | None:
        """The first place where the pattern stands; later patterns do not reach across it."""
        match = re.search(pattern, self.left)
        if match:
            self.left = f"{self.left[: match.start()]}\0{self.left[match.end() :]}"
        return match

    def rest(self) -> tuple[str, ...]:
        """What nobody understood, without words that mean nothing here."""
        pieces = re.split(r"[\0,，。.;；、!！?？()\n]+|\s{2,}", FILLER.sub("\0", self.left))
        return tuple(words for piece in pieces if (words := piece.strip(" -–—~:'\"|/")))


def _spelt_out(text: str) -> str:
    """English numbers in digits, clock times as they stand on a clock."""
    for value, word in enumerate(SPELT):
        text = re.sub(rf"\b{word}\b", str(value), text)
    text = re.sub(r"\bhalf past (\d{1,2})\b", r"\1:30", text)
    text = re.sub(r"\bquarter past (\d{1,2})\b", r"\1:15", text)
    text = re.sub(
        r"\bquarter to (\d{1,2})\b", lambda match: f"{(int(match[1]) - 2) % 12 + 1}:45", text
    )
    text = re.sub(r"\bo'?clock\b", "点", text)
    return re.sub(r"\b(?:noon|midday)\b|正午", "12:00", text)


def number(text: str) -> float:
    """Digits, or a Chinese numeral below a thousand."""
    if text[0].isdigit():
        return float(text)
    total, digit = 0, 0
    for sign in text:
        if sign in DIGITS:
            digit = DIGITS[sign]
        else:
            total += (digit or 1) * (10 if sign == "十" else 100)
            digit = 0
    return total + digit


def take_length(sentence: Sentence) -> int | None:
    """Minutes of use."""
    for pattern, minutes in FIXED_LENGTHS:
        if sentence.take(pattern):
            return minutes
    for pattern in LENGTHS:
        if match := sentence.take(pattern):
            found = match.groupdict()
            hours = number(found["hours"]) if found.get("hours") else 0
            more = number(found["more"]) if found.get("more") else 0
            half = 30 if found.get("half") else 0
            return round(hours * 60 + more) + half
    return None


FIXED_LENGTHS: Final[Sequence[tuple[str, int]]] = (
    (r"(?:an|1) hour and a half", 90),
    (rf"half an? hour|half hour|(?<![{HAN}0-9个])半个?(?:小时|钟头|钟)", 30),
    (r"一刻钟|(?:a )?quarter of an hour", 15),
    (r"三刻钟", 45),
    (r"半天|half a day|half day", 240),
    (r"全天|整天|一整天|一天|all day|whole day|full day", 480),
    (rf"{BEFORE}(?:for )?an hour{AFTER}", 60),
)
LENGTHS: Final = (
    rf"(?P<hours>{NUMBER})个?(?P<half>半)(?:小时|钟头|钟)",
    rf"(?P<hours>{NUMBER})\s*个?(?:小时|钟头)(?P<half>半)",
    rf"(?P<hours>{NUMBER})\s*个?(?:小时|钟头)(?:零?\s*(?P<more>{NUMBER})\s*分钟?)?",
    rf"{BEFORE}(?P<hours>\d+) and (?P<half>a half) hours?{AFTER}",
    rf"{BEFORE}(?P<hours>\d+(?:\.\d+)?)\s*(?:hours|hour|hrs|hr|h)\s*(?:and )?(?P<more>\d+)\s*"
    rf"(?:minutes|minute|mins|min|m){AFTER}",
    rf"{BEFORE}(?P<hours>\d+(?:\.\d+)?)\s*(?:hours|hour|hrs|hr|h)(?P<more>\d+)?{AFTER}",
    rf"(?P<more>{NUMBER})\s*分钟",
    rf"{BEFORE}(?P<more>\d+)\s*-?(?:minutes|minute|mins|min){AFTER}",
)


def take_people(sentence: Sentence) -> int | None:
    """How many come; of a range the most."""
    for pattern in PEOPLE:
        if match := sentence.take(pattern):
            return int(number(match["most"]))
    return None


TO: Final = r"\s*(?:-|–|—|~|到|至|to|or)\s*"
PEOPLE: Final = (
    rf"(?:{NUMBER}{TO})?(?P<most>{NUMBER})\s*个?(?:人|位|名)(?:左右|以上)?",
    rf"(?:我们|共|一共)(?P<most>{NUMBER})个",
    rf"{BEFORE}(?:(?:for|of)\s+)?(?:\d+{TO})?(?P<most>\d+)\s*(?:people|persons|person|pax|ppl|guests"
    rf"|attendees|participants|seats|seat|-person|-seat){AFTER}",
    rf"{BEFORE}(?:party of|group of|team of|us)\s+(?P<most>\d+){AFTER}",
    rf"{BEFORE}for\s+(?P<most>\d+)(?!\s*(?:[:\-–—~.\d点时月/]|am|pm|to|until|till|st|nd|rd|th))"
    rf"{AFTER}",
)


def take_needs(sentence: Sentence) -> tuple[str, ...]:
    found = []
    for feature, words in NEEDS.items():
        if sentence.take(rf"(?<![a-z0-9])(?:{words})(?:s|设备)?(?![a-z0-9])"):
            found.append(feature.value)
    return tuple(found)
