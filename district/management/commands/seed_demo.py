from typing import Any

from django.core.management.base import BaseCommand

from district.demo.build import build_district
from district.demo.plans import LOG_INS, PASSWORD, PLANS
from district.models import District


class Command(BaseCommand):
    """Repeatable: districts that exist already are left as they are."""

    help = "Fill the demo districts and print their log-ins"

    def handle(self, *args: Any, **options: Any) -> None:
        for plan in PLANS:
            if not District.objects.filter(slug=plan["district"]["slug"]).exists():
                build_district(plan)
        self.stdout.write(f"Log-ins, all with the password {PASSWORD}:")
        for entry in LOG_INS:
            places = ", ".join(f"{slug} ({role[1]})" for slug, role in entry["roles"].items())
            self.stdout.write(f"  {entry['email']:24} {places}")
