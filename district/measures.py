"""Proofs of the isolation between districts, as the application role and in plain SQL."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.db.models import Model

from district.demo.build import build_district
from district.demo.plans import HARBOUR
from district.measuring import Outcome, Proof, register
from district.measuring.scratch import owner_executes
from district.models import District
from district.tenancy.models import DistrictForeignKey, DistrictModel
from district.tenancy.operations import foreign_key
from district.tenancy.scope import NoScope, scope

Pair = tuple[District, District]


def tenant_models() -> list[type[DistrictModel]]:
    return [model for model in apps.get_models() if issubclass(model, DistrictModel)]


def two_districts() -> Pair:
    """Ours and theirs, filled alike."""
    plan = deepcopy(HARBOUR)
    plan["district"]["slug"] = "quay"
    return build_district(HARBOUR), build_district(plan)


def _table(model: type[Model]) -> str:
    return str(connection.ops.quote_name(model._meta.db_table))


def _succeeds(statement: str, parameters: list[Any]) -> int:
    """Rows a statement touched; none when the database refused it. Always undone."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            touched = cursor.rowcount
            transaction.set_rollback(True)
    except DatabaseError:
        return 0
    return max(touched, 0)


def attack_with_sql(districts: Pair, scale: float) -> Outcome:
    """In our scope: read, change, delete and plant rows of theirs, in every tenant table."""
    ours, theirs = districts
    tried = violations = 0
    with scope(ours.pk):
        for model in tenant_models():
            for statement, parameters in _foreign_statements(model, ours.pk, theirs.pk):
                tried += 1
                violations += bool(_succeeds(statement, parameters))
    return Outcome(tried, violations)


def _foreign_statements(
    model: type[Model], ours: int, theirs: int
) -> Iterator[tuple[str, list[Any]]]:
    table = _table(model)
    columns = [field.column for field in model._meta.concrete_fields]
    others = ", ".join(
        connection.ops.quote_name(column)
        for column in columns
        if column and column != "district_id"
    )
    yield f"SELECT 1 FROM {table} WHERE district_id = %s", [theirs]
    yield f"SELECT 1 FROM {table} WHERE district_id <> %s", [ours]
    yield f"UPDATE {table} SET revision = revision WHERE district_id = %s", [theirs]
    yield f"UPDATE {table} SET district_id = %s", [theirs]
    yield f"DELETE FROM {table} WHERE district_id = %s", [theirs]
    yield (
        f"INSERT INTO {table} (district_id, {others}) SELECT %s, {others} FROM {table} LIMIT 1",
        [theirs],
    )


def attack_without_scope(districts: Pair, scale: float) -> Outcome:
    """No scope at all: nothing may be read, neither through SQL nor through the ORM."""
    tried = violations = 0
    for model in tenant_models():
        tried += 2
        violations += bool(_succeeds(f"SELECT 1 FROM {_table(model)}", []))
        try:
            violations += bool(model._base_manager.all()[:1].count())
        except NoScope:
            continue
    return Outcome(tried, violations)


def attack_with_forged_keys(districts: Pair, scale: float) -> Outcome:
    """In our scope: point every foreign key of a row of ours at a row of theirs."""
    ours, theirs = districts
    with scope(theirs.pk):
        foreign = {model: _any_id(model) for model in tenant_models()}
    tried = violations = 0
    with scope(ours.pk):
        for model, field in _links():
            target = foreign[field.related_model]
            mine = _any_id(model)
            if target is None or mine is None:
                continue
            tried += 1
            column = connection.ops.quote_name(field.column)
            violations += bool(
                _succeeds(f"UPDATE {_table(model)} SET {column} = %s WHERE id = %s", [target, mine])
            )
    return Outcome(tried, violations)


def _links() -> list[tuple[type[Model], Any]]:
    return [
        (model, field)
        for model in tenant_models()
        for field in model._meta.concrete_fields
        if isinstance(field, DistrictForeignKey)
    ]


def _any_id(model: type[Model]) -> UUID | None:
    return model._base_manager.values_list("pk", flat=True).first()


def without_row_security() -> None:
    owner_executes(
        *(f"ALTER TABLE {_table(model)} DISABLE ROW LEVEL SECURITY" for model in tenant_models())
    )


def without_composite_keys() -> None:
    owner_executes(
        *(
            f"ALTER TABLE {_table(model)} DROP CONSTRAINT "
            f"{connection.ops.quote_name(foreign_key(field))}"
            for model, field in _links()
        ),
        "ALTER TABLE spaces_occupancy DROP CONSTRAINT IF EXISTS spaces_occupancy_leaf_fk",
    )


register(
    Proof(
        "isolation-sql",
        "In one district's scope no SQL reads, changes, deletes or plants another's rows.",
        two_districts,
        attack_with_sql,
        without_row_security,
    ),
    Proof(
        "no-scope",
        "Without a scope no row of any district is seen.",
        two_districts,
        attack_without_scope,
        without_row_security,
    ),
    Proof(
        "forged-keys",
        "No foreign key of a row can point into another district.",
        two_districts,
        attack_with_forged_keys,
        without_composite_keys,
    ),
)
