"""The SQL that puts the schema on a Citus cluster: what it covers and in which order."""

import re
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from district.tenancy.distribution import (
    Cluster,
    Key,
    emptying,
    moves,
    obstacles,
    preparation,
    read_cluster,
    targets_first,
)
from district.tenancy.provisioning import BACKUP, EXTENSIONS, LEAKPROOF, ROLES
from district.tenancy.tables import reference_models, tenant_tables

pytestmark = pytest.mark.django_db

MOVE = re.compile(r"SELECT create_(?:distributed|reference)_table\('(\w+)'")


@pytest.fixture
def cluster():
    """This very database, as a coordinator on which nothing has been distributed."""
    with connection.cursor() as cursor:
        return read_cluster(cursor)


@pytest.fixture
def finished(cluster):
    return replace(cluster, distributed={*cluster.tenants, *cluster.references}, propagates=True)


def positions(statements, pattern):
    return [place for place, text in enumerate(statements) if re.match(pattern, text)]


def test_every_table_of_a_district_moves_once(cluster):
    moved = [match[1] for text in moves(cluster) if (match := MOVE.match(text))]

    assert sorted(moved) == sorted(
        [*tenant_tables(), *(model._meta.db_table for model in reference_models())]
    )


def test_reference_tables_are_copied_before_the_others_move(cluster):
    statements = moves(cluster)

    copies = positions(statements, "SELECT create_reference_table")

    assert [MOVE.match(statements[place])[1] for place in copies] == [
        "district_district",
        "accounts_user",
        "accounts_userdistrict",
    ]
    assert max(copies) < min(positions(statements, "SELECT create_distributed_table"))


def test_every_key_is_dropped_before_and_added_after_all_moves(cluster):
    statements = moves(cluster)
    drops = positions(statements, r"ALTER TABLE \w+ DROP CONSTRAINT")
    adds = positions(statements, r"ALTER TABLE \w+ ADD CONSTRAINT")
    moving = positions(statements, "SELECT create_")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND conrelid::regclass::text "
            "= ANY(%s)",
            [[*cluster.tenants, *cluster.references]],
        )
        (expected,) = cursor.fetchone()

    assert len(drops) == len(adds) == expected > 100
    assert max(drops) < min(moving)
    assert max(moving) < min(adds)


def test_what_is_added_is_what_was_dropped(cluster):
    statements = moves(cluster)
    dropped = {text.replace("DROP", "ADD") for text in statements if " DROP CONSTRAINT " in text}
    added = {text.partition(" FOREIGN KEY")[0] for text in statements if " ADD CONSTRAINT " in text}

    assert added == dropped
    assert (
        'ALTER TABLE spaces_occupancy ADD CONSTRAINT "spaces_occupancy_leaf_fk" FOREIGN KEY '
        "(district_id, space_id, is_leaf) REFERENCES spaces_space(district_id, id, is_leaf)"
    ) in statements


def test_all_tables_lie_beside_the_first(cluster):
    first, *others = [text for text in moves(cluster) if "create_distributed_table" in text]
    name = MOVE.match(first)[1]

    assert first.endswith("'district_id', colocate_with => 'none')")
    assert all(text.endswith(f"'district_id', colocate_with => '{name}')") for text in others)


def test_the_setting_is_propagated_and_nothing_else_follows(cluster):
    assert moves(cluster)[-1] == (
        f"ALTER DATABASE \"{cluster.database}\" SET citus.propagate_set_commands = 'local'"
    )


def test_local_copies_are_emptied_children_first(cluster):
    order = [re.search(r"'(\w+)'", text)[1] for text in emptying(cluster)]

    assert sorted(order) == sorted([*cluster.tenants, *cluster.references])
    assert all(
        order.index(key.table) < order.index(key.target)
        for key in cluster.keys
        if key.table != key.target
    )


def test_workers_get_extensions_marks_and_roles_first(cluster):
    text = "\n".join(preparation(cluster))

    for name in (*EXTENSIONS, *LEAKPROOF, *ROLES):
        assert name in text
    assert f"ALTER ROLE {BACKUP} LOGIN NOSUPERUSER BYPASSRLS" in text
    assert all("run_command_on_workers" in line for line in preparation(cluster))


def test_a_second_time_there_is_nothing_to_do(finished):
    assert (preparation(finished), moves(finished), emptying(finished)) == ([], [], [])


def test_an_interrupted_emptying_is_finished(finished):
    left = replace(finished, stale={"district_file", "district_certification"})

    assert moves(left) == []
    assert emptying(left) == [
        "SELECT truncate_local_data_after_distributing_table('district_certification')",
        "SELECT truncate_local_data_after_distributing_table('district_file')",
    ]


def test_a_table_added_later_joins_the_others(finished):
    later = replace(finished, distributed=set(finished.distributed) - {"district_certification"})

    statements = moves(later)

    first = finished.tenants[0]
    moved = [text for text in statements if text.startswith("SELECT")]
    assert moved == [
        "SELECT create_distributed_table('district_certification', 'district_id', "
        f"colocate_with => '{first}')"
    ]
    assert all("district_certification" in text for text in statements)


def test_names_are_quoted():
    cluster = Cluster(
        database='a"b', tenants=["t"], references=[], keys=[Key("t", 'k"', "t", "FOREIGN KEY (x)")]
    )

    assert 'ALTER TABLE t DROP CONSTRAINT "k"""' in moves(cluster)
    assert moves(cluster)[-1].startswith('ALTER DATABASE "a""b" SET')


def test_keys_in_a_circle_are_refused():
    keys = [Key("a", "k", "b", ""), Key("b", "l", "a", "")]

    with pytest.raises(ValueError, match="circle: a, b"):
        targets_first(["a", "b"], keys)


def test_a_plain_server_is_refused(monkeypatch):
    with connection.cursor() as cursor:
        assert obstacles(cursor) == ["The database has no citus extension."]


def test_the_command_prints_the_sql_and_refuses_to_run_without_a_cluster(monkeypatch, capsys):
    name = connection.settings_dict["NAME"]
    host = connection.settings_dict["OPTIONS"].get("host") or connection.settings_dict["HOST"]
    monkeypatch.setenv("SUPERUSER_URL", f"postgresql://district_owner@/x?host={host}")
    monkeypatch.setenv("DATABASE_NAME", name)

    call_command("distribute", dry_run=True)

    printed = capsys.readouterr().out.splitlines()
    assert printed.count("BEGIN;") == printed.count("COMMIT;") == 1
    assert "SELECT create_reference_table('district_district');" in printed
    with pytest.raises(CommandError, match="no citus extension"):
        call_command("distribute")
