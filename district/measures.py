"""Proofs of the isolation between districts, as the application role and in plain SQL."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from uuid import UUID

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Model

from district.demo.build import build_district
from district.demo.plans import HARBOUR
from district.measuring import Outcome, Proof, register
from district.measuring.planting import plant_missing
from district.measuring.scratch import owner_executes
from district.models import District
from district.tenancy.operations import foreign_key
from district.tenancy.provisioning import APPLICATION
from district.tenancy.scope import NoScope, scope
from district.tenancy.tables import append_only_tables, district_links, tenant_models, tenant_tables

Pair = tuple[District, District]
FOREIGN_KEY_VIOLATION = "23503"


def two_districts() -> Pair:
    """Ours and theirs, filled alike, with something in every table of both."""
    plan = deepcopy(HARBOUR)
    plan["district"]["slug"] = "quay"
    pair = build_district(HARBOUR), build_district(plan)
    for district in pair:
        with scope(district.pk):
            plant_missing()
    return pair


def require_rows(district: District) -> None:
    """An attack on an empty table would prove nothing. Raises RuntimeError naming those."""
    with scope(district.pk):
        empty = [model.__name__ for model in tenant_models() if not model._base_manager.exists()]
    if empty:
        raise RuntimeError(f"nothing to attack in {', '.join(empty)}")


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
    require_rows(theirs)
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
    """No scope at all: nothing may be read or changed, neither through SQL nor through the ORM."""
    for district in districts:
        require_rows(district)
    tried = violations = 0
    for model in tenant_models():
        table = _table(model)
        for statement in (
            f"SELECT 1 FROM {table}",
            f"UPDATE {table} SET revision = revision",
            f"DELETE FROM {table}",
        ):
            tried += 1
            violations += bool(_succeeds(statement, []))
        tried += 1
        try:
            violations += bool(model._base_manager.all()[:1].count())
        except NoScope:
            continue
    return Outcome(tried, violations)


def two_districts_of_bare_keys() -> Pair:
    """In which nothing but foreign keys can refuse: the right to change all, no other checks."""
    pair = two_districts()
    checks = (
        "DO $$ DECLARE c record; BEGIN FOR c IN SELECT conrelid::regclass AS t, conname "
        "FROM pg_constraint WHERE contype = 'c' "
        f"AND conrelid::regclass::text = ANY('{{{','.join(tenant_tables())}}}') LOOP "
        "EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', c.t, c.conname); END LOOP; END $$"
    )
    rights = (f"GRANT UPDATE ON {table} TO {APPLICATION}" for table in append_only_tables())
    owner_executes(checks, *rights)
    return pair


def attack_with_forged_keys(districts: Pair, scale: float) -> Outcome:
    """In our scope: point every foreign key of a row of ours at a row of theirs."""
    ours, theirs = districts
    require_rows(ours)
    with scope(theirs.pk):
        foreign = {model: _any_id(model) for model in tenant_models()}
    tried = violations = 0
    with scope(ours.pk):
        for model, field in _links():
            tried += 1
            column = connection.ops.quote_name(field.column)
            violations += _is_accepted(
                f"UPDATE {_table(model)} SET {column} = %s WHERE id = %s",
                [foreign[field.related_model], _any_id(model)],
            )
    return Outcome(tried, violations)


def _is_accepted(statement: str, parameters: list[Any]) -> bool:
    """Whether a key was taken. Raises what refused it, unless that was a foreign key."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            touched = cursor.rowcount
            transaction.set_rollback(True)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") != FOREIGN_KEY_VIOLATION:
            raise
        return False
    if touched != 1:
        raise RuntimeError(f"{statement} had nothing to forge")
    return True


def _links() -> list[tuple[type[Model], Any]]:
    return [(model, field) for model in tenant_models() for field in district_links(model)]


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
        two_districts_of_bare_keys,
        attack_with_forged_keys,
        without_composite_keys,
    ),
)
