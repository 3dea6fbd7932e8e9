"""What every full page shows around its content: layout, menu, bell, language, theme."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from district import registry
from district.models import Notification

THEMES = ("light", "dark", "auto")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for layouts; the costly parts are made only when a layout asks for them."""
    membership = getattr(request, "membership", None)
    theme = request.COOKIES.get("theme", "auto")
    return {
        "district": getattr(request, "district", None),
        "person": getattr(request, "person", None),
        "membership": membership,
        "memberships": getattr(request, "memberships", []),
        "layout": _layout(membership),
        "menu": SimpleLazyObject(lambda: _menu(request)),
        "tabs": SimpleLazyObject(lambda: [item for item in _items(request) if item["on_phone"]]),
        "bell": SimpleLazyObject(lambda: _unread(request)),
        "languages": settings.LANGUAGES,
        "theme": theme if theme in THEMES else "auto",
        "demo": settings.DISTRICT_DEMO,
    }


def _layout(membership: Any) -> str:
    if membership is None:
        return "layouts/plain.html"
    return "layouts/operator.html" if membership.is_operator else "layouts/portal.html"


def _items(request: Any) -> list[dict[str, Any]]:
    if request.membership is None:
        return []
    return [
        {
            "label": item.label,
            "phone_label": item.phone_label or item.label,
            "group": item.group,
            "url": (url := reverse(item.url_name)),
            "icon": item.icon,
            "count": item.count(request) if item.count else None,
            "on_phone": item.on_phone,
            "current": _is_current(request.path, url),
        }
        for item in sorted(registry.menu, key=lambda item: item.order)
        if item.visible(request.membership)
    ]


def _is_current(path: str, url: str) -> bool:
    return path == url or (path.startswith(url) and url.count("/") > 2)


def _menu(request: Any) -> Sequence[dict[str, Any]]:
    return [
        {"label": label, "items": list(items)}
        for label, items in groupby(_items(request), key=lambda item: item["group"])
    ]


def _unread(request: Any) -> int:
    if request.person is None:
        return 0
    return Notification.objects.filter(person=request.person, read_at=None).count()
