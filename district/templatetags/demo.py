from typing import Any

from django import template
from django.utils.translation import get_language

from district.demo.plans import LOG_INS

register = template.Library()


@register.simple_tag
def demo_log_ins() -> list[dict[str, Any]]:
    """Who can be tried at one click, with what they do, in the active language."""
    title = "title_zh" if (get_language() or "").startswith("zh") else "title_en"
    return [{"email": e["email"], "name": e["name"], "title": e[title]} for e in LOG_INS]
