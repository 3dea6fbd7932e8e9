"""What a database was brought up to date with, written on the database itself as its comment.

So a start where nothing changed costs one look, not a process that loads all models.
"""

import hashlib
from contextlib import suppress

import psycopg
from psycopg import errors, sql

from .folders import ROOT

PACKAGES = ("district", "spaces")


def fingerprint() -> str:
    """Of everything that makes tables or demo data."""
    digest = hashlib.sha256()
    paths = {
        path
        for package in PACKAGES
        for part in ("migrations", "demo")
        for path in (ROOT / package).rglob(f"{part}/**/*.py")
    }
    for path in sorted(paths):
        digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return f"prepared by {digest.hexdigest()}"


def is_done(database_url: str) -> bool:
    """Whether this very code has prepared the database before."""
    comment = (
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
        " WHERE datname = current_database()"
    )
    with psycopg.connect(database_url) as connection:
        return connection.execute(comment).fetchone() == (fingerprint(),)


def mark_done(database_url: str) -> None:
    """For the owner of the database; without effect on one that somebody else made."""
    note = sql.SQL("COMMENT ON DATABASE {} IS {}")
    with suppress(errors.InsufficientPrivilege), psycopg.connect(database_url) as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(note.format(name, sql.Literal(fingerprint())))
