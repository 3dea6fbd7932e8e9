from random import Random
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from district import registry
from district.demo.build import Build
from district.demo.plans import LOG_INS, PASSWORD, PLANS
from district.models import District
from district.tenancy.scope import scope


class Command(BaseCommand):
    """Repeatable: districts that exist already are left as they are."""

    help = "Fill the demo districts and print their log-ins"

    def handle(self, *args: Any, **options: Any) -> None:
        for plan in PLANS:
            if not District.objects.filter(slug=plan["district"]["slug"]).exists():
                self._fill(plan)
        self.stdout.write(f"Log-ins, all with the password {PASSWORD}:")
        for entry in LOG_INS:
            places = ", ".join(f"{slug} ({role[1]})" for slug, role in entry["roles"].items())
            self.stdout.write(f"  {entry['email']:24} {places}")

    def _fill(self, plan: Any) -> None:
        district = District.objects.create(**plan["district"])
        with scope(district.pk), translation.override(district.language):
            build = Build(
                district=district,
                plan=plan,
                today=timezone.localdate(timezone=district.zone),
                random=Random(district.slug),  # noqa: S311 - repeatable, not secret
            )
            for part in sorted(registry.demo, key=lambda part: part.order):
                part.fill(build)
