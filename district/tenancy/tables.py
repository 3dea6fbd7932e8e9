"""Which tables belong to districts, and the few that stand above them."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model

from district.tenancy.models import DistrictForeignKey, DistrictModel

# Small, seldom written, the same for every district; on a cluster each node has a copy of them.
# These alone may be referred to from tenant tables.
REFERENCE_MODELS = ("district.District", settings.AUTH_USER_MODEL, "accounts.UserDistrict")


def tenant_models() -> list[type[DistrictModel]]:
    """Every model whose rows belong to a district."""
    return [model for model in apps.get_models() if issubclass(model, DistrictModel)]


def reference_models() -> list[type[Model]]:
    """The models above all districts that tenant tables may refer to, referred-to ones first."""
    return [apps.get_model(label) for label in REFERENCE_MODELS]


def tenant_tables() -> list[str]:
    return [model._meta.db_table for model in tenant_models()]


def append_only_tables() -> set[str]:
    """Tables of which the application may read and add rows, nothing else."""
    return {model._meta.db_table for model in tenant_models() if model.append_only}


def published_tables() -> dict[str, str]:
    """Tables with rows that everybody may read, and the column that says which."""
    return {
        model._meta.db_table: model.published_when
        for model in tenant_models()
        if model.published_when
    }


def district_links(model: type[Model]) -> list[Any]:
    """The fields of a model that refer to rows of the same district."""
    return [field for field in model._meta.concrete_fields if isinstance(field, DistrictForeignKey)]
