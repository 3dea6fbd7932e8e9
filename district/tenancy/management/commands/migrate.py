from typing import Any

from django.core.management.commands import migrate

from district.tenancy.autodetector import DistrictAutodetector
from district.tenancy.roles import as_owner


class Command(migrate.Command):
    """Migrations run as the owner of the tables; the application role may not change them."""

    autodetector = DistrictAutodetector

    def handle(self, *args: Any, **options: Any) -> None:
        with as_owner(options["database"]):
            super().handle(*args, **options)

    def check(self, *args: Any, databases: Any = None, **kwargs: Any) -> None:
        """Of the code alone: what the database lacks may be what this migration brings."""
        super().check(*args, **kwargs)
