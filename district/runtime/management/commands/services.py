"""`manage.py services -- <command>`: run a command beside throwaway PostgreSQL and Redis."""

import subprocess
import sys
from argparse import REMAINDER
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from district.runtime import folders
from district.runtime.processes import StartFailed
from district.runtime.services import throwaway_services


class Command(BaseCommand):
    help = "Run a command with throwaway PostgreSQL and Redis, or those the environment names."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("command", nargs=REMAINDER, help="the command and its arguments")

    def handle(self, *args: Any, **options: Any) -> None:
        command = options["command"][options["command"][:1] == ["--"] :]
        if not command:
            raise CommandError("Which command? For example: manage.py services -- pytest")
        try:
            with throwaway_services(self.stderr.write) as services:
                done = subprocess.run(command, env=services.as_owner, cwd=folders.ROOT, check=False)
        except (StartFailed, FileNotFoundError) as error:
            raise CommandError(str(error)) from error
        sys.exit(done.returncode)
