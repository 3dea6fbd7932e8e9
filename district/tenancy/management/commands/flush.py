from typing import Any

from django.core.management.commands import flush

from district.tenancy.roles import as_owner


class Command(flush.Command):
    """Emptying tables is the owner's right."""

    def handle(self, **options: Any) -> None:
        with as_owner(options["database"]):
            super().handle(**options)
