"""The squashed migrations, and the operation that makes them quick."""

import pytest
from django.db import connection, models
from django.db.migrations import CreateModel
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import MigrationQuestioner
from django.db.migrations.state import ProjectState

from district.tenancy.autodetector import DistrictAutodetector
from district.tenancy.operations import CreateTogether

KEY = ("id", models.BigAutoField(primary_key=True))


def test_squashed_migrations_end_where_those_they_replace_end():
    """An installation that ran each of the old ones has the same tables as a new one."""
    old = MigrationLoader(None, replace_migrations=False).graph
    ends = [node for node in old.leaf_nodes() if "_squashed_" not in node[1]]
    new = MigrationLoader(None)

    detector = DistrictAutodetector(
        old.make_state(nodes=ends), new.project_state(), MigrationQuestioner()
    )

    replaced = [migration.replaces for migration in new.graph.nodes.values()]
    assert sum(map(bool, replaced)) == 2
    assert detector.changes(new.graph) == {}


def pair() -> CreateTogether:
    """Two models that refer to each other, which Django would make in three steps."""
    return CreateTogether(
        [
            CreateModel(
                name=name,
                fields=[
                    KEY,
                    (
                        "other",
                        models.ForeignKey(f"district.{other}", models.PROTECT, related_name="+"),
                    ),
                ],
            )
            for name, other in (("Hen", "Egg"), ("Egg", "Hen"))
        ]
    )


@pytest.mark.django_db
def test_models_are_created_and_removed_together():
    before, after = ProjectState(), ProjectState()
    before.apps  # noqa: B018 - rendered, as a state is in the middle of a migration
    operation = pair()
    operation.state_forwards("district", after)

    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        operation.database_forwards("district", editor, before, after)
        operation.database_backwards("district", editor, after, before)
    sql = [statement.split("(")[0].strip() for statement in editor.collected_sql]

    assert sql[:2] == ['CREATE TABLE "district_hen"', 'CREATE TABLE "district_egg"']
    assert 'DROP TABLE "district_egg" CASCADE;' in sql
    assert sql.index('DROP TABLE "district_egg" CASCADE;') < sql.index(
        'DROP TABLE "district_hen" CASCADE;'
    )


def test_a_rendered_state_gets_the_models_as_well():
    state = ProjectState()
    state.apps  # noqa: B018

    pair().state_forwards("district", state)

    assert state.apps.get_model("district", "Hen")._meta.get_field("other").related_model is (
        state.apps.get_model("district", "Egg")
    )
