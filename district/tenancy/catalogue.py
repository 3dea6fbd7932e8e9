"""What PostgreSQL's own catalogue says of every tenant table; the last word on isolation."""

from collections.abc import Iterator
from typing import Any, Final

from district.tenancy.operations import POLICY, PUBLISHED, foreign_key
from district.tenancy.provisioning import APPLICATION, BACKUP, LEAKPROOF, OWNER
from district.tenancy.tables import (
    append_only_tables,
    district_links,
    published_tables,
    reference_models,
    tenant_models,
)

# As pg_get_expr spells what operations.Isolate writes.
CONDITION: Final = (
    "(district_id = (NULLIF(current_setting('app.district_id'::text, true), ''::text))::bigint)"
)
PUBLISHED_CONDITION: Final = (
    "((current_setting('app.reading'::text, true) = 'published'::text) AND {column})"
)
READ_AND_ADD: Final = {"SELECT", "INSERT"}
ALL_ROWS: Final = {*READ_AND_ADD, "UPDATE", "DELETE"}

TABLES: Final = """
SELECT c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relispartition,
       c.relkind = 'p'
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'district_id'
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
  AND NOT a.attisdropped AND c.relname <> ALL(%s)
ORDER BY c.relname
"""
POLICIES: Final = """
SELECT polname, polcmd::text, polpermissive, polroles = '{0}',
       pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
FROM pg_policy WHERE polrelid = %s ORDER BY polname
"""
REFERENCES: Final = """
SELECT k.conname, target.relname, k.condeferrable, k.confdeltype::text,
       EXISTS (
         SELECT 1 FROM unnest(k.conkey, k.confkey) AS pair(here, there)
         JOIN pg_attribute h ON h.attrelid = k.conrelid AND h.attnum = pair.here
         JOIN pg_attribute t ON t.attrelid = k.confrelid AND t.attnum = pair.there
         WHERE h.attname = 'district_id' AND t.attname = 'district_id')
FROM pg_constraint k JOIN pg_class target ON target.oid = k.confrelid
WHERE k.contype = 'f' AND k.conparentid = 0 AND k.conrelid = %s ORDER BY k.conname
"""
FROM_OUTSIDE: Final = """
SELECT k.conname, k.conrelid::regclass::text FROM pg_constraint k
WHERE k.contype = 'f' AND k.confrelid = %s
  AND NOT EXISTS (SELECT 1 FROM pg_attribute a
                  WHERE a.attrelid = k.conrelid AND a.attname = 'district_id')
"""
PRIMARY_KEY: Final = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s AND contype = 'p'
"""
LOOSE_INDEXES: Final = """
SELECT i.indexrelid::regclass::text FROM pg_index i
LEFT JOIN pg_constraint x ON x.conindid = i.indexrelid AND x.contype = 'x'
WHERE i.indrelid = %(table)s AND (i.indisunique OR i.indisexclusion)
  AND NOT EXISTS (
    SELECT 1 FROM generate_series(0, i.indnkeyatts - 1) AS place
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[place]
    LEFT JOIN pg_operator o ON o.oid = x.conexclop[place + 1]
    WHERE a.attname = 'district_id' AND (x.oid IS NULL OR o.oprname = '='))
"""
GRANTS: Final = """
SELECT coalesce(r.rolname, 'PUBLIC'), array_agg(DISTINCT acl.privilege_type)
FROM (
  SELECT (aclexplode(relacl)).* FROM pg_class WHERE oid = %(table)s
  UNION ALL
  SELECT (aclexplode(attacl)).* FROM pg_attribute WHERE attrelid = %(table)s
) acl LEFT JOIN pg_roles r ON r.oid = acl.grantee
WHERE acl.grantee <> (SELECT relowner FROM pg_class WHERE oid = %(table)s)
GROUP BY 1 ORDER BY 1
"""
ATTACHED: Final = """
SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgrelid = %(table)s AND NOT tgisinternal
UNION ALL
SELECT DISTINCT CASE WHEN v.oid = %(table)s THEN 'rule ' || r.rulename
                     ELSE 'view ' || v.oid::regclass::text END
FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class
WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass
  AND d.refobjid = %(table)s
"""
DEFINERS: Final = """
SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
                  AND d.objid = p.oid AND d.deptype = 'e')
"""
ROLES: Final = """
SELECT rolname, rolsuper, rolbypassrls, rolcreaterole,
       EXISTS (SELECT 1 FROM pg_auth_members m WHERE m.member = r.oid)
FROM pg_roles r WHERE rolname = ANY(%s) ORDER BY rolname
"""
OWNED: Final = """
SELECT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_shdepend d
WHERE d.refclassid = 'pg_authid'::regclass AND d.deptype = 'o'
  AND d.refobjid = (SELECT oid FROM pg_roles WHERE rolname = %s)
  AND d.dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
"""


class Catalogue:
    """Reads the catalogue of one database through a cursor, its own or the caller's."""

    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor
        self.models = {model._meta.db_table: model for model in tenant_models()}
        self.above = [model._meta.db_table for model in reference_models()]

    def faults(self) -> list[str]:
        """Everything by which one district could reach another's rows; empty when all is well."""
        found = [*self._roles(), *self._functions()]
        for oid, name, *security, is_partition, is_partitioned in self._rows(TABLES, [self.above]):
            if is_partition:
                found += self._grants(oid, name, set())
                continue
            found += self._security(oid, name, security)
            found += self._primary_key(oid, name, is_partitioned)
            found += self._references(oid, name)
            found += self._indexes(oid, name)
            found += self._grants(oid, name, self._rights(name))
            found += [f"{name}: {thing}" for (thing,) in self._rows(ATTACHED, {"table": oid})]
        return found

    def not_leakproof(self) -> list[str]:
        """Functions of searches that are not marked, so that no index is used behind a policy."""
        marked = self._rows(
            "SELECT name, coalesce(p.proleakproof, false) FROM unnest(%s::text[]) AS name "
            "LEFT JOIN pg_proc p ON p.oid = to_regprocedure(name) ORDER BY name",
            [list(LEAKPROOF)],
        )
        return [name for name, is_marked in marked if not is_marked]

    def _rows(self, statement: str, parameters: Any = None) -> list[tuple[Any, ...]]:
        self.cursor.execute(statement, parameters)
        return list(self.cursor.fetchall())

    def _roles(self) -> Iterator[str]:
        for name, *powers in self._rows(ROLES, [[APPLICATION, OWNER]]):
            for power, word in zip(
                powers, ("SUPERUSER", "BYPASSRLS", "CREATEROLE", "membership"), strict=True
            ):
                if power:
                    yield f"{name} has {word}"
        for (thing,) in self._rows(OWNED, [APPLICATION]):
            yield f"{APPLICATION} owns {thing}"

    def _functions(self) -> Iterator[str]:
        for (name,) in self._rows(DEFINERS):
            yield f"{name} is SECURITY DEFINER"

    def _security(self, oid: int, name: str, security: list[bool]) -> Iterator[str]:
        if name not in self.models:
            yield f"{name} has a district_id but is no tenant model"
        if security != [True, True]:
            yield f"{name}: row-level security is not enabled and forced"
        expected: list[tuple[Any, ...]] = [(POLICY, "*", True, True, CONDITION, CONDITION)]
        if column := published_tables().get(name):
            condition = PUBLISHED_CONDITION.format(column=column)
            expected.append((PUBLISHED, "r", True, True, condition, None))
        if self._rows(POLICIES, [oid]) != expected:
            yield f"{name}: the policies are not the one that separates districts"

    def _primary_key(self, oid: int, name: str, is_partitioned: bool) -> Iterator[str]:
        begins = "PRIMARY KEY (district_id, " if is_partitioned else "PRIMARY KEY (district_id, id)"
        if not any(text.startswith(begins) for (text,) in self._rows(PRIMARY_KEY, [oid])):
            yield f"{name}: the primary key is not (district_id, id)"

    def _references(self, oid: int, name: str) -> Iterator[str]:
        found = self._rows(REFERENCES, [oid])
        for key, target, is_deferrable, on_delete, carries_district in found:
            if target in self.above:
                continue
            if target not in self.models:
                yield f"{name}: {key} refers to {target}, which is no reference table"
            elif not carries_district:
                yield f"{name}: {key} does not carry the district"
            elif is_deferrable:
                yield f"{name}: {key} is deferrable"
            elif on_delete in {"n", "d"}:
                yield f"{name}: {key} would set the district to NULL"
        kept = {key for key, *_ in found}
        for field in district_links(self.models[name]) if name in self.models else ():
            if foreign_key(field) not in kept:
                yield f"{name}: {field.name} has no foreign key"
        for key, table in self._rows(FROM_OUTSIDE, [oid]):
            yield f"{name}: {key} of {table} refers to it without a district"

    def _indexes(self, oid: int, name: str) -> Iterator[str]:
        for (index,) in self._rows(LOOSE_INDEXES, {"table": oid}):
            yield f"{name}: {index} compares rows of different districts"

    def _rights(self, name: str) -> set[str]:
        return READ_AND_ADD if name in append_only_tables() else ALL_ROWS

    def _grants(self, oid: int, name: str, rights: set[str]) -> Iterator[str]:
        granted = {role: set(held) for role, held in self._rows(GRANTS, {"table": oid})}
        allowed = {APPLICATION: rights, BACKUP: {"SELECT"}}
        for role, held in granted.items():
            for right in sorted(held - allowed.get(role, set())):
                yield f"{name}: {role} has {right}"
        for right in sorted(rights - granted.get(APPLICATION, set())):
            yield f"{name}: {APPLICATION} lacks {right}"
