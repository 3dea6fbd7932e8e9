"""`manage.py texts`: bring the catalogue of translations up to date, check it, or compile it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from district.runtime import texts


class Command(BaseCommand):
    help = "Bring the catalogue of translations up to date with the code and the templates."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", nargs="?", choices=["update", "compile"], default="update")
        parser.add_argument(
            "--check", action="store_true", help="change nothing; fail where something is amiss"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "compile":
            texts.compile_all()
            return
        asked = texts.used(texts.PACKAGES, texts.TEMPLATES)
        kept = texts.CATALOGUE.read_text() if texts.CATALOGUE.exists() else ""
        known = texts.parse(kept)
        wanted = texts.render(texts.renewed(asked, known))
        if options["check"]:
            self._check(list(texts.findings(asked, known)), in_order=kept == wanted)
        else:
            texts.CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
            texts.CATALOGUE.write_text(wanted)
            for line in texts.findings(asked, texts.parse(wanted)):
                self.stdout.write(line)

    def _check(self, lines: list[str], *, in_order: bool) -> None:
        if not in_order:
            lines.append("The catalogue is not as `manage.py texts` writes it.")
        if lines:
            raise CommandError("\n".join(lines))
