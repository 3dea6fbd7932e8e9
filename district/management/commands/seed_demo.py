from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from district.demo.build import build_district
from district.demo.plans import LOG_INS, PASSWORD, PLANS
from district.models import District
from district.tenancy.roles import as_owner


class Command(BaseCommand):
    """Migrates where that is due; districts that exist already are left as they are."""

    help = "Fill the demo districts and print their log-ins"

    def handle(self, *args: Any, **options: Any) -> None:
        if _is_behind():
            call_command("migrate", verbosity=0)
        for plan in PLANS:
            if not District.objects.filter(slug=plan["district"]["slug"]).exists():
                build_district(plan)
        self.stdout.write(f"Log-ins, all with the password {PASSWORD}:")
        for entry in LOG_INS:
            places = ", ".join(f"{slug} ({role[1]})" for slug, role in entry["roles"].items())
            self.stdout.write(f"  {entry['email']:24} {places}")


def _is_behind() -> bool:
    with as_owner():
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
