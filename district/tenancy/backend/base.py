"""Django's PostgreSQL backend with what composite keys and row-level security need."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.postgresql import base, features, operations

from district.tenancy.backend.creation import DatabaseCreation

PATTERNS = ("icontains", "istartswith", "iendswith")


class DatabaseFeatures(features.DatabaseFeatures):
    # The key is (district_id, id): grouping by `id` alone does not determine the row.
    allows_group_by_selected_pks = False


class DatabaseOperations(operations.DatabaseOperations):
    # The plain multi-row INSERT, not the one through UNNEST.
    compiler_module = "district.tenancy.backend.compiler"

    def lookup_cast(self, lookup_type: str, internal_type: str | None = None) -> str:
        """`icontains` and its kin compare the column itself (see DatabaseWrapper.operators)."""
        as_it_is = lookup_type[1:] if lookup_type in PATTERNS else lookup_type
        return super().lookup_cast(as_it_is, internal_type)


class DatabaseWrapper(base.DatabaseWrapper):
    # ILIKE, which provision marks LEAKPROOF, and not LIKE over UPPER(): behind a policy only the
    # former can use a trigram index.
    operators: dict[str, str] = {
        **base.DatabaseWrapper.operators,
        **dict.fromkeys(PATTERNS, "ILIKE %s"),
    }
    pattern_ops: dict[str, str] = {
        name: pattern.replace("LIKE", "ILIKE").replace("UPPER({})", "{}")
        if name in PATTERNS
        else pattern
        for name, pattern in base.DatabaseWrapper.pattern_ops.items()
    }
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    creation_class = DatabaseCreation

    @contextmanager
    def inserting_by_column(self) -> Iterator[None]:
        """Bulk inserts send an array per column: half the work, but not for a Citus cluster."""
        rows, self.ops = self.ops, operations.DatabaseOperations(self)
        try:
            yield
        finally:
            self.ops = rows
