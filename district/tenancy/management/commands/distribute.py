from typing import Any

import environ
import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser

from district.tenancy import distribution
from district.tenancy.catalogue import Catalogue
from district.tenancy.provisioning import at


class Command(BaseCommand):
    """Once the schema is migrated on the coordinator, and again after tables were added.

    Done twice it does nothing the second time. Interrupted, it can be run again: the tables move
    in one transaction.
    """

    help = "Spread the tables over a Citus cluster, district by district (SUPERUSER_URL)"
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only print the SQL")

    def handle(self, *args: Any, **options: Any) -> None:
        env = environ.FileAwareEnv()
        url = at(env.str("SUPERUSER_URL"), env.str("DATABASE_NAME", default="district"))
        with psycopg.connect(url, autocommit=True) as connection, connection.cursor() as cursor:
            cluster = distribution.read_cluster(cursor)
            if options["dry_run"]:
                self._print(cluster)
                return
            if found := distribution.obstacles(cursor):
                raise CommandError(" ".join(found))
            self._carry_out(connection, cursor, cluster)

    def _print(self, cluster: distribution.Cluster) -> None:
        moves = distribution.moves(cluster)
        for statement in (
            *distribution.preparation(cluster),
            *(["BEGIN", *moves, "COMMIT"] if moves else []),
            *distribution.emptying(cluster),
        ):
            self.stdout.write(f"{statement};")

    def _carry_out(
        self,
        connection: "psycopg.Connection[Any]",
        cursor: Any,
        cluster: distribution.Cluster,
    ) -> None:
        for statement in distribution.preparation(cluster):
            cursor.execute(statement)
            if refusals := [row for row in cursor.fetchall() if not row[2]]:
                raise CommandError(f"Workers refused {statement}: {refusals}")
        with connection.transaction():
            for statement in distribution.moves(cluster):
                self.stdout.write(statement)
                cursor.execute(statement)
        for statement in distribution.emptying(cluster):
            self.stdout.write(statement)
            cursor.execute(statement)
        if faults := Catalogue(cursor).faults():
            raise CommandError("; ".join(faults))
