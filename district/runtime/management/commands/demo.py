"""`manage.py demo`: the whole product on one machine, with nothing installed before."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from district.runtime.demo import Demo
from district.runtime.processes import StartFailed


class Command(BaseCommand):
    help = "Run the product with believable data: services, web, worker and beat in one process."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
        parser.add_argument("--port", type=int, default=8000, help="port; 0 takes a free one")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            Demo(options["host"], options["port"], log=self._say).run()
        except StartFailed as error:
            raise CommandError(str(error)) from error

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
