"""Searches that found nothing, kept as demand that was not met."""

from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from district.activity import record
from district.actors import Actor, organization_id
from spaces.models import UnmetSearch


@dataclass(frozen=True)
class Wanted:
    """What was looked for in vain, as far as it is kept."""

    first_day: date
    last_day: date
    from_minute: int
    to_minute: int
    minutes: int
    people: int
    features: list[str]
    building_id: UUID | None


@transaction.atomic
def count_unmet(wish: Wanted, *, by: Actor) -> UnmetSearch:
    """Keep it, once a day for each organisation and wish, however often the page is shown."""
    facts = {**asdict(wish), "organization_id": organization_id(by)}
    facts["asked_on"] = timezone.localdate()
    UnmetSearch.objects.bulk_create([UnmetSearch(**facts)], ignore_conflicts=True)
    return UnmetSearch.objects.get(**facts)


@transaction.atomic
def tell_unmet(wish: Wanted, *, by: Actor) -> UnmetSearch:
    """Let the operator know of it: once, however often the button is pressed."""
    row = UnmetSearch.objects.locked().get(pk=count_unmet(wish, by=by).pk)
    if not row.told:
        row.told = True
        row.save(update_fields=["told"])
        record("unmet_search.told", subject=row, by=by)
    return row
