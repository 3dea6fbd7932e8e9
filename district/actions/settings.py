"""What the operator decides about the district as a whole, and about its communities."""

from collections.abc import Sequence

from django.db import transaction

from district.activity import record
from district.models import Community, District, Membership

CODES = ("language", "time_zone", "currency", "modules")


@transaction.atomic
def save_settings(district: District, changed: Sequence[str], *, by: Membership) -> District:
    """`changed` names the fields; the ledger keeps these names, and the new values of codes."""
    if not changed:
        return district
    district.save(update_fields=list(changed))
    values = {name: getattr(district, name) for name in changed if name in CODES}
    record(
        "settings.changed",
        subject=by.organization,
        by=by,
        organization=by.organization_id,
        data={"fields": sorted(changed), **values},
    )
    return district


@transaction.atomic
def save_community(community: Community, *, by: Membership) -> Community:
    verb = "community.created" if community._state.adding else "community.changed"
    community.save()
    record(verb, subject=community, by=by, organization=by.organization_id)
    return community
