"""Migration operations that make a table a tenant table; `makemigrations` writes them."""

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation

from district.tenancy.provisioning import APPLICATION

POLICY, PUBLISHED = "district", "published"
CONDITION = "district_id = nullif(current_setting('app.district_id', true), '')::bigint"


class _OnModel(Operation):
    reduces_to_sql = True
    reversible = True

    def __init__(self, model_name: str):
        self.model_name = model_name

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"model_name": self.model_name}

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def _model(self, app_label: str, state: Any, schema_editor: Any) -> Any:
        model = state.apps.get_model(app_label, self.model_name)
        allowed = self.allow_migrate_model(schema_editor.connection.alias, model)
        return model if allowed else None

    def references_model(self, name: str, app_label: str) -> bool:
        return name.lower() == self.model_name.lower()

    @property
    def migration_name_fragment(self) -> str:
        return f"isolate_{self.model_name.lower()}"


class CreateTogether(Operation):
    """Create many models, each complete, whatever refers to whatever among them.

    Django renders every related model anew with each operation that changes one; here all are
    rendered once, when the first table is made. On an empty database that is most of the time.
    """

    reduces_to_sql = True
    reversible = True
    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[CreateModel]):
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return type(self).__name__, [], {"operations": self.operations}

    def describe(self) -> str:
        return f"Create {len(self.operations)} models"

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # a rendered state is rendered again at every change
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)


class Isolate(_OnModel):
    """Key by (district_id, id), force row-level security, grant no more than the model needs.

    `append_only` tables can be read and added to, nothing else. `published` names a boolean
    column: its rows can be read by everybody inside a `published_scope()`.
    """

    def __init__(self, model_name: str, *, append_only: bool = False, published: str = ""):
        super().__init__(model_name)
        self.append_only = append_only
        self.published = published

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        name, args, kwargs = super().deconstruct()
        if self.append_only:
            kwargs["append_only"] = True
        if self.published:
            kwargs["published"] = self.published
        return name, args, kwargs

    def describe(self) -> str:
        return f"Isolate the districts in {self.model_name}"

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = self._model(app_label, to_state, schema_editor)
        if model is None:
            return
        name = model._meta.db_table
        table = schema_editor.quote_name(name)
        rights = "SELECT, INSERT" if self.append_only else "SELECT, INSERT, UPDATE, DELETE"
        for statement in (
            f'ALTER TABLE {table} DROP CONSTRAINT "{name}_pkey", '
            f'ADD CONSTRAINT "{name}_pkey" PRIMARY KEY (district_id, id)',
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
            f"CREATE POLICY {POLICY} ON {table} USING ({CONDITION}) WITH CHECK ({CONDITION})",
            f"REVOKE ALL ON {table} FROM {APPLICATION}",
            f"GRANT {rights} ON {table} TO {APPLICATION}",
        ):
            schema_editor.execute(statement)
        if self.published:
            schema_editor.execute(
                _published_policy(table, schema_editor.quote_name(self.published))
            )

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = self._model(app_label, from_state, schema_editor)
        if model is None:
            return
        name = model._meta.db_table
        table = schema_editor.quote_name(name)
        for statement in (
            f"DROP POLICY IF EXISTS {PUBLISHED} ON {table}",
            f"DROP POLICY {POLICY} ON {table}",
            f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
            f'ALTER TABLE {table} DROP CONSTRAINT "{name}_pkey", '
            f'ADD CONSTRAINT "{name}_pkey" PRIMARY KEY (id)',
        ):
            schema_editor.execute(statement)


class Publish(_OnModel):
    """Let everybody read the rows that a boolean column marks, inside a `published_scope()`.

    For a table that is isolated already; a new one says so in `Isolate`.
    """

    def __init__(self, model_name: str, column: str):
        super().__init__(model_name)
        self.column = column

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        name, args, kwargs = super().deconstruct()
        return name, args, {**kwargs, "column": self.column}

    def describe(self) -> str:
        return f"Let everybody read rows of {self.model_name} marked {self.column}"

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = self._model(app_label, to_state, schema_editor)
        if model is not None:
            quote = schema_editor.quote_name
            schema_editor.execute(
                _published_policy(quote(model._meta.db_table), quote(self.column))
            )

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = self._model(app_label, from_state, schema_editor)
        if model is not None:
            table = schema_editor.quote_name(model._meta.db_table)
            schema_editor.execute(f"DROP POLICY {PUBLISHED} ON {table}")


class AddIsolatedForeignKey(_OnModel):
    """The composite foreign key (district_id, x_id) behind a DistrictForeignKey."""

    def __init__(self, model_name: str, name: str):
        super().__init__(model_name)
        self.name = name

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        name, args, kwargs = super().deconstruct()
        return name, args, {**kwargs, "name": self.name}

    def describe(self) -> str:
        return f"Keep {self.name} of {self.model_name} inside its district"

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = self._model(app_label, to_state, schema_editor)
        if model is not None:
            self._add(model, schema_editor)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = self._model(app_label, from_state, schema_editor)
        if model is not None:
            self._drop(model, schema_editor)

    def _add(self, model: Any, schema_editor: Any) -> None:
        field = model._meta.get_field(self.name)
        quote = schema_editor.quote_name
        target = field.remote_field.model._meta.db_table
        schema_editor.execute(
            f"ALTER TABLE {quote(model._meta.db_table)} ADD CONSTRAINT {quote(foreign_key(field))} "
            f"FOREIGN KEY (district_id, {quote(field.column)}) "
            f"REFERENCES {quote(target)} (district_id, id)"
        )

    def _drop(self, model: Any, schema_editor: Any) -> None:
        quote = schema_editor.quote_name
        name = foreign_key(model._meta.get_field(self.name))
        schema_editor.execute(
            f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(name)}"
        )


class RemoveIsolatedForeignKey(AddIsolatedForeignKey):
    """Takes the composite foreign key away, before its field goes."""

    def describe(self) -> str:
        return f"Let go of {self.name} of {self.model_name}"

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = self._model(app_label, from_state, schema_editor)
        if model is not None:
            self._drop(model, schema_editor)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        model = self._model(app_label, to_state, schema_editor)
        if model is not None:
            self._add(model, schema_editor)


def _published_policy(table: str, column: str) -> str:
    return (
        f"CREATE POLICY {PUBLISHED} ON {table} FOR SELECT USING "
        f"(current_setting('app.reading', true) = 'published' AND {column})"
    )


def foreign_key(field: Any) -> str:
    """The name of the composite foreign key of a field; at most 63 bytes."""
    return f"{field.model._meta.db_table}_{field.column}_fk"[:63]
