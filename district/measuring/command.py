"""What `bench` and `prove` share: finding measures, services of their own, the JSON line."""

import json
import logging
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from district.runtime import folders
from district.runtime.services import throwaway_services


def import_measures() -> None:
    """Let every app put its measures on the shelves."""
    for config in apps.get_app_configs():
        for module in ("measures", "probes"):
            if find_spec(f"{config.name}.{module}"):
                import_module(f"{config.name}.{module}")


class MeasuringCommand(BaseCommand):
    requires_system_checks = ()
    shelf: Mapping[str, Any]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", help="which one; none lists them all")
        parser.add_argument("--json", action="store_true", help="end with one JSON object")
        parser.add_argument("--scale", type=float, default=1.0, help="smaller or larger runs")

    def handle(self, *args: Any, **options: Any) -> None:
        logging.disable(logging.INFO)  # a line for each of a million requests helps nobody
        import_measures()
        name = options["name"]
        if name is None:
            for key, measure in sorted(self.shelf.items()):
                self.stdout.write(f"{key:20} {self.describe(measure)}")
            return
        if name not in self.shelf:
            raise CommandError(f"There is no {name!r}: choose {', '.join(sorted(self.shelf))}.")
        if settings.DISTRICT_OFFLINE:
            self._again_with_services()
        report = self.run(self.shelf[name], options["scale"])
        for key, value in report.items():
            self.stdout.write(f"{key:20} {value}")
        if options["json"]:
            self.stdout.write(json.dumps(report, ensure_ascii=False))
        if not self.holds(report):
            sys.exit(1)

    def _again_with_services(self) -> None:
        with throwaway_services(self.stderr.write) as services:
            done = subprocess.run(  # noqa: S603 - this very command again
                [sys.executable, *sys.argv], env=services.as_owner, cwd=folders.ROOT, check=False
            )
        sys.exit(done.returncode)

    def describe(self, measure: Any) -> str:
        raise NotImplementedError

    def run(self, measure: Any, scale: float) -> dict[str, Any]:
        raise NotImplementedError

    def holds(self, report: Mapping[str, Any]) -> bool:
        return True
