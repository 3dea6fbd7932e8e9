"""Icons, times and small drawings that every page uses."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any

from babel.dates import format_date, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent
from django import forms, template
from django.conf import settings
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()
ICONS = settings.NODE_MODULES / "@tabler/icons/icons/outline"


@register.simple_tag
def icon(name: str) -> SafeString:
    """An inline drawing that says nothing by itself: its neighbour or a label does."""
    return _icon(name)


@register.simple_tag
@cache
def symbol(name: str) -> SafeString:
    """A drawing to be used many times on a page, by <use href="#i-name">."""
    drawing = _icon(name).replace('<svg class="icon"', f'<symbol id="i-{name}"')
    drawing = drawing.replace(' width="24" height="24"', "")
    return mark_safe(drawing.replace("</svg>", "</symbol>"))  # noqa: S308 - of the icon package


@cache
def _icon(name: str) -> SafeString:
    drawing = (ICONS / f"{name}.svg").read_text()
    inner = re.sub(r"<!--.*?-->", "", drawing, flags=re.DOTALL)
    inner = re.sub(r"\s+", " ", inner[inner.index(">", inner.index("<svg")) + 1 :]).strip()
    inner = inner.replace('<path stroke="none" d="M0 0h24v24H0z" fill="none" /> ', "")
    return mark_safe(  # noqa: S308 - a file of the icon package
        '<svg class="icon" viewBox="0 0 24 24" width="24" height="24" fill="none" '
        'stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round" '
        f'aria-hidden="true">{inner}'
    )


def locale() -> str:
    return "zh_Hans" if (get_language() or "").startswith("zh") else "en_GB"


def _spaced(text: str) -> str:
    """Chinese words stand apart from figures: 3 分钟前."""
    return re.sub(r"(?<=\d)(?=[\u4e00-\u9fff])", " ", text)


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


@register.filter
def day(value: datetime | date) -> str:
    """今天, 明天, 11 月 25 日 周三 · Today, Tomorrow, Wed 25 Nov; another year is named."""
    local = _local(value).date() if isinstance(value, datetime) else value
    near = _near(local)
    if near:
        return near
    return _far(local, local.year == timezone.localdate().year, locale())


@lru_cache(maxsize=2048)
def _far(local: date, this_year: bool, language: str) -> str:
    chinese = language == "zh_Hans"
    pattern = "M 月 d 日 EEE" if chinese else "EEE d MMM"
    if not this_year:
        pattern = "y 年 M 月 d 日" if chinese else "d MMM y"
    return format_date(local, pattern, locale=language)


def _near(local: date) -> str | None:
    away = (local - timezone.localdate()).days
    return {0: _("Today"), 1: _("Tomorrow"), -1: _("Yesterday")}.get(away)


@register.simple_tag
def today() -> str:
    """The present day by its date, where a page begins with it."""
    return _far(timezone.localdate(), True, locale())


@register.filter
def day_word(value: date) -> str:
    """今天, 周四 · Today, Thu: for a row of days that has the figure beside it."""
    return _near(value) or format_date(value, "EEE", locale=locale())


@register.filter
def weekday(value: date) -> str:
    """周三 25 · Wed 25."""
    return format_date(value, "EEE d", locale=locale())


@register.filter
def weekday_name(value: date) -> str:
    """周三 · Wed."""
    return format_date(value, "EEE", locale=locale())


@register.filter
def month(value: date) -> str:
    """2026 年 11 月 · November 2026."""
    chinese = locale() == "zh_Hans"
    return format_date(value, "y 年 M 月" if chinese else "MMMM y", locale=locale())


@register.filter
def clock(value: datetime) -> str:
    return f"{_local(value):%H:%M}"


@register.filter
def moment(value: datetime | None) -> str:
    """Day and time, such as 明天 14:30."""
    return f"{day(value)} {clock(value)}" if value else ""


@register.filter
def until(starts_at: datetime, ends_at: datetime) -> str:
    """A span: 今天 14:30–15:30; over midnight the end has its day too."""
    same = _local(starts_at).date() == _local(ends_at).date()
    return f"{moment(starts_at)}–{clock(ends_at) if same else moment(ends_at)}"


@register.filter
def exact(value: datetime) -> str:
    """Day and time by the date, for what is read later: 11 月 25 日 周三 14:30."""
    return f"{by_date(_local(value).date())} {clock(value)}"


@register.filter
def by_date(value: date) -> str:
    """11 月 25 日 周三 · Wed 25 Nov, never a word like today; another year is named."""
    return _far(value, value.year == timezone.localdate().year, locale())


@register.filter
def dated(starts_at: datetime, ends_at: datetime) -> str:
    """A span by its date: 11 月 25 日 周三 14:30–15:30."""
    same = _local(starts_at).date() == _local(ends_at).date()
    return f"{exact(starts_at)}–{clock(ends_at) if same else exact(ends_at)}"


@register.filter
def ago(value: datetime) -> str:
    """3 分钟前, 3 minutes ago; in words of the nearest unit."""
    return _spaced(
        format_timedelta(value - timezone.now(), add_direction=True, locale=locale(), threshold=1.2)
    )


@register.filter
def duration(minutes: int) -> str:
    """30 minutes, 1 hour, 1.5 h; whole hours and what is under an hour in words."""
    return _lasting(minutes, locale())


@register.filter
def hours(minutes: int) -> str:
    """Minutes as a figure of hours: 1.5."""
    return format_decimal(Decimal(minutes) / 60, "0.##", locale=locale())


@lru_cache(maxsize=2048)
def _lasting(minutes: int, language: str) -> str:
    if minutes > 60 and minutes % 60:
        hours = format_decimal(Decimal(minutes) / 60, "0.##", locale=language)
        return _("%(hours)s h") % {"hours": hours}
    return _spaced(format_timedelta(timedelta(minutes=minutes), threshold=1, locale=language))


@register.filter
def money(amount: Decimal, currency: str) -> str:
    return format_currency(amount, currency, locale=locale())


@register.filter
def figure(value: Any) -> str:
    """A number with its separators, without needless decimals."""
    return format_decimal(value, "#,##0.##", locale=locale()) if value is not None else ""


@register.filter
def area(value: Decimal | float | None) -> str:
    return f"{figure(value)} m²" if value is not None else ""


@register.filter
def percent(share: Decimal | float | None) -> str:
    """A share from 0 to 1 as 61 %, to one decimal where that says more."""
    return format_percent(share, "#,##0.# %", locale=locale()) if share is not None else ""


@register.simple_tag
def bar(share: float, tone: str = "") -> SafeString:
    """How much of a whole, from 0; what goes past 1 is drawn beyond a mark."""
    whole = max(share, 1.0)
    used, end = (round(part / whole * 96, 1) for part in (max(0.0, min(share, 1.0)), 1.0))
    beyond = format_html(
        '<rect class="over" x="{}" y="2" width="{}" height="6" rx="3"/>'
        '<rect class="m" x="{}" width="2" height="10"/>',
        end,
        round(96 - end, 1),
        end,
    )
    return format_html(
        '<svg class="bar {}" width="96" height="10" viewBox="0 0 96 10" aria-hidden="true">'
        '<rect class="t" y="2" width="96" height="6" rx="3"/>'
        '<rect class="f" y="2" width="{}" height="6" rx="3"/>{}</svg>',
        tone,
        used,
        beyond if share > 1 else "",
    )


@register.simple_tag
def spark(values: Sequence[float], target: float | str = "") -> SafeString:
    """The course of a figure, oldest first, dotted at its target, if it has one."""
    targets = [] if target in ("", None) else [float(target)]
    ends = [*values, *targets]
    low, high = min(ends), max(ends)

    def height(value: float) -> float:
        return round(24 - (float(value) - low) / (float(high - low) or 1) * 20, 1)

    step = 72 / max(len(values) - 1, 1)
    points = [(round(2 + place * step, 1), height(value)) for place, value in enumerate(values)]
    line = " ".join(f"{x},{y}" for x, y in points)
    dotted = (
        format_html('<line class="tg" x1="2" x2="74" y1="{0}" y2="{0}"/>', height(targets[0]))
        if targets
        else ""
    )
    return format_html(
        '<svg class="spark" width="76" height="26" viewBox="0 0 76 26" aria-hidden="true">'
        '<polygon class="area" points="2,26 {} {},26"/>{}<polyline points="{}"/>'
        '<circle cx="{}" cy="{}" r="2.2"/></svg>',
        line,
        points[-1][0],
        dotted,
        line,
        *points[-1],
    )


@register.simple_tag
def grouped(form: forms.BaseForm) -> list[tuple[Any, list[forms.BoundField]]]:
    """The visible fields by the form's `fieldsets` (legend, names); unnamed ones come last."""
    left = {field.name: field for field in form.visible_fields()}
    groups = [
        (legend, [left.pop(name) for name in names if name in left])
        for legend, names in getattr(form, "fieldsets", ())
    ]
    return [*groups, ("", list(left.values()))] if left else groups
