"""What PostgreSQL itself says of every tenant table: keys, policies, grants, references."""

import pytest
from django.apps import apps
from django.db import connection

from district.tenancy.models import DistrictForeignKey, DistrictModel
from district.tenancy.operations import CONDITION, foreign_key
from district.tenancy.provisioning import APPLICATION

TENANT_MODELS = [model for model in apps.get_models() if issubclass(model, DistrictModel)]
ids = [model._meta.db_table for model in TENANT_MODELS]

pytestmark = pytest.mark.django_db


def rows(statement: str, *parameters: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def test_every_table_with_a_district_is_a_tenant_model():
    found = rows(
        "SELECT table_name FROM information_schema.columns "
        "WHERE table_schema = 'public' AND column_name = 'district_id'"
    )

    assert {name for (name,) in found} == {*ids, "accounts_userdistrict"}


@pytest.mark.parametrize("table", ids)
def test_the_primary_key_starts_with_the_district(table):
    found = rows(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = %s::regclass AND contype = 'p'",
        table,
    )

    assert found == [("PRIMARY KEY (district_id, id)",)]


@pytest.mark.parametrize("table", ids)
def test_row_security_is_forced_with_one_policy_for_reading_and_writing(table):
    forced = rows(
        "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", table
    )
    policies = rows(
        "SELECT cmd, permissive, qual = with_check FROM pg_policies WHERE tablename = %s", table
    )

    assert forced == [(True, True)]
    assert policies == [("ALL", "PERMISSIVE", True)]
    assert "current_setting('app.district_id'" in CONDITION


@pytest.mark.parametrize("model", TENANT_MODELS, ids=ids)
def test_the_application_has_no_more_rights_than_it_needs(model):
    found = rows(
        "SELECT privilege_type FROM information_schema.role_table_grants "
        "WHERE table_name = %s AND grantee = %s",
        model._meta.db_table,
        APPLICATION,
    )
    add_only = {"SELECT", "INSERT"}
    allowed = add_only if getattr(model, "append_only", False) else {*add_only, "UPDATE", "DELETE"}

    assert {name for (name,) in found} == allowed


@pytest.mark.parametrize("model", TENANT_MODELS, ids=ids)
def test_every_reference_inside_a_district_carries_it(model):
    found = rows(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = %s::regclass AND contype = 'f'",
        model._meta.db_table,
    )
    expected = {
        foreign_key(field): (
            f"FOREIGN KEY (district_id, {field.column}) "
            f"REFERENCES {field.related_model._meta.db_table}(district_id, id)"
        )
        for field in model._meta.concrete_fields
        if isinstance(field, DistrictForeignKey)
    }

    assert {name: text for name, text in found if name in expected} == expected


@pytest.mark.parametrize("table", ids)
def test_unique_and_exclusion_constraints_include_the_district(table):
    found = rows(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s "
        "AND indexdef LIKE 'CREATE UNIQUE%%'",
        table,
    )
    excluding = rows(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = %s::regclass AND contype = 'x'",
        table,
    )

    assert all("(district_id" in text for _, text in found)
    assert all("district_id WITH =" in text for (text,) in excluding)


def test_the_application_owns_nothing_and_bypasses_nothing():
    owned = rows("SELECT relname FROM pg_class WHERE relowner = %s::regrole", APPLICATION)
    rights = rows(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
        "WHERE rolname = current_user"
    )

    assert rows("SELECT current_user") == [(APPLICATION,)]
    assert owned == []
    assert rights == [(False, False, False, False)]


def test_nothing_reads_tenant_tables_with_other_rights():
    """Views, security definer functions and triggers would see every district."""
    views = rows(
        "SELECT viewname FROM pg_views WHERE schemaname = 'public' AND viewname NOT LIKE 'pg_%%'"
    )
    definers = rows(
        "SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    triggers = rows(
        "SELECT tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
        "WHERE NOT tgisinternal AND c.relname = ANY(%s)",
        ids,
    )

    assert (views, definers, triggers) == ([], [], [])
