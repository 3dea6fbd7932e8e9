"""Bookings in one line: a table of sentences, Chinese and English, with what each asks for."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from spaces.one_line import Heard, Named, hear

# A Wednesday, at ten past nine in the morning.
NOW = datetime(2026, 11, 25, 9, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
B, HUB = UUID(int=1), UUID(int=2)
BUILDINGS = [Named(B, ["B"]), Named(HUB, ["KJ1", "科教会议中心", "Convention Hub"])]


def said(heard: Heard) -> str:
    """What was understood in one short line: day(s), time or part, length, people, needs, where."""
    words = []
    if heard.days:
        first, last = heard.days.first, heard.days.last
        words.append(f"{first:%m-%d}" if first == last else f"{first:%m-%d}..{last:%m-%d}")
    for sign, minute in (("@", heard.starts), (">", heard.after)):
        if minute is not None:
            words.append(f"{sign}{minute // 60:02}:{minute % 60:02}")
    words += [heard.part] if heard.part else []
    words += [f"{heard.minutes}m"] if heard.minutes else []
    words += [f"{heard.people}p"] if heard.people else []
    words += heard.needs
    if heard.building_id:
        place = "B" if heard.building_id == B else "HUB"
        words.append(f"near:{place}" if heard.is_near else f"in:{place}")
    words += [f"?{piece}" for piece in heard.unknown]
    return " ".join(words)


CHINESE = [
    ("明天下午3点 4人 投影 1小时", "11-26 @15:00 60m 4p projector"),
    ("下周二上午 10 点到 11 点半 会议室", "12-01 @10:00 90m"),
    ("明天下午三点", "11-26 @15:00"),
    ("明天下午两点半 两个小时", "11-26 @14:30 120m"),
    ("后天上午九点 六个人 一个半小时", "11-27 @09:00 90m 6p"),
    ("大后天 14:00-15:30 8人", "11-28 @14:00 90m 8p"),
    ("今晚7点 3个人 半小时", "11-25 @19:00 30m 3p"),
    ("今晚", "11-25 evening"),
    ("明晚八点 会议室 一小时", "11-26 @20:00 60m"),
    ("明早九点半 90分钟", "11-26 @09:30 90m"),
    ("中午 5人", "11-25 @12:00 5p"),
    ("中午12点半 1小时", "11-25 @12:30 60m"),
    ("中午1点", "11-25 @13:00"),
    ("周五下午 10人 白板 视频会议", "11-27 afternoon 10p video_call whiteboard"),
    ("礼拜五3点", "11-27 @15:00"),
    ("星期天上午十点", "11-29 @10:00"),
    ("下下周一 9点", "12-07 @09:00"),
    ("这周五下午3点一刻", "11-27 @15:15"),
    ("本周 4人 投影", "11-25..11-29 4p projector"),
    ("下周 两小时 12人", "11-30..12-06 120m 12p"),
    ("周末 20人", "11-28..11-29 20p"),
    ("11月28日 下午2点到4点", "11-28 @14:00 120m"),
    ("12月3号 10点45 4位", "12-03 @10:45 4p"),
    ("28号上午 6名", "11-28 morning 6p"),
    ("3号 三点四十", "12-03 @15:40"),
    ("2026年12月1日 15:00", "12-01 @15:00"),
    ("2026-12-01 15:00 1h", "12-01 @15:00 60m"),
    ("明天 ３点 ４人 １小时", "11-26 @15:00 60m 4p"),
    ("明天下午３：３０ 四个人", "11-26 @15:30 4p"),
    ("明天3点半到5点", "11-26 @15:30 90m"),
    ("明天上午10点到下午1点", "11-26 @10:00 180m"),
    ("明天上午11点到1点", "11-26 @11:00 120m"),
    ("明天下午2-4点", "11-26 @14:00 120m"),
    ("明天10-11点半", "11-26 @10:00 90m"),
    ("明天14点后 4人 1小时", "11-26 >14:00 60m 4p"),
    ("今天下午3点以后 半个小时", "11-25 >15:00 30m"),
    ("今天下午 4 个人，要投影，1 小时", "11-25 afternoon 60m 4p projector"),
    ("帮我订一间明天下午3点的会议室，10个人左右，需要视频", "11-26 @15:00 10p video_call"),
    ("3天后 上午", "11-28 morning"),
    ("尽快 4人 1小时", "11-25..12-01 60m 4p"),
    ("明天 B座附近 4人", "11-26 4p near:B"),
    ("科教会议中心 明天下午3点", "11-26 @15:00 in:HUB"),
    ("科教会议中心旁边 本周 1小时 4人 投影", "11-25..11-29 60m 4p projector near:HUB"),
    ("4到6个人 明天9点", "11-26 @09:00 6p"),
    ("明天下午3点4人1小时30分", "11-26 @15:00 90m 4p"),
    ("明天下午3点 30分钟", "11-26 @15:00 30m"),
    ("后天全天 30人 音响 茶歇", "11-27 480m 30p sound catering"),
    ("八点", "11-26 @08:00"),
    ("七点", "11-25 @19:00"),
    ("凌晨两点", "11-26 @02:00"),
    ("明天下午3点 大象 4人", "11-26 @15:00 4p ?大象"),
    ("二十五个人 明天十一点", "11-26 @11:00 25p"),
]
ENGLISH = [
    ("tomorrow 3pm 4 people projector 1h", "11-26 @15:00 60m 4p projector"),
    ("next tue 10-11:30 room for 6 near B", "12-01 @10:00 90m 6p near:B"),
    ("today after 14:00, 4 people, projector, 1 h", "11-25 >14:00 60m 4p projector"),
    (
        "4 people, projector, 1 h, this week, near building B",
        "11-25..11-29 60m 4p projector near:B",
    ),
    ("Friday 2:30 pm for 90 minutes", "11-27 @14:30 90m"),
    ("fri 9am-noon 12 pax whiteboard", "11-27 @09:00 180m 12p whiteboard"),
    ("tomorrow 3-5pm", "11-26 @15:00 120m"),
    ("tomorrow 11-1pm", "11-26 @11:00 120m"),
    ("tomorrow 9-5", "11-26 @09:00 480m"),
    ("tomorrow from 10 to 11:30", "11-26 @10:00 90m"),
    ("tomorrow between 2 and 4pm", "11-26 @14:00 120m"),
    ("tomorrow at 3 for two hours", "11-26 @15:00 120m"),
    ("tomorrow at half past ten, an hour and a half", "11-26 @10:30 90m"),
    ("tomorrow quarter past 3, half an hour", "11-26 @15:15 30m"),
    ("tonight 8pm", "11-25 @20:00"),
    ("tomorrow morning, two people", "11-26 morning 2p"),
    ("tomorrow afternoon at 2", "11-26 @14:00"),
    ("10 in the morning tomorrow", "11-26 @10:00"),
    ("day after tomorrow noon 1.5h", "11-27 @12:00 90m"),
    ("Nov 28 15:00 1h30", "11-28 @15:00 90m"),
    ("3rd December 9:00 6 persons", "12-03 @09:00 6p"),
    ("the 28th at 4 o'clock", "11-28 @16:00"),
    ("next week 2 hours 12 people", "11-30..12-06 120m 12p"),
    ("this weekend, party of 20, sound system", "11-28..11-29 20p sound"),
    ("asap 1h 4 people", "11-25..12-01 60m 4p"),
    ("in 3 days evening", "11-28 evening"),
    ("meeting room for 8 in Convention Hub on monday 16:00", "11-30 @16:00 8p in:HUB"),
    ("I need a room for 5 people tomorrow at 12am", "11-26 @00:00 5p"),
    ("wed 11", "11-25 ?11"),
    ("next wed at 11", "12-02 @11:00"),
    ("7:00 tomorrow", "11-26 @19:00"),
    ("07:00 tomorrow", "11-26 @07:00"),
    ("23:00 1h", "11-25 @23:00 60m"),
    ("8am", "11-26 @08:00"),
    ("tomorrow 3pm with an elephant", "11-26 @15:00 ?elephant"),
    ("4-6 people tomorrow 1 hr 15 min", "11-26 75m 6p"),
    ("2026-12-24 10:00-12:00 tv", "12-24 @10:00 120m screen"),
]


@pytest.mark.parametrize(("line", "expected"), [*CHINESE, *ENGLISH])
def test_a_line_is_understood(line, expected):
    assert said(hear(line, now=NOW, buildings=BUILDINGS)) == expected


@pytest.mark.parametrize("line", ["", "你好", "Blue Heron", "BK-2026-00012", "?!", "3", "王小明"])
def test_a_line_that_asks_for_no_time_is_no_booking(line):
    heard = hear(line, now=NOW, buildings=BUILDINGS)

    assert not heard.is_booking
    assert heard.starts is None
    assert heard.days is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("今天9点", "11-25 @21:00"),
        ("下午3点", "11-26 @15:00"),
        ("上午", "11-26 morning"),
        ("3pm", "11-26 @15:00"),
    ],
)
def test_in_the_late_afternoon_what_has_passed_is_still_to_come(line, expected):
    assert said(hear(line, now=NOW + timedelta(hours=8))) == expected


def test_a_line_of_any_length_and_kind_is_read_in_no_time():
    for line in (
        "点" * 5000,
        "1" * 5000,
        "99点99分 99:99 13/45 31/02 30天后",
        "a" * 200,
        "一" * 200,
    ):
        hear(line, now=NOW, buildings=BUILDINGS)
