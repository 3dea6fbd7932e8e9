"""Writing to the activity ledger: the audit trail and the outbox in one row."""

from typing import Any
from uuid import UUID

from django.db import transaction

from district import registry
from district.actors import Actor
from district.models import Activity, ApiClient, Membership
from district.tenancy.models import DistrictModel
from district.tenancy.scope import current_district_id
from district.waker import wake


def record(
    verb: str,
    *,
    subject: DistrictModel,
    by: Actor,
    organization: UUID | None = None,
    counterpart: UUID | None = None,
    data: dict[str, Any] | None = None,
) -> Activity:
    """Append what just happened, in the caller's transaction; the relay seals it after the commit.

    `organization` and `counterpart` are ids. `data` takes ids, codes and amounts only: never names,
    addresses or free text. Raises KeyError for a verb nobody declared.
    """
    if verb not in registry.verbs:
        raise KeyError(verb)
    activity = Activity.objects.create(
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        organization_id=organization,
        counterpart_id=counterpart,
        membership=by if isinstance(by, Membership) else None,
        client=by if isinstance(by, ApiClient) else None,
        data=data or {},
    )
    district_id = current_district_id()
    transaction.on_commit(lambda: wake(district_id), robust=True)
    return activity
