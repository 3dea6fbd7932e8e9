"""Teaches `makemigrations` to isolate what it creates."""

from typing import Any

from django.apps import apps
from django.db.migrations import operations
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.operations.base import Operation

from district.tenancy.models import DistrictForeignKey, DistrictModel
from district.tenancy.operations import (
    AddIsolatedForeignKey,
    Isolate,
    RemoveIsolatedForeignKey,
)


class DistrictAutodetector(MigrationAutodetector):
    def changes(self, *args: Any, **kwargs: Any) -> Any:
        changes = super().changes(*args, **kwargs)
        for app_label, migrations in changes.items():
            for migration in migrations:
                isolated = self._isolated(app_label, list(migration.operations))
                setattr(migration, "operations", isolated)  # noqa: B010 - a ClassVar to the stubs
        return changes

    def _isolated(self, app_label: str, plain: list[Operation]) -> list[Operation]:
        before: list[Operation] = []
        keys: list[Operation] = []
        links: list[Operation] = []
        for operation in plain:
            match operation:
                case operations.CreateModel() if _is_tenant(app_label, operation.name):
                    model = apps.get_model(app_label, operation.name)
                    keys.append(_isolate(model))
                    links += [
                        AddIsolatedForeignKey(model_name=operation.name, name=name)
                        for name, field in operation.fields
                        if isinstance(field, DistrictForeignKey)
                    ]
                case operations.AddField(field=DistrictForeignKey()):
                    links.append(
                        AddIsolatedForeignKey(model_name=operation.model_name, name=operation.name)
                    )
                case operations.RemoveField() if self._was_link(app_label, operation):
                    before.append(
                        RemoveIsolatedForeignKey(
                            model_name=operation.model_name, name=operation.name
                        )
                    )
        return [*before, *plain, *keys, *links]

    def _was_link(self, app_label: str, operation: operations.RemoveField) -> bool:
        model = self.from_state.models[app_label, operation.model_name.lower()]
        return isinstance(model.fields.get(operation.name), DistrictForeignKey)


def _is_tenant(app_label: str, name: str) -> bool:
    return issubclass(apps.get_model(app_label, name), DistrictModel)


def _isolate(model: Any) -> Isolate:
    return Isolate(
        model_name=model.__name__,
        append_only=model.append_only,
        published=model.published_when,
    )
