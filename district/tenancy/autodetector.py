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
        """Composite keys go before anything changes and come after everything has."""
        dropped: list[Operation] = []
        keys: list[Operation] = []
        added: list[Operation] = []
        for operation in plain:
            match operation:
                case operations.CreateModel() if _is_tenant(app_label, operation.name):
                    keys.append(_isolate(apps.get_model(app_label, operation.name)))
                    added += [
                        AddIsolatedForeignKey(model_name=operation.name, name=name)
                        for name, field in operation.fields
                        if isinstance(field, DistrictForeignKey)
                    ]
                case operations.RenameModel():
                    # The name of a key contains those of its table and column.
                    for name in self._links(app_label, operation.old_name):
                        dropped.append(RemoveIsolatedForeignKey(operation.old_name, name))
                        added.append(AddIsolatedForeignKey(operation.new_name, name))
                case (
                    operations.AddField()
                    | operations.AlterField()
                    | operations.RemoveField()
                    | operations.RenameField()
                ):
                    self._follow_field(app_label, operation, dropped, added)
        return [*dropped, *plain, *keys, *added]

    def _follow_field(
        self, app_label: str, operation: Any, dropped: list[Operation], added: list[Operation]
    ) -> None:
        model_name = operation.model_name
        links = self._links(app_label, model_name)
        match operation:
            case operations.RenameField():
                before, after = operation.old_name, operation.new_name
                old = new = links.get(before)
            case operations.RemoveField():
                before = after = operation.name
                old, new = links.get(before), None
            case _:
                before = after = operation.name
                old, new = links.get(before), _link(operation.field)
        if old is not None and (new is None or before != after or _target(old) != _target(new)):
            dropped.append(RemoveIsolatedForeignKey(model_name=model_name, name=before))
            old = None
        if new is not None and old is None:
            added.append(AddIsolatedForeignKey(model_name=model_name, name=after))

    def _links(self, app_label: str, model_name: str) -> dict[str, DistrictForeignKey]:
        """The references inside a district that a model had before."""
        state = self.from_state.models.get((app_label, model_name.lower()))
        fields = state.fields.items() if state else ()
        return {name: field for name, field in fields if isinstance(field, DistrictForeignKey)}


def _link(field: Any) -> DistrictForeignKey | None:
    return field if isinstance(field, DistrictForeignKey) else None


def _target(field: DistrictForeignKey) -> str:
    model: Any = field.remote_field.model
    return str(model if isinstance(model, str) else model._meta.label).lower()


def _is_tenant(app_label: str, name: str) -> bool:
    return issubclass(apps.get_model(app_label, name), DistrictModel)


def _isolate(model: Any) -> Isolate:
    return Isolate(
        model_name=model.__name__,
        append_only=model.append_only,
        published=model.published_when,
    )
