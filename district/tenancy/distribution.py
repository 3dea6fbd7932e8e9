"""The same schema on a Citus cluster: tenant tables by district, reference tables on every node.

`preparation`, `moves` and `emptying` write SQL from what they are told of a cluster, so that it can
be read and tested without one.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from district.tenancy.provisioning import (
    APPLICATION,
    BACKUP,
    EXTENSIONS,
    LEAKPROOF,
    OWNER,
    ROLES,
)
from district.tenancy.tables import reference_models, tenant_models

PROPAGATION: Final = "citus.propagate_set_commands"


@dataclass(frozen=True)
class Key:
    """A foreign key, as pg_get_constraintdef spells it."""

    table: str
    name: str
    target: str
    definition: str


@dataclass(frozen=True)
class Cluster:
    """What is there: tables with their keys, and what was distributed before.

    `stale` are distributed tables whose rows from before still lie on the coordinator.
    """

    database: str
    tenants: Sequence[str]
    references: Sequence[str]
    keys: Sequence[Key]
    distributed: Collection[str] = ()
    stale: Collection[str] = ()
    propagates: bool = False

    @property
    def moving(self) -> set[str]:
        return {*self.references, *self.tenants} - set(self.distributed)


def preparation(cluster: Cluster) -> list[str]:
    """What workers need before they get a table, each statement on its own.

    Extensions, marks, roles and rights; passwords go over as the hashes they are kept as.
    """
    if not cluster.moving:
        return []
    everywhere = (
        *(f"CREATE EXTENSION IF NOT EXISTS {name}" for name in EXTENSIONS),
        *(f"ALTER FUNCTION {name} LEAKPROOF" for name in LEAKPROOF),
        *(_role(name) for name in ROLES),
        *(f"ALTER ROLE {name} LOGIN {options}" for name, options in ROLES.items()),
        f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}",
        f"GRANT USAGE ON SCHEMA public TO {APPLICATION}, {BACKUP}",
    )
    return [
        *(f"SELECT * FROM run_command_on_workers({_literal(text)})" for text in everywhere),
        "SELECT sent.* FROM pg_authid, run_command_on_workers(format('ALTER ROLE %I PASSWORD %L', "
        f"rolname, rolpassword)) AS sent WHERE rolname IN ({', '.join(map(_literal, ROLES))}) "
        "AND rolpassword IS NOT NULL",
    ]


def moves(cluster: Cluster) -> list[str]:
    """Puts what is left on the cluster, all in one transaction; nothing when all is there.

    Every foreign key of a table that moves is dropped before anything moves, and added again after
    everything has.
    """
    moving = cluster.moving
    keys = [key for key in cluster.keys if {key.table, key.target} & moving]
    statements = [
        *(f"ALTER TABLE {key.table} DROP CONSTRAINT {_quoted(key.name)}" for key in keys),
        *(
            f"SELECT create_reference_table('{name}')"
            for name in cluster.references
            if name in moving
        ),
        *_distribute(cluster),
        *(
            f"ALTER TABLE {key.table} ADD CONSTRAINT {_quoted(key.name)} {key.definition}"
            for key in keys
        ),
    ]
    if not cluster.propagates:
        # Without it the district in scope would not reach the workers.
        statements.append(f"ALTER DATABASE {_quoted(cluster.database)} SET {PROPAGATION} = 'local'")
    return statements


def emptying(cluster: Cluster) -> list[str]:
    """Removes the rows that stayed on the coordinator, children first, each on its own."""
    behind = cluster.moving | set(cluster.stale)
    order = targets_first([*cluster.references, *cluster.tenants], cluster.keys)
    return [
        f"SELECT truncate_local_data_after_distributing_table('{name}')"
        for name in reversed(order)
        if name in behind
    ]


def targets_first(tables: Sequence[str], keys: Sequence[Key]) -> list[str]:
    """The tables so ordered that each comes after those its keys refer to."""
    waiting, ordered = list(tables), list[str]()
    while waiting:
        ready = [
            name
            for name in waiting
            if not any(
                key.table == name and key.target != name and key.target in waiting for key in keys
            )
        ]
        if not ready:
            raise ValueError(f"foreign keys run in a circle: {', '.join(waiting)}")
        ordered += ready
        waiting = [name for name in waiting if name not in ready]
    return ordered


def _distribute(cluster: Cluster) -> Iterator[str]:
    """All rows of a district lie beside each other: every table is colocated with the first."""
    there = [name for name in cluster.tenants if name in cluster.distributed]
    leaving = [name for name in cluster.tenants if name not in cluster.distributed]
    first = next(iter([*there, *leaving]), "")
    for name in leaving:
        beside = "none" if name == first else first
        yield (
            f"SELECT create_distributed_table('{name}', 'district_id', colocate_with => '{beside}')"
        )


def _role(name: str) -> str:
    return (
        f"DO $do$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{name}') "
        f"THEN CREATE ROLE {name}; END IF; END $do$"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


KEYS: Final = """
SELECT here.relname, k.conname, there.relname, pg_get_constraintdef(k.oid)
FROM pg_constraint k JOIN pg_class here ON here.oid = k.conrelid
JOIN pg_class there ON there.oid = k.confrelid
WHERE k.contype = 'f' AND k.conparentid = 0 AND here.relname = ANY(%s)
ORDER BY here.relname, k.conname
"""
PROPAGATES: Final = """
SELECT EXISTS (
  SELECT 1 FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase
  WHERE d.datname = current_database() AND s.setrole = 0
    AND 'citus.propagate_set_commands=local' = ANY(s.setconfig))
"""
DISTRIBUTED: Final = """
SELECT c.relname, pg_relation_size(c.oid) > 0
FROM pg_dist_partition p JOIN pg_class c ON c.oid = p.logicalrelid
WHERE p.partmethod = 'h' OR (p.partmethod = 'n' AND p.repmodel = 't')
"""


def read_cluster(cursor: Any) -> Cluster:
    """What the coordinator's catalogue says; on a plain server nothing is distributed."""
    tenants = [model._meta.db_table for model in tenant_models()]
    references = [model._meta.db_table for model in reference_models()]
    rows = _reader(cursor)
    keys = [Key(*row) for row in rows(KEYS, [[*references, *tenants]])]
    placed = dict(rows(DISTRIBUTED)) if is_citus(cursor) else {}
    return Cluster(
        database=rows("SELECT current_database()")[0][0],
        tenants=targets_first(tenants, [key for key in keys if key.target in tenants]),
        references=references,
        keys=keys,
        distributed=set(placed),
        stale={name for name, has_rows in placed.items() if has_rows},
        propagates=rows(PROPAGATES)[0][0],
    )


def is_citus(cursor: Any) -> bool:
    return bool(_reader(cursor)("SELECT 1 FROM pg_extension WHERE extname = 'citus'"))


def obstacles(cursor: Any) -> list[str]:
    """Why this server or this role cannot distribute anything; empty when it can."""
    rows = _reader(cursor)
    if not is_citus(cursor):
        return ["The database has no citus extension."]
    found = []
    if not rows("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")[0][0]:
        found.append("Only a superuser sees the rows of every district, which are copied.")
    nodes = rows("SELECT groupid = 0 FROM pg_dist_node WHERE isactive")
    if (True,) not in nodes:
        found.append("The coordinator is not in its own metadata: citus_set_coordinator_host().")
    if (False,) not in nodes:
        found.append("No worker has been added: citus_add_node().")
    return found


def _reader(cursor: Any) -> Any:
    def rows(statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())

    return rows
