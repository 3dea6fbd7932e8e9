from typing import Any

import environ
from django.core.management.base import BaseCommand

from district.tenancy.provisioning import provision


class Command(BaseCommand):
    """Once per installation, with the superuser's address in SUPERUSER_URL."""

    help = "Make the three database roles, the database and its extensions"
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        env = environ.FileAwareEnv()
        provision(
            env.str("SUPERUSER_URL"),
            env.str("DATABASE_NAME", default="district"),
            application_password=env.str("APPLICATION_PASSWORD"),
            owner_password=env.str("OWNER_PASSWORD"),
            backup_password=env.str("BACKUP_PASSWORD"),
        )
        self.stdout.write("The roles and the database are ready.")
