"""What `makemigrations` writes when tenant models change, and the SQL that comes of it."""

import pytest
from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ProjectState

from district.tenancy.autodetector import DistrictAutodetector
from district.tenancy.models import DistrictForeignKey

REFERENCE = 'REFERENCES "district_file" (district_id, id)'


@pytest.fixture
def now():
    return ProjectState.from_apps(apps)


def detected(before, after):
    """The one migration of the change, whatever is asked being answered with yes."""
    questioner = MigrationQuestioner(
        defaults={"ask_rename": True, "ask_rename_model": True}, specified_apps={"district"}
    )
    detector = DistrictAutodetector(before, after, questioner)
    changes = detector.changes(MigrationLoader(None).graph, trim_to_apps={"district"})
    (migration,) = changes["district"]
    return migration


def told(migration):
    return [
        (type(operation).__name__, getattr(operation, "name", operation.deconstruct()[2]))
        for operation in migration.operations
    ]


def sql_of(migration, before):
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        migration.apply(before.clone(), editor, collect_sql=True)
    return "\n".join(editor.collected_sql)


def names(migration):
    return [type(operation).__name__ for operation in migration.operations]


def test_no_change_writes_nothing(now):
    detector = DistrictAutodetector(now, now.clone(), MigrationQuestioner())

    assert detector.changes(MigrationLoader(None).graph) == {}


@pytest.mark.django_db
def test_a_new_model_is_isolated_after_it_is_made(now):
    before = now.clone()
    before.remove_model("district", "certification")

    migration = detected(before, now)
    sql = sql_of(migration, before)

    kinds = names(migration)
    assert kinds.index("Isolate") > kinds.index("CreateModel")
    assert kinds[-2:] == ["AddIsolatedForeignKey", "AddIsolatedForeignKey"]
    assert "PRIMARY KEY (district_id, id)" in sql
    assert "FORCE ROW LEVEL SECURITY" in sql
    assert 'FOREIGN KEY (district_id, "file_id") ' + REFERENCE in sql


@pytest.mark.django_db
def test_an_append_only_model_gets_no_more_rights(now):
    before = now.clone()
    before.remove_model("district", "activityseal")

    sql = sql_of(detected(before, now), before)

    assert 'GRANT SELECT, INSERT ON "district_activityseal" TO district_app' in sql


@pytest.mark.django_db
def test_a_published_model_gets_the_policy_for_it(now):
    before = now.clone()
    before.remove_model("district", "certification")
    migration = detected(before, now)

    migration.operations[-3].published = "is_open"

    assert "CREATE POLICY published" in sql_of(migration, before)


@pytest.mark.django_db
def test_a_new_reference_gets_its_key(now):
    before = now.clone()
    before.remove_field("district", "job", "source")

    migration = detected(before, now)

    assert told(migration) == [("AddField", "source"), ("AddIsolatedForeignKey", "source")]
    assert 'ADD CONSTRAINT "district_job_source_id_fk" ' in sql_of(migration, before)


@pytest.mark.django_db
def test_a_reference_that_goes_loses_its_key_first(now):
    after = now.clone()
    after.remove_field("district", "job", "source")

    migration = detected(now, after)

    assert told(migration) == [("RemoveIsolatedForeignKey", "source"), ("RemoveField", "source")]
    assert 'DROP CONSTRAINT "district_job_source_id_fk"' in sql_of(migration, now)


@pytest.mark.django_db
def test_a_reference_to_something_else_gets_another_key(now):
    after = now.clone()
    other = DistrictForeignKey(
        "district.Organization", models.PROTECT, null=True, blank=True, related_name="+"
    )
    after.alter_field("district", "job", "source", other, preserve_default=True)

    migration = detected(now, after)
    sql = sql_of(migration, now)

    assert told(migration) == [
        ("RemoveIsolatedForeignKey", "source"),
        ("AlterField", "source"),
        ("AddIsolatedForeignKey", "source"),
    ]
    assert 'REFERENCES "district_organization" (district_id, id)' in sql


def test_a_reference_that_may_be_empty_keeps_its_key(now):
    after = now.clone()
    optional = DistrictForeignKey(
        "district.Organization", models.PROTECT, null=True, related_name="certifications"
    )
    after.alter_field("district", "certification", "organization", optional, preserve_default=True)

    assert told(detected(now, after)) == [("AlterField", "organization")]


@pytest.mark.django_db
def test_a_reference_by_another_name_has_its_key_by_that_name(now):
    before = now.clone()
    before.rename_field("district", "job", "source", "origin")

    migration = detected(before, now)
    sql = sql_of(migration, before)

    assert names(migration) == [
        "RemoveIsolatedForeignKey",
        "RenameField",
        "AddIsolatedForeignKey",
    ]
    assert 'DROP CONSTRAINT "district_job_origin_id_fk"' in sql
    assert 'ADD CONSTRAINT "district_job_source_id_fk"' in sql


@pytest.mark.django_db
def test_a_model_by_another_name_has_its_keys_by_that_name(now):
    before = now.clone()
    before.rename_model("district", "Certification", "Certificate")

    migration = detected(before, now)
    sql = sql_of(migration, before)

    kinds = names(migration)
    assert kinds[:2] == ["RemoveIsolatedForeignKey", "RemoveIsolatedForeignKey"]
    assert kinds[-2:] == ["AddIsolatedForeignKey", "AddIsolatedForeignKey"]
    assert "Isolate" not in kinds
    assert 'DROP CONSTRAINT "district_certificate_file_id_fk"' in sql
    assert 'ADD CONSTRAINT "district_certification_file_id_fk"' in sql


@pytest.mark.django_db
def test_a_model_that_goes_takes_its_keys_along(now):
    after = now.clone()
    after.remove_model("district", "certification")

    migration = detected(now, after)

    assert told(migration)[-1] == ("DeleteModel", "Certification")
    assert 'DROP TABLE "district_certification"' in sql_of(migration, now)
