"""Times, figures and drawings, exactly; colours by calculation; templates that keep the CSP."""

import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import time_machine
from django import forms
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from district.templatetags import look

NOW = datetime(2026, 11, 24, 1, 12, tzinfo=UTC)  # 09:12 in Shanghai, a Tuesday
ROOT = Path(settings.BASE_DIR)


@pytest.fixture(autouse=True)
def _in_shanghai():
    with time_machine.travel(NOW, tick=False), timezone.override("Asia/Shanghai"):
        yield


@pytest.mark.parametrize(
    ("days", "chinese", "english"),
    [
        (0, "今天", "Today"),
        (1, "明天", "Tomorrow"),
        (-1, "昨天", "Yesterday"),
        (2, "11 月 26 日 周四", "Thu 26 Nov"),
        (60, "2027 年 1 月 23 日", "23 Jan 2027"),
    ],
)
def test_day_is_near_or_named(days, chinese, english):
    value = date(2026, 11, 24) + timedelta(days=days)

    assert [in_language(code, look.day, value) for code in ("zh-hans", "en")] == [chinese, english]


@pytest.mark.parametrize(
    ("hours", "chinese", "english"),
    [
        (1, "今天 14:30–15:30", "Today 14:30–15:30"),
        (11, "今天 14:30–明天 01:30", "Today 14:30–Tomorrow 01:30"),
    ],
)
def test_until_names_the_end_day_only_over_midnight(hours, chinese, english):
    starts_at = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)
    span = (starts_at, starts_at + timedelta(hours=hours))

    assert in_language("zh-hans", look.until, *span) == chinese
    assert in_language("en", look.until, *span) == english


@pytest.mark.parametrize(
    ("minutes", "chinese", "english"),
    [
        (30, "30 分钟", "30 minutes"),
        (60, "1 小时", "1 hour"),
        (90, "1.5 小时", "1.5 h"),
        (240, "4 小时", "4 hours"),
        (1440, "1 天", "1 day"),
    ],
)
def test_duration_in_words_people_say(minutes, chinese, english):
    assert in_language("zh-hans", look.duration, minutes) == chinese
    assert in_language("en", look.duration, minutes) == english


@pytest.mark.parametrize(
    ("filter_", "arguments", "chinese", "english"),
    [
        (look.ago, (NOW - timedelta(minutes=3),), "3 分钟前", "3 minutes ago"),
        (look.ago, (NOW + timedelta(hours=13),), "13 小时后", "in 13 hours"),
        (look.clock, (NOW,), "09:12", "09:12"),
        (look.moment, (None,), "", ""),
        (look.day_word, (date(2026, 11, 26),), "周四", "Thu"),
        (look.day_word, (date(2026, 11, 25),), "明天", "Tomorrow"),
        (look.weekday, (date(2026, 11, 26),), "周四 26", "Thu 26"),
        (look.money, (Decimal("1480.5"), "CNY"), "¥1,480.50", "CN¥1,480.50"),
        (look.money, (Decimal(12), "GBP"), "£12.00", "£12.00"),
        (look.figure, (Decimal("1240.00"),), "1,240", "1,240"),
        (look.area, (Decimal("212.5"),), "212.5 m²", "212.5 m²"),
        (look.area, (None,), "", ""),
        (look.percent, (0.896,), "89.6 %", "89.6 %"),
    ],
)
def test_filters_follow_the_language(filter_, arguments, chinese, english):
    assert in_language("zh-hans", filter_, *arguments) == chinese
    assert in_language("en", filter_, *arguments) == english


def test_icon_is_inline_and_silent():
    drawn = look.icon("home")

    assert drawn.startswith('<svg class="icon" viewBox="0 0 24 24"')
    assert 'aria-hidden="true"' in drawn
    assert "<!--" not in drawn


def test_bar_draws_what_goes_past_the_whole_beyond_a_mark():
    assert 'class="f" y="2" width="48.0"' in look.bar(0.5)
    assert "over" not in look.bar(1.0)
    assert '<rect class="over" x="48.0" y="2" width="48.0"' in look.bar(2.0, "wait")


def test_spark_runs_from_the_oldest_to_the_newest():
    drawn = look.spark([1, 3, 2], 3)

    assert 'points="2.0,24.0 38.0,4.0 74.0,14.0"' in drawn
    assert '<line class="tg" x1="2" x2="74" y1="4.0" y2="4.0"/>' in drawn
    assert "polyline" in look.spark([5])


class Visit(forms.Form):
    fieldsets = (("Who", ("name", "consent")),)
    name = forms.CharField(help_text="As on the badge.")
    consent = forms.BooleanField(label="I agree")
    note = forms.CharField(required=False, widget=forms.Textarea)


def test_form_groups_its_fields_and_ties_errors_to_them():
    form = Visit({"note": "<b>late</b>"})

    drawn = render_to_string("components/form.html", {"form": form})

    assert "<legend>Who</legend>" in drawn
    assert 'aria-describedby="id_name_helptext id_name_error"' in drawn
    assert '<div id="id_name_error">' in drawn
    assert '<a href="#id_name">' in drawn
    assert "&lt;b&gt;late&lt;/b&gt;" in drawn


def test_progress_is_a_bar_only_while_it_runs():
    job = {"pk": 7, "is_unfinished": True, "done_count": 1200, "total_count": 4000}

    running = render_to_string("components/progress.html", {"job": job})
    done = render_to_string("components/progress.html", {"job": job | {"is_unfinished": False}})

    assert 'value="1200" max="4000"' in running
    assert "<progress" not in done


def test_vitals_link_and_draw_only_what_they_are_given():
    vitals = [
        {"label": "Let", "value": "89.9", "unit": "%", "url": "/let/", "trend": [1, 2]},
        {"label": "Visits", "value": "46"},
    ]

    drawn = render_to_string("components/vitals.html", {"vitals": vitals})

    assert drawn.count('<a href="/let/" class="vital">') == 1
    assert drawn.count("<svg") == 1
    assert '<div class="vital"><span class="lab">Visits</span>' in drawn


@pytest.mark.parametrize("page", ["400", "403", "403_csrf", "404", "409", "422", "429", "500"])
@pytest.mark.parametrize("code", ["zh-hans", "en"])
def test_error_pages_need_no_context(page, code):
    with translation.override(code):
        drawn = render_to_string(f"{page}.html")

    assert re.search(r"<h1>\S.*</h1>", drawn)
    assert 'href="/"' in drawn


@pytest.mark.parametrize("path", sorted(ROOT.glob("templates/**/*.html")), ids=lambda p: p.stem)
def test_templates_keep_the_content_security_policy(path):
    text = path.read_text()

    assert not re.search(r"\sstyle=|\son[a-z]+=\"|\shx-on|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_colours_have_enough_contrast_in_both_themes():
    for theme, tokens in tokens_by_theme().items():
        weak = [
            (theme, text, ground, round(ratio, 2))
            for text, ground, least in PAIRS
            if (ratio := contrast(tokens[text], tokens[ground])) < least
        ]
        assert weak == []


GROUNDS = ("surface", "surface-sunk", "tblr-body-bg")
PAIRS = [
    *((text, ground, 4.5) for text in ("ink", "muted", "accent") for ground in GROUNDS),
    *((f"ink-{tone}", f"tint-{tone}", 4.5) for tone in ("go", "wait", "stop")),
    *((f"ink-{tone}", "surface", 4.5) for tone in ("go", "wait", "stop")),
    *((realm, "surface", 4.5) for realm in ("physical", "virtual", "cultural")),
    *((f"state-{tone}", "surface", 3.0) for tone in ("go", "wait", "stop", "off")),
    ("accent", "tint-accent", 4.5),
    ("accent", "tint-physical", 4.5),
    ("on-fill", "fill", 4.5),
    ("control", "surface", 3.0),
]


def tokens_by_theme() -> dict[str, dict[str, str]]:
    css = (ROOT / "static/css/district.css").read_text()
    light = css.index(':root, [data-bs-theme="light"]')
    dark = css.index('[data-bs-theme="dark"] {')
    end = css.index("/* ---------- ground")
    found = {"light": css[light:dark], "dark": css[dark:end]}
    return {
        theme: {
            name: value if len(value) == 7 else "#" + "".join(digit * 2 for digit in value[1:])
            for name, value in re.findall(r"--([\w-]+): (#[0-9a-fA-F]{3,6});", text)
        }
        for theme, text in found.items()
    }


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def in_language(code, filter_, *arguments):
    with translation.override(code):
        return filter_(*arguments).replace("\xa0", " ")


def test_today_is_named_by_its_date():
    assert in_language("zh-hans", look.today) == "11 月 24 日 周二"
    assert in_language("en", look.today) == "Tue 24 Nov"
