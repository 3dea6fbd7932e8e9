"""Databases that are made for one measurement and dropped after it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections
from psycopg import sql

from district.tenancy.backend.creation import end_own_sessions
from district.tenancy.roles import as_owner

TEMPLATE = f"district_scratch_{os.getpid()}"


@contextmanager
def migrated_template() -> Iterator[None]:
    """A migrated, empty database from which scratch databases are copied in a moment."""
    with _database(TEMPLATE, "template1"):
        with _connected_to(TEMPLATE):
            call_command("migrate", verbosity=0)
        yield


@contextmanager
def scratch_database() -> Iterator[None]:
    """A fresh copy; Django's connections of this process go to it while it lasts."""
    name = f"{TEMPLATE}_copy"
    with _database(name, TEMPLATE), _connected_to(name):
        yield


@contextmanager
def _database(name: str, template: str) -> Iterator[None]:
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
        sql.Identifier(name), sql.Identifier(template)
    )
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
        owner.execute(drop)
        owner.execute(create)
    try:
        yield
    finally:
        with connection.cursor() as cursor:  # clients that were killed may have left theirs
            end_own_sessions(cursor, name)
        with psycopg.connect(settings.DATABASE_OWNER_URL, autocommit=True) as owner:
            owner.execute(drop)


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    before = connection.settings_dict["NAME"]
    connections.close_all()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before


def owner_executes(*statements: str) -> None:
    """Change tables of the scratch database, as only their owner may."""
    with as_owner(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
