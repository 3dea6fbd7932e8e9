"""What every full page shows around its content: layout, menu, bell, language, theme."""

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from district import registry
from district.actions.notifications import unread
from district.modules import is_page_on

THEMES = ("light", "dark", "auto")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context for layouts; the costly parts are made only when a layout asks for them."""
    membership = getattr(request, "membership", None)
    theme = request.COOKIES.get("theme", "auto")
    items = SimpleLazyObject(lambda: _items(request))
    return {
        "district": getattr(request, "district", None),
        "person": getattr(request, "person", None),
        "membership": membership,
        "memberships": getattr(request, "memberships", []),
        "districts": _other_districts(request),
        "layout": _layout(membership),
        "menu": SimpleLazyObject(lambda: _menu(items)),
        "tabs": SimpleLazyObject(lambda: _tabs(items)),
        "bell": SimpleLazyObject(lambda: _unread(request)),
        "languages": settings.LANGUAGES,
        "theme": theme if theme in THEMES else "auto",
        "demo": settings.DISTRICT_DEMO,
    }


def _other_districts(request: Any) -> list[dict[str, str]]:
    """Where else the person may go, as noted in the session."""
    here = getattr(getattr(request, "district", None), "slug", "")
    chinese = (get_language() or "").startswith("zh")
    return [
        {
            "slug": row["slug"],
            "name": (row["name_zh"] if chinese else "") or row["name_en"] or row["name_zh"],
        }
        for row in getattr(request, "session", {}).get("districts", [])
        if row["slug"] != here
    ]


def _layout(membership: Any) -> str:
    if membership is None:
        return "layouts/plain.html"
    return "layouts/operator.html" if membership.is_operator else "layouts/portal.html"


def _items(request: Any) -> list[dict[str, Any]]:
    if request.membership is None:
        return []
    visible = [
        item
        for item in registry.menu
        if item.visible(request.membership) and is_page_on(request.district, item.url_name)
    ]
    here = _here(request.path, visible)
    return [
        {
            "label": item.label,
            "phone_label": item.phone_label or item.label,
            "group": item.group,
            "url": reverse(item.url_name),
            "icon": item.icon,
            "count": item.count(request) if item.count else None,
            "on_phone": item.on_phone,
            "current": item is here,
        }
        for item in sorted(visible, key=lambda item: item.order)
    ]


def _here(path: str, items: Sequence[registry.MenuItem]) -> registry.MenuItem | None:
    """The item with the longest address above the path; the home page lies above nothing."""
    home = reverse("home")
    above = [
        (len(address), item)
        for item in items
        for address in (reverse(item.url_name), *(home + beginning for beginning in item.covers))
        if path == address or (address != home and path.startswith(address))
    ]
    return max(above, key=itemgetter(0))[1] if above else None


def _tabs(items: Any) -> dict[str, Any]:
    """A phone's first links; whatever else is open lies under its last tab, the menu."""
    shown = [item for item in items if item["on_phone"]]
    return {"items": shown, "is_elsewhere": not any(item["current"] for item in shown)}


def _menu(items: Any) -> Sequence[dict[str, Any]]:
    """The entries by group, each group once, where its first entry stands."""
    groups: dict[Any, list[Any]] = {}
    for item in items:
        groups.setdefault(item["group"], []).append(item)
    return [{"label": label, "items": found} for label, found in groups.items()]


def _unread(request: Any) -> dict[str, Any]:
    return unread(request.person) if request.person else {"count": 0, "mark": ""}
