from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from district.demo.build import build_district
from district.demo.plans import PLANS
from district.models import District
from district.tenancy.roles import as_owner


class Command(BaseCommand):
    """Migrates where that is due; districts that exist already are left as they are."""

    help = "Bring the database up to date and fill the demo districts"

    def handle(self, *args: Any, **options: Any) -> None:
        if _is_behind():
            call_command("migrate", verbosity=0)
        for plan in PLANS:
            if not District.objects.filter(slug=plan["district"]["slug"]).exists():
                build_district(plan)


def _is_behind() -> bool:
    with as_owner():
        executor = MigrationExecutor(connection)
        return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
