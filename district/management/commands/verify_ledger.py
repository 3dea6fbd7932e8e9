from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from district.models import District
from district.relay import first_broken_seal


class Command(BaseCommand):
    help = "Recompute the hash chain of the activity ledger; fails where it was tampered with"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--district", help="slug; all districts without it")

    def handle(self, *args: Any, **options: Any) -> None:
        districts = District.objects.order_by("slug")
        if options["district"]:
            districts = districts.filter(slug=options["district"])
        broken = {
            district.slug: number
            for district in districts
            if (number := first_broken_seal(district.pk)) is not None
        }
        if broken:
            raise CommandError(
                "; ".join(f"{slug}: broken at seal {number}" for slug, number in broken.items())
            )
        self.stdout.write("The chain of every activity ledger is whole.")
