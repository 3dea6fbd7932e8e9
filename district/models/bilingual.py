"""Texts kept as `<field>_zh` and `<field>_en`: one is required, each stands in for the other."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Bilingual:
    """Reads `<field>_zh` or `<field>_en`, whichever suits the active language."""

    def __init__(self, field: str):
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type[models.Model]) -> str:
        if instance is None:
            return self.field
        return self.read(instance, get_language() or "zh-hans")

    def read(self, instance: models.Model, language: str) -> str:
        zh: str = getattr(instance, f"{self.field}_zh")
        en: str = getattr(instance, f"{self.field}_en")
        return (zh or en) if language.startswith("zh") else (en or zh)


def one_language(model: str, field: str = "name") -> models.CheckConstraint:
    """At least one of the two languages is filled in."""
    return models.CheckConstraint(
        name=f"{model}_{field}_given",
        condition=~Q(**{f"{field}_zh": "", f"{field}_en": ""}),
        violation_error_message=_("Give it a name in Chinese or in English."),
    )
