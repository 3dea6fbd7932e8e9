"""What every tenant model must be, checked whenever Django checks itself, and what the database
behind it must be, checked by `manage.py check --database default`."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.apps.config import AppConfig
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.checks import CheckMessage, Error, Warning
from django.db import connections, models
from django.db.models import F, UniqueConstraint

from district.tenancy.catalogue import Catalogue
from district.tenancy.models import DistrictForeignKey, DistrictManager, DistrictModel, uuid7
from district.tenancy.tables import REFERENCE_MODELS

KEY = "district"


def check_models(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Errors tenancy.E001 to E012 of every model that a district's rows live in or refer to."""
    configs = apps.get_app_configs() if app_configs is None else app_configs
    return [
        message
        for config in configs
        for model in config.get_models()
        for message in check_model(model)
    ]


def check_model(model: type[models.Model]) -> Iterable[CheckMessage]:
    if not issubclass(model, DistrictModel):
        return _strangers(model)
    return [
        *_managers(model),
        *_parents(model),
        *_keys(model),
        *_references(model),
        *_many_to_many(model),
        *_constraints(model),
        *_published(model),
    ]


def _managers(model: type[DistrictModel]) -> Iterator[CheckMessage]:
    for name in ("_default_manager", "_base_manager"):
        if not isinstance(getattr(model, name), DistrictManager):
            yield Error(
                f"{name} of a tenant model must be a DistrictManager: others see every district.",
                hint="Build it by DistrictManager.from_queryset(…) and keep DistrictModel.Meta's "
                "base_manager_name.",
                obj=model,
                id="tenancy.E001",
            )


def _parents(model: type[DistrictModel]) -> Iterator[CheckMessage]:
    if model._meta.parents:
        yield Error(
            "A tenant model cannot extend a table: the link between the two has no district.",
            obj=model,
            id="tenancy.E002",
        )


def _keys(model: type[DistrictModel]) -> Iterator[CheckMessage]:
    key = model._meta.pk
    if key.name != "id" or not isinstance(key, models.UUIDField) or key.default is not uuid7:
        yield Error(
            "The key of a tenant model is DistrictModel's id.", obj=model, id="tenancy.E003"
        )
    for field in model._meta.local_concrete_fields:
        if field.unique and not field.primary_key:
            yield Error(
                f"{field.name} is unique across districts: that tells one what another has.",
                hint="Use a UniqueConstraint with district.",
                obj=model,
                id="tenancy.E004",
            )
    for names in model._meta.unique_together:
        if KEY not in names:
            yield Error(
                f"unique_together {tuple(names)} lacks district.", obj=model, id="tenancy.E004"
            )


def _references(model: type[DistrictModel]) -> Iterator[CheckMessage]:
    for field in model._meta.local_concrete_fields:
        if not isinstance(field, models.ForeignKey):
            continue
        target = field.remote_field.model
        if isinstance(target, str):
            continue  # a model that is not there, of which Django itself complains
        if isinstance(field, DistrictForeignKey):
            yield from _inside(model, field, target)
        elif issubclass(target, DistrictModel):
            yield Error(
                f"{field.name} refers to {target.__name__} without the district.",
                hint="Use DistrictForeignKey.",
                obj=model,
                id="tenancy.E005",
            )
        elif target._meta.label not in REFERENCE_MODELS:
            yield Error(
                f"{field.name} refers to {target._meta.label}, which is not a reference table.",
                hint="Only the models in REFERENCE_MODELS are on every node of a cluster.",
                obj=model,
                id="tenancy.E006",
            )


def _inside(
    model: type[DistrictModel], field: Any, target: type[models.Model]
) -> Iterator[CheckMessage]:
    if not issubclass(target, DistrictModel):
        yield Error(
            f"{field.name} is a DistrictForeignKey to {target._meta.label}, which has no district.",
            obj=model,
            id="tenancy.E007",
        )
    if field.remote_field.on_delete not in {models.PROTECT, models.CASCADE, models.RESTRICT}:
        yield Error(
            f"{field.name} would be emptied on delete: a composite key never sets NULL.",
            hint="Use PROTECT, or CASCADE with its reason.",
            obj=model,
            id="tenancy.E008",
        )


def _many_to_many(model: type[DistrictModel]) -> Iterator[CheckMessage]:
    for field in model._meta.local_many_to_many:
        through: Any = field.remote_field.through
        if through._meta.auto_created or not issubclass(through, DistrictModel):
            yield Error(
                f"The table behind {field.name} has no district.",
                hint="Name a tenant model as `through`.",
                obj=model,
                id="tenancy.E009",
            )


def _constraints(model: type[DistrictModel]) -> Iterator[CheckMessage]:
    for constraint in model._meta.constraints:
        if isinstance(constraint, UniqueConstraint):
            separate = KEY in constraint.fields or F(KEY) in constraint.expressions
        elif isinstance(constraint, ExclusionConstraint):
            separate = any(
                expression in (KEY, F(KEY)) and operator == "="
                for expression, operator in constraint.expressions
            )
        else:
            continue
        if not separate:
            yield Error(
                f"{constraint.name} compares rows of different districts.",
                hint="Add district to it (in an exclusion with “=”).",
                obj=model,
                id="tenancy.E010",
            )


def _published(model: type[DistrictModel]) -> Iterator[CheckMessage]:
    name = model.published_when
    marks = {
        field.name
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.BooleanField)
    }
    if name and name not in marks:
        yield Error(
            f"published_when names {name!r}, which is no boolean field.",
            obj=model,
            id="tenancy.E011",
        )


def _strangers(model: type[models.Model]) -> Iterator[CheckMessage]:
    related = [*model._meta.local_fields, *model._meta.local_many_to_many]
    for field in related:
        target: Any = getattr(field.remote_field, "model", None)
        if isinstance(target, type) and issubclass(target, DistrictModel):
            yield Error(
                f"{field.name} refers to rows of a district from a table that has none.",
                hint="Make it a DistrictModel, or keep no link.",
                obj=model,
                id="tenancy.E012",
            )


def check_database(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """What PostgreSQL's own catalogue says: E101 of roles and tables, W101 of what is slow."""
    messages: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            catalogue = Catalogue(cursor)
            messages += [Error(fault, id="tenancy.E101") for fault in catalogue.faults()]
            messages += [
                Warning(
                    f"{function} is not marked LEAKPROOF, so searches read whole tables.",
                    hint="A superuser marks it: manage.py provision.",
                    id="tenancy.W101",
                )
                for function in catalogue.not_leakproof()
            ]
    return messages
