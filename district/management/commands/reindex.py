from typing import Any

from django.core.management.base import BaseCommand

from district.models import District
from district.searching import reindex_all
from district.tenancy.scope import scope


class Command(BaseCommand):
    """Needed only after rows were changed behind the back of the activity ledger."""

    help = "Make the search index of every district anew"

    def handle(self, *args: Any, **options: Any) -> None:
        for district in District.objects.order_by("slug"):
            with scope(district.pk):
                reindex_all()
            self.stdout.write(f"{district.slug}: done")
