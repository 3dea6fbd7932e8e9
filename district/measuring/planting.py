"""A row in every table of a district, so that no attack finds nothing and calls it safe."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from district import registry
from district.models import Job
from district.tenancy.models import DistrictModel
from district.tenancy.tables import district_links, tenant_models


def plant_missing() -> None:
    """Give each empty tenant table of the district in scope a plain row.

    A model whose constraints such a row breaks fails here, loudly: let the demo fill it.
    """
    for model in targets_first():
        if not model._base_manager.exists():
            _plant(model)


def _plant(model: type[DistrictModel]) -> None:
    """A bare row, or one with a single reference more, where a row must be about something."""
    values = _values(model)
    optional = [field for field in district_links(model) if field.null]
    attempts = [values, *(values | {field.name: _first(field)} for field in optional)]
    for number, attempt in enumerate(attempts, 1):
        try:
            with transaction.atomic():
                model._base_manager.create(**attempt)
        except IntegrityError:
            if number == len(attempts):
                raise
        else:
            return


def _first(field: Any) -> Any:
    return field.related_model._base_manager.first()


def targets_first() -> Iterator[type[DistrictModel]]:
    """Tenant models so ordered that each comes after those it refers to."""
    waiting = tenant_models()
    done: set[Any] = set()
    while waiting:
        ready = [
            model
            for model in waiting
            if {field.related_model for field in district_links(model)} - {model} <= done
        ]
        if not ready:
            raise ValueError(f"references in a circle: {waiting}")
        yield from ready
        done.update(ready)
        waiting = [model for model in waiting if model not in done]


def _values(model: type[DistrictModel]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    begins = timezone.now()
    for hours, field in enumerate(model._meta.concrete_fields):
        if _is_left_out(field):
            continue
        if field in district_links(model):
            values[field.name] = _first(field)
        else:
            values[field.name] = _value(field, begins + timedelta(hours=hours))
    return values


def _is_left_out(field: Any) -> bool:
    if field.primary_key or field.null or field.has_default() or field.name == "district":
        return True
    named = field.name.endswith("_en") or field.name == "email"
    return bool(field.blank and not named) or getattr(field, "auto_now_add", False)


def _value(field: Any, at: Any) -> Any:
    match field:
        case models.Field(name="kind") if field.model is Job:
            return next(key for key, _ in registry.jobs.items())
        case models.CharField(choices=[(first, _), *_]):
            return first
        case models.EmailField():
            return "planted@probe.example"
        case models.CharField() | models.TextField():
            return uuid4().hex[: field.max_length or 32]
        case models.DateTimeField():
            return at
        case models.DateField():
            return at.date()
        case models.UUIDField():
            return uuid4()
        case models.JSONField():
            return {}
        case models.IntegerField() | models.DecimalField() | models.FloatField():
            return 200
        case _:
            return ""
