"""Acting as the owner of the tables: migrations, test databases, maintenance; never requests."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from district.runtime.addresses import database


@contextmanager
def as_owner(alias: str = "default") -> Iterator[None]:
    """The connection reconnects as the owner, to the same database, and comes back afterwards.

    Raises ImproperlyConfigured where this process was not given the owner's address.
    """
    if not settings.DATABASE_OWNER_URL:
        raise ImproperlyConfigured(
            "DATABASE_OWNER_URL is not set: only processes that change tables are given it."
        )
    connection = connections[alias]
    mine = connection.settings_dict
    owner = database(settings.DATABASE_OWNER_URL)
    before = {key: mine[key] for key in ("USER", "PASSWORD", "OPTIONS")}
    connection.close()
    mine.update({key: owner[key] for key in ("USER", "PASSWORD", "OPTIONS")})
    try:
        yield
    finally:
        connection.close()
        mine.update(before)
