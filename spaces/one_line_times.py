"""Days and hours in a booking of one line, in Chinese and English."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from spaces.one_line_words import AFTER, BEFORE, HAN, NUMBER, Sentence, number

NOON: Final = 12 * 60
WEEKDAYS: Final = {
    **{sign: place for place, sign in enumerate("一二三四五六日")},
    **{str(place + 1): place for place in range(7)},
    **{name: place for place, name in enumerate(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])},
    "天": 6,
}
MONTHS: Final = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
MORNING, AFTERNOON, EVENING = "morning", "afternoon", "evening"
PERIODS: Final = {
    "凌晨 清晨 早上 早晨 一早 上午 早": MORNING,
    "中午 午间": "midday",
    "午后 下午": AFTERNOON,
    "傍晚 晚上 晚间 夜里 夜间 晚": EVENING,
    "morning am a.m.": MORNING,
    "lunchtime lunch": "midday",
    "afternoon pm p.m.": AFTERNOON,
    "evening tonight night": EVENING,
}
PERIOD_OF: Final = {word: period for words, period in PERIODS.items() for word in words.split()}
PERIOD_WORDS: Final = "|".join(re.escape(word) for word in sorted(PERIOD_OF, key=len, reverse=True))


@dataclass(frozen=True)
class Days:
    """One day, or several on any of which it may be."""

    first: date
    last: date


def take_days(sentence: Sentence, today: date) -> Days | None:
    for pattern, meaning in DAYS:
        if match := sentence.take(pattern):
            days = meaning(match, today)
            if days is not None:
                return days
    return None


def _one(day: date) -> Days:
    return Days(day, day)


def _away(number: int) -> Callable[[re.Match[str], date], Days]:
    return lambda match, today: _one(today + timedelta(days=number))


def _monday(today: date, weeks: int) -> date:
    return today + timedelta(days=7 * weeks - today.weekday())


def _weeks(match: re.Match[str]) -> int | None:
    """Weeks from this one, as said; None where only a weekday is."""
    word = match["which"]
    if word in {None, "on"}:
        return None
    return {"下下": 2, "下": 1, "next": 1}.get(word, 0)


def _weekday(match: re.Match[str], today: date) -> Days:
    """Of the week that is named (the next begins on Monday), else the next to come."""
    place = WEEKDAYS[match["day"][:3] if match["day"].isascii() else match["day"]]
    weeks = _weeks(match)
    if weeks is None:
        return _one(today + timedelta(days=(place - today.weekday()) % 7))
    return _one(_monday(today, weeks) + timedelta(days=place))


def _week(match: re.Match[str], today: date) -> Days:
    monday = _monday(today, _weeks(match) or 0)
    return Days(max(monday, today), monday + timedelta(days=6))


def _weekend(match: re.Match[str], today: date) -> Days:
    saturday = _monday(today, _weeks(match) or 0) + timedelta(days=5)
    return Days(max(saturday, today), saturday + timedelta(days=1))


def _date(match: re.Match[str], today: date) -> Days | None:
    """A day of a month, in the year that is named or the next in which it is to come."""
    found = match.groupdict()
    name = found.get("name")
    month = MONTHS.index(name[:3]) + 1 if name else int(found.get("month") or 0)
    for later in range(13):
        year = int(found.get("year") or today.year + (later if month else 0))
        of_month = month or (today.month + later - 1) % 12 + 1
        if not month:
            year = today.year + (today.month + later - 1) // 12
        try:
            day = date(year, of_month, int(found["day"]))
        except ValueError:
            continue
        if found.get("year") or day >= today:
            return _one(day)
    return None


def _in_days(match: re.Match[str], today: date) -> Days | None:
    away = int(number(match["number"]))
    return _one(today + timedelta(days=away)) if away < 1000 else None


def _soon(match: re.Match[str], today: date) -> Days:
    return Days(today, today + timedelta(days=6))


DAY_NAMES: Final = (
    "monday|mon|tuesday|tues|tue|wednesday|weds|wed|thursday|thurs|thur|thu|friday|fri|saturday"
    "|sat|sunday|sun"
)
MONTH_NAMES: Final = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec"
)
WHICH: Final = r"(?P<which>下下|下|本|这)?个?"
DAYS: Final[Sequence[tuple[str, Callable[[re.Match[str], date], Days | None]]]] = (
    (r"(?P<year>20\d\d)[-/年.](?P<month>\d{1,2})[-/月.](?P<day>\d{1,2})(?:日|号)?", _date),
    (r"(?P<month>\d{1,2})月(?P<day>\d{1,2})(?:日|号)?", _date),
    (rf"{BEFORE}(?P<month>\d{{1,2}})/(?P<day>\d{{1,2}}){AFTER}", _date),
    (
        rf"{BEFORE}(?P<name>{MONTH_NAMES})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:|\s*[ap]m)",
        _date,
    ),
    (
        rf"{BEFORE}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<name>{MONTH_NAMES}){AFTER}",
        _date,
    ),
    (rf"{BEFORE}(?P<day>\d{{1,2}})(?:st|nd|rd|th){AFTER}", _date),
    (rf"{BEFORE}(?P<day>\d{{1,2}})(?:号|日)(?!楼|厅|会议室|线|馆)", _date),
    (r"大后天", _away(3)),
    (r"后天|后日|(?:the )?day after (?:tomorrow|tmrw|tmr)", _away(2)),
    (r"明天|明日|tomorrow|tmrw|tmr|明(?=早|晚|上午|下午|中午)", _away(1)),
    (r"今天|今日|today|今(?=早|晚|夜)|(?<![a-z])(?=tonight)", _away(0)),
    (rf"{WHICH}(?:周|星期|礼拜)(?P<day>[一二三四五六日天1-7])(?!\s*(?:[点:月个人位]))", _weekday),
    (rf"{WHICH}周末", _weekend),
    (r"(?P<which>下下|下|本|这)个?(?:周|星期|礼拜)", _week),
    (rf"{BEFORE}(?:(?P<which>next|this|coming|on)\s+)?(?P<day>{DAY_NAMES}){AFTER}", _weekday),
    (rf"{BEFORE}(?:(?P<which>next|this|the)\s+)?weekend{AFTER}", _weekend),
    (rf"{BEFORE}(?P<which>next|this)\s+week{AFTER}", _week),
    (rf"(?P<number>{NUMBER})天(?:以?后|之后)", _in_days),
    (rf"{BEFORE}in (?P<number>\d+) days?{AFTER}", _in_days),
    (r"尽快|越快越好|越早越好|最近|近期|这几天|最早", _soon),
    (r"as soon as possible|as early as possible|asap|soonest|earliest|first free|soon", _soon),
)


@dataclass(frozen=True)
class Hours:
    """Minutes after midnight: a start, maybe an end; or only from when on, or a part of the day.

    What is `unsure` may also mean the evening: “at nine”.
    """

    starts: int | None = None
    ends: int | None = None
    after: int | None = None
    part: str = ""
    unsure: bool = False


@dataclass(frozen=True)
class Clock:
    """An hour as it was said; `exact` leaves no doubt about the half of the day."""

    minute: int
    period: str = ""
    exact: bool = False

    @property
    def is_unsure(self) -> bool:
        return not self.exact and not self.period and self.minute < NOON

    def of_day(self, period: str = "") -> int:
        """Without a word for it, from eight in the morning to eight in the evening."""
        half = self.period or period
        hour = self.minute // 60
        if self.exact or hour > 12:
            return self.minute
        if half == MORNING:
            return self.minute
        if half == "midday":
            return self.minute + NOON if hour < 10 else self.minute
        if half in {AFTERNOON, EVENING}:
            return self.minute if hour == 12 else self.minute + NOON
        return self.minute + NOON if hour < 8 else self.minute


def _clock(name: str) -> str:
    """An hour: 3点, 3点半, 3点一刻, 三点四十, 15:00, 3pm, 3:30 pm, 3."""
    return (
        rf"(?:(?P<before{name}>{PERIOD_WORDS})\s*(?:at\s+)?)?"
        rf"(?<![0-9.])(?P<hour{name}>\d{{1,2}}|[{HAN}]{{1,3}})"
        rf"(?:\s*(?::|\.(?=[0-5]\d(?!\d)))\s*(?P<colon{name}>[0-5]\d)(?!\d)"
        rf"|\s*(?P<point{name}>点钟|点|时)(?:\s*整|(?P<half{name}>半)|(?P<quarter{name}>[一三13])刻"
        rf"|零?(?P<more{name}>[0-5]?\d(?!\d)|[{HAN}]{{1,3}})分?(?!\s*(?:个|人|位|名|小时|分|:|点)))?)?"
        rf"(?:\s*(?:in the\s+)?(?P<after{name}>a\.m\.|p\.m\.|(?:am|pm|morning|afternoon|evening)"
        rf"(?![a-z])))?(?!\d)"
    )


RANGE: Final = (
    r"(?:\b(?:from|between|at)\s+)?"
    + _clock("1")
    + r"\s*(?:-|–|—|~|到|至|\bto\b|\buntil\b|\btill\b|\band\b(?=\s*\d+(?::\d\d)?\s*(?:am|pm)))\s*"
    + _clock("2")
)
SINGLE: Final = (
    r"(?P<pre>(?:\b(?:after|from|at|around|since|@)\s*)|@)?"
    + _clock("1")
    + r"(?P<post>\s*(?:以后|之后|后|onwards|or later|左右))?"
)


def take_hours(sentence: Sentence) -> Hours:
    found = _take_range(sentence) or _take_single(sentence)
    period = sentence.take(rf"(?:\b(?:in the|this)\s+)?(?:{PERIOD_WORDS})(?![a-z])")
    half = PERIOD_OF[re.sub(r"^(?:in the|this)\s+", "", period[0])] if period else ""
    if found is None:
        return Hours(starts=NOON) if half == "midday" else Hours(part=half)
    clocks, is_after = found
    starts = clocks[0].of_day(half)
    if len(clocks) == 1:
        unsure = not half and clocks[0].is_unsure
        return Hours(after=starts) if is_after else Hours(starts=starts, unsure=unsure)
    return _between(clocks[0], clocks[1], half)


def _take_range(sentence: Sentence) -> tuple[list[Clock], bool] | None:
    match = re.search(RANGE, sentence.left)
    if match is None:
        return None
    clocks = [_read(match, "1"), _read(match, "2")]
    if any(clock is None for clock in clocks):
        return None
    sentence.take(RANGE)
    return [clock for clock in clocks if clock], False


def _take_single(sentence: Sentence) -> tuple[list[Clock], bool] | None:
    """The first number that is said to be an hour."""
    for match in re.finditer(SINGLE, sentence.left):
        pre, clock = (match["pre"] or "").strip(), _read(match, "1")
        if clock and (pre or _is_marked(match)):
            sentence.left = f"{sentence.left[: match.start()]}\0{sentence.left[match.end() :]}"
            later = (match["post"] or "").strip() not in {"", "左右"}
            return [clock], pre in {"after", "since"} or later
    return None


def _is_marked(match: re.Match[str]) -> bool:
    return any(match[f"{name}1"] for name in ("colon", "point", "before", "after"))


def _read(match: re.Match[str], name: str) -> Clock | None:
    found = {key[:-1]: value for key, value in match.groupdict().items() if key.endswith(name)}
    hour = int(number(found["hour"]))
    minute = 30 if found["half"] else 0
    if found["quarter"]:
        minute = 15 * (1 if found["quarter"] in "一1" else 3)
    if found["colon"] or found["more"]:
        minute = int(number(found["colon"] or found["more"]))
    if hour > 23 or minute > 59:
        return None
    word = found["before"] or found["after"]
    period = PERIOD_OF[word] if word else ""
    if found["after"] and period == MORNING and hour == 12:
        hour = 0
    exact = hour == 0 or (found["hour"].startswith("0") and not period)
    return Clock(hour * 60 + minute, period, exact)


def _between(first: Clock, second: Clock, half: str) -> Hours:
    """A start and an end after it: each takes its half of the day from the other where it must."""
    starts, ends = first.of_day(half), second.of_day(half or first.period)
    if not first.period and not half and second.period:
        borrowed = first.of_day(second.period)
        starts = borrowed if borrowed < ends else first.minute
    if ends <= starts and ends + NOON <= 24 * 60:
        ends += NOON
    return Hours(starts=starts, ends=ends if ends > starts else None)
