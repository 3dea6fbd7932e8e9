import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from district.models import Activity, ActivitySeal, District
from district.relay import first_broken_seal
from district.tenancy.scope import scope


class Command(BaseCommand):
    help = "Recompute the hash chain of the activity ledger; fails where it was tampered with"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--district", help="slug; all districts without it")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        districts = District.objects.order_by("slug")
        if options["district"]:
            districts = districts.filter(slug=options["district"])
            if not districts:
                raise CommandError(f"There is no district {options['district']}.")
        found = [_verified(district) for district in districts]
        if options["json"]:
            whole = all(row["broken_at"] is None for row in found)
            self.stdout.write(json.dumps({"whole": whole, "districts": found}))
        else:
            for row in found:
                self.stdout.write(_line(row))
        broken = [row for row in found if row["broken_at"] is not None]
        if broken:
            raise CommandError(
                "; ".join(f"{row['district']}: broken at seal {row['broken_at']}" for row in broken)
            )


def _verified(district: District) -> dict[str, Any]:
    """What one ledger holds, and where its chain breaks, if it does."""
    broken = first_broken_seal(district.pk)
    with scope(district.pk):
        activities, seals = Activity.objects.count(), ActivitySeal.objects.count()
        last = ActivitySeal.objects.order_by("-number").first()
    return {
        "district": district.slug,
        "activities": activities,
        "seals": seals,
        "unsealed": max(activities - seals, 0),
        "head": last.hash if last else "",
        "broken_at": broken,
    }


def _line(row: dict[str, Any]) -> str:
    state = "whole" if row["broken_at"] is None else f"BROKEN at seal {row['broken_at']}"
    counts = f"{row['activities']} activities, {row['seals']} sealed, {row['unsealed']} waiting"
    return f"{row['district']}: {counts}; {state} {row['head'][:12]}".rstrip()
