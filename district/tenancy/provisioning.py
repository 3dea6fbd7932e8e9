"""The three roles and the database, made once by a superuser."""

from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

APPLICATION, OWNER, BACKUP = "district_app", "district_owner", "district_backup"
ROLES = {
    APPLICATION: "NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE",
    OWNER: "NOSUPERUSER NOBYPASSRLS CREATEDB NOCREATEROLE",
    BACKUP: "NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE",
}
EXTENSIONS = ("btree_gist", "pg_trgm", "unaccent")

# Behind a policy PostgreSQL uses an index only for functions that cannot leak a row's content,
# say through an error. These compare text and raise nothing that names it; the risk taken is that
# a future version of one of them would. Nothing else is marked.
LEAKPROOF = (
    "pg_catalog.ts_match_vq(tsvector, tsquery)",
    "pg_catalog.texticlike(text, text)",
    "public.similarity_op(text, text)",
)


@dataclass(frozen=True)
class Urls:
    """Addresses of one database for each of the three roles."""

    application: str
    owner: str
    backup: str


def provision(
    superuser_url: str,
    database: str,
    *,
    application_password: str = "",
    owner_password: str = "",
    backup_password: str = "",
) -> Urls:
    """Make roles, database, extensions and marks; doing it again changes nothing.

    The application role owns nothing and bypasses nothing. The owner may create databases, for
    tests. template1 gets the same extensions and marks, so that test databases have them.
    """
    passwords = {
        APPLICATION: application_password,
        OWNER: owner_password,
        BACKUP: backup_password,
    }
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        for role, options in ROLES.items():
            _ensure_role(connection, role, options, passwords[role])
        _ensure_database(connection, database)
    for name in ("template1", database):
        with psycopg.connect(at(superuser_url, name), autocommit=True) as connection:
            _prepare_database(connection)
    return Urls(
        *(
            at(superuser_url, database, role, passwords[role])
            for role in (APPLICATION, OWNER, BACKUP)
        )
    )


def _ensure_role(connection: psycopg.Connection, role: str, options: str, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = "ALTER" if known else "CREATE"
    connection.execute(f"{verb} ROLE {role} LOGIN {options}".encode())
    if password:
        connection.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
        )


def _ensure_database(connection: psycopg.Connection, database: str) -> None:
    known = connection.execute(
        "SELECT 1 FROM pg_database WHERE datname = %s", [database]
    ).fetchone()
    name, owner = sql.Identifier(database), sql.Identifier(OWNER)
    if not known:
        connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(name, owner))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    connection.execute(
        sql.SQL("GRANT CONNECT ON DATABASE {} TO {}, {}").format(
            name, sql.Identifier(APPLICATION), sql.Identifier(BACKUP)
        )
    )


def _prepare_database(connection: psycopg.Connection) -> None:
    for extension in EXTENSIONS:
        connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}".encode())
    for function in LEAKPROOF:
        connection.execute(f"ALTER FUNCTION {function} LEAKPROOF".encode())
    connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    connection.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}".encode())
    connection.execute(f"GRANT USAGE ON SCHEMA public TO {APPLICATION}, {BACKUP}".encode())
    defaults = f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT"
    for grant in (
        f"SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APPLICATION}",
        f"USAGE, SELECT ON SEQUENCES TO {APPLICATION}",
        f"SELECT ON TABLES TO {BACKUP}",
        f"SELECT ON SEQUENCES TO {BACKUP}",
    ):
        connection.execute(f"{defaults} {grant}".encode())


def at(url: str, database: str, role: str = "", password: str = "") -> str:
    """The same server, another database and, if given, another role."""
    parts = urlsplit(url)
    netloc = parts.netloc
    if role:
        secret = f":{quote(password, safe='')}" if password else ""
        netloc = f"{role}{secret}@{parts.netloc.rpartition('@')[2]}"
    return urlunsplit(parts._replace(netloc=netloc, path=f"/{quote(database)}"))
