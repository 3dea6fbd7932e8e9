"""What PostgreSQL itself says of every tenant table, and that it would say so of a broken one."""

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from district.tenancy.catalogue import Catalogue
from district.tenancy.checks import check_database
from district.tenancy.provisioning import APPLICATION, LEAKPROOF
from district.tenancy.tables import tenant_tables

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner():
    """The owner's own connection to the test database; what it changes is undone."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(settings.DATABASE_OWNER_URL, dbname=name) as session:
        yield session.cursor()
        session.rollback()


def test_nothing_in_the_database_lets_one_district_reach_another():
    with connection.cursor() as cursor:
        catalogue = Catalogue(cursor)

        assert catalogue.faults() == []
        assert catalogue.not_leakproof() == []


def test_every_tenant_table_is_looked_at(owner):
    owner.execute(
        "DO $$ DECLARE t regclass; BEGIN FOR t IN SELECT polrelid FROM pg_policy LOOP "
        "EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', t); END LOOP; END $$"
    )

    faults = Catalogue(owner).faults()

    assert faults == [
        f"{table}: row-level security is not enabled and forced"
        for table in sorted(tenant_tables())
    ]


NOTICE, SEAL = "district_notice", "district_activityseal"
BREAKS = {
    "not forced": (
        "ALTER TABLE district_notice NO FORCE ROW LEVEL SECURITY",
        f"{NOTICE}: row-level security is not enabled and forced",
    ),
    "switched off": (
        "ALTER TABLE district_notice DISABLE ROW LEVEL SECURITY",
        f"{NOTICE}: row-level security is not enabled and forced",
    ),
    "no policy": (
        "DROP POLICY district ON district_notice",
        f"{NOTICE}: the policies are not the one that separates districts",
    ),
    "a second policy": (
        "CREATE POLICY wide ON district_notice USING (true)",
        f"{NOTICE}: the policies are not the one that separates districts",
    ),
    "another condition": (
        "ALTER POLICY district ON district_notice USING (district_id IS NOT NULL)",
        f"{NOTICE}: the policies are not the one that separates districts",
    ),
    "plain primary key": (
        "ALTER TABLE district_noticedismissal DROP CONSTRAINT district_noticedismissal_pkey, "
        "ADD PRIMARY KEY (id)",
        "district_noticedismissal: the primary key is not (district_id, id)",
    ),
    "no foreign key": (
        "ALTER TABLE district_activityseal DROP CONSTRAINT district_activityseal_activity_id_fk",
        f"{SEAL}: activity has no foreign key",
    ),
    "foreign key without the district": (
        "CREATE UNIQUE INDEX plain ON district_file (id); "
        "ALTER TABLE district_notice ADD file_id uuid, "
        "ADD CONSTRAINT loose FOREIGN KEY (file_id) REFERENCES district_file (id)",
        f"{NOTICE}: loose does not carry the district",
    ),
    "deferrable foreign key": (
        "ALTER TABLE district_activityseal ALTER CONSTRAINT district_activityseal_activity_id_fk "
        "DEFERRABLE",
        f"{SEAL}: district_activityseal_activity_id_fk is deferrable",
    ),
    "foreign key that sets NULL": (
        "ALTER TABLE district_notice ADD file_id uuid, ADD CONSTRAINT emptied FOREIGN KEY "
        "(district_id, file_id) REFERENCES district_file ON DELETE SET NULL",
        f"{NOTICE}: emptied would set the district to NULL",
    ),
    "reference above the districts": (
        "ALTER TABLE district_notice ADD kept_id bigint REFERENCES accounts_keptmessage",
        f"{NOTICE}: district_notice_kept_id_fkey refers to accounts_keptmessage, "
        "which is no reference table",
    ),
    "reference from above": (
        "CREATE UNIQUE INDEX plain ON district_file (id); "
        "ALTER TABLE accounts_keptmessage ADD file_id uuid REFERENCES district_file (id)",
        "district_file: accounts_keptmessage_file_id_fkey of accounts_keptmessage "
        "refers to it without a district",
    ),
    "unique across districts": (
        "CREATE UNIQUE INDEX loose ON district_notice (title_en)",
        f"{NOTICE}: loose compares rows of different districts",
    ),
    "exclusion across districts": (
        "ALTER TABLE spaces_occupancy ADD CONSTRAINT loose "
        "EXCLUDE USING gist (space_id WITH =, during WITH &&)",
        "spaces_occupancy: loose compares rows of different districts",
    ),
    "exclusion that wants other districts": (
        "ALTER TABLE spaces_occupancy ADD CONSTRAINT loose "
        "EXCLUDE USING gist (district_id WITH <>, during WITH &&)",
        "spaces_occupancy: loose compares rows of different districts",
    ),
    "more rights": (
        f"GRANT UPDATE ON district_activityseal TO {APPLICATION}",
        f"{SEAL}: {APPLICATION} has UPDATE",
    ),
    "rights on a column": (
        f"GRANT UPDATE (hash) ON district_activityseal TO {APPLICATION}",
        f"{SEAL}: {APPLICATION} has UPDATE",
    ),
    "rights of everybody": (
        "GRANT SELECT ON district_notice TO PUBLIC",
        f"{NOTICE}: PUBLIC has SELECT",
    ),
    "fewer rights": (
        f"REVOKE DELETE ON district_notice FROM {APPLICATION}",
        f"{NOTICE}: {APPLICATION} lacks DELETE",
    ),
    "a trigger": (
        "CREATE TRIGGER watcher BEFORE UPDATE ON district_notice FOR EACH ROW "
        "EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        f"{NOTICE}: trigger watcher",
    ),
    "a rule": (
        "CREATE RULE aside AS ON DELETE TO district_notice DO ALSO NOTHING",
        f"{NOTICE}: rule aside",
    ),
    "a view": (
        "CREATE VIEW everything AS SELECT * FROM district_notice",
        f"{NOTICE}: view everything",
    ),
    "a materialised view": (
        "CREATE MATERIALIZED VIEW everything AS SELECT * FROM district_notice",
        f"{NOTICE}: view everything",
    ),
    "a function with its owner's rights": (
        "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER "
        "AS 'SELECT count(*) FROM district_notice'",
        "peek() is SECURITY DEFINER",
    ),
    "a table nobody declared": (
        "CREATE TABLE stray (LIKE district_notice INCLUDING ALL); "
        "ALTER TABLE stray ENABLE ROW LEVEL SECURITY; ALTER TABLE stray FORCE ROW LEVEL SECURITY; "
        "CREATE POLICY district ON stray USING (district_id = "
        "nullif(current_setting('app.district_id', true), '')::bigint) WITH CHECK (district_id = "
        "nullif(current_setting('app.district_id', true), '')::bigint)",
        "stray has a district_id but is no tenant model",
    ),
    "rights on a partition": (
        "CREATE TABLE parted (district_id bigint, id uuid, PRIMARY KEY (district_id, id)) "
        "PARTITION BY LIST (district_id); CREATE TABLE part PARTITION OF parted DEFAULT; "
        f"REVOKE ALL ON part FROM {APPLICATION}; GRANT SELECT ON part TO {APPLICATION}",
        f"part: {APPLICATION} has SELECT",
    ),
}


@pytest.mark.parametrize(("statements", "fault"), BREAKS.values(), ids=BREAKS.keys())
def test_a_broken_table_is_found(owner, statements, fault):
    for statement in statements.split("; "):
        owner.execute(statement)

    assert fault in Catalogue(owner).faults()


def test_the_application_role_owns_nothing(owner):
    owner.execute("SELECT current_user")
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE mine (id int)")
        faults = Catalogue(cursor).faults()

    assert any(fault.startswith(f"{APPLICATION} owns ") for fault in faults)


def test_a_missing_mark_is_a_warning_of_the_database_check(monkeypatch):
    monkeypatch.setattr(
        "district.tenancy.catalogue.LEAKPROOF",
        (*LEAKPROOF, "pg_catalog.arrayoverlap(anyarray, anyarray)", "public.nowhere(text)"),
    )

    found = check_database(databases=["default"])

    assert [(message.id, message.msg.split()[0]) for message in found] == [
        ("tenancy.W101", "pg_catalog.arrayoverlap(anyarray,"),
        ("tenancy.W101", "public.nowhere(text)"),
    ]


def test_the_deploy_check_reads_the_database(capsys):
    call_command("check", databases=["default"])

    assert "no issues" in capsys.readouterr().out
