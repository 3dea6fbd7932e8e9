"""Django's PostgreSQL backend with what composite primary keys need."""

from django.db.backends.postgresql import base, features, operations

from district.tenancy.backend.creation import DatabaseCreation


class DatabaseFeatures(features.DatabaseFeatures):
    # The key is (district_id, id): grouping by `id` alone does not determine the row.
    allows_group_by_selected_pks = False


class DatabaseOperations(operations.DatabaseOperations):
    # The plain multi-row INSERT, not the one through UNNEST.
    compiler_module = "district.tenancy.backend.compiler"


class DatabaseWrapper(base.DatabaseWrapper):
    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    creation_class = DatabaseCreation
