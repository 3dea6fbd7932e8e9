"""Modules of the product that a district has switched on: one for each domain app."""

from functools import cache
from typing import Any

from django.apps import apps
from django.urls import get_script_prefix, resolve, reverse

from district.models import District
from district.models.district import every_module
from district.rules import Text


def module_of(thing: Any) -> str:
    """The app that a view, a card's builder or a search belongs to."""
    return str(thing.__module__).partition(".")[0]


def is_on(district: District, thing: Any) -> bool:
    """Whether the district has the module of `thing`; the ground floor cannot be switched off."""
    module = module_of(thing)
    return module not in every_module() or module in district.modules


def is_page_on(district: District, url_name: str) -> bool:
    module = _module_of_page(url_name)
    return module not in every_module() or module in district.modules


def module_choices() -> list[tuple[str, Text]]:
    return [(label, apps.get_app_config(label).verbose_name) for label in every_module()]


@cache
def _module_of_page(url_name: str) -> str:
    path = reverse(url_name).removeprefix(get_script_prefix())
    return module_of(resolve(f"/{path}").func)
