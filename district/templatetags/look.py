"""Icons, times and small drawings that every page uses."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal
from django import template
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


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


@register.filter
def day(value: datetime | date) -> str:
    """今天, 明天, 11月25日周三 · Today, Tomorrow, Wed 25 Nov (with the year if it is another)."""
    local = _local(value).date() if isinstance(value, datetime) else value
    today = timezone.localdate()
    near = {0: _("Today"), 1: _("Tomorrow"), -1: _("Yesterday")}.get((local - today).days)
    if near:
        return near
    chinese = locale() == "zh_Hans"
    pattern = "M月d日 EEE" if chinese else "EEE d MMM"
    if local.year != today.year:
        pattern = "y年M月d日" if chinese else "d MMM y"
    return format_date(local, pattern, locale=locale())


@register.filter
def weekday(value: date) -> str:
    """周三 25 · Wed 25."""
    return format_date(value, "EEE d", locale=locale())


@register.filter
def clock(value: datetime) -> str:
    return format_time(_local(value), "HH:mm", locale=locale())


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
def ago(value: datetime) -> str:
    """3 分钟前, 3 minutes ago; in words of the nearest unit."""
    return format_timedelta(
        value - timezone.now(), add_direction=True, locale=locale(), threshold=1.2
    )


@register.filter
def duration(minutes: int) -> str:
    return (
        format_timedelta(
            timedelta(minutes=minutes), threshold=1.6 if minutes % 60 else 1, locale=locale()
        )
        if minutes < 60 or minutes % 60 == 0
        else _("%(hours)s h")
        % {"hours": format_decimal(Decimal(minutes) / 60, "0.##", locale=locale())}
    )


@register.filter
def money(amount: Decimal, currency: str) -> str:
    return format_currency(amount, currency, locale=locale())


@register.filter
def figure(value: Any) -> str:
    """A number with its separators, without needless decimals."""
    return format_decimal(value, "#,##0.##", locale=locale()) if value is not None else ""


@register.simple_tag
def bar(share: float, tone: str = "") -> SafeString:
    """How much of a whole, 0 to 1."""
    width = round(max(0.0, min(share, 1.0)) * 96, 1)
    return format_html(
        '<svg class="bar {}" width="96" height="10" viewBox="0 0 96 10" aria-hidden="true">'
        '<rect class="t" y="2" width="96" height="6" rx="3"/>'
        '<rect class="f" y="2" width="{}" height="6" rx="3"/></svg>',
        tone,
        width,
    )
