"""A process that serves people must not be able to look past the policies, or it does not start."""

from typing import Final

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

# Each counts also where the role has it only through another role that it is a member of.
FINDINGS: Final = {
    "is a superuser": "pg_roles WHERE rolsuper AND pg_has_role(current_user, oid, 'MEMBER')",
    "has BYPASSRLS": "pg_roles WHERE rolbypassrls AND pg_has_role(current_user, oid, 'MEMBER')",
    "owns tables": (
        "pg_class WHERE relkind IN ('r', 'p') AND relrowsecurity "
        "AND pg_has_role(current_user, relowner, 'MEMBER')"
    ),
}


def refuse_powerful_role() -> None:
    """Raises ImproperlyConfigured where the role of DATABASE_URL is more than the application's."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        role = cursor.fetchone()[0]
        for finding, rows in FINDINGS.items():
            cursor.execute(f"SELECT EXISTS (SELECT FROM {rows})")  # noqa: S608 - of our own words
            if cursor.fetchone()[0]:
                raise ImproperlyConfigured(
                    f"DATABASE_URL: the role {role} {finding}, so the isolation of districts would "
                    "not hold for it. Use the application role that `manage.py provision` makes."
                )
