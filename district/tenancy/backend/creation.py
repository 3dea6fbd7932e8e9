"""Test databases: made, migrated and flushed by the owner, used as the application role."""

from typing import Any

from django.db.backends.postgresql import creation

from district.tenancy.roles import as_owner


def end_own_sessions(cursor: Any, database: str) -> None:
    """End what this role has open in a database: its owner may drop it, but not end these."""
    cursor.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE datname = %s AND usename = current_user AND pid <> pg_backend_pid()",
        [database],
    )


class DatabaseCreation(creation.DatabaseCreation):
    def create_test_db(self, *args: Any, **kwargs: Any) -> str:
        with as_owner(self.connection.alias):
            name: str = super().create_test_db(*args, **kwargs)
        return name

    def _destroy_test_db(self, test_database_name: str, verbosity: int) -> None:
        """Threads of a test may have left sessions: the role ends its own, the owner drops."""
        with self._nodb_cursor() as cursor:  # type: ignore[attr-defined]
            end_own_sessions(cursor, test_database_name)
        with as_owner(self.connection.alias):
            super()._destroy_test_db(test_database_name, verbosity)  # type: ignore[misc]
