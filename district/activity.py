"""Writing to the activity ledger: the audit trail and the outbox in one row."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from district import registry
from district.actors import Actor
from district.models import Activity, ApiClient, Membership
from district.tenancy.models import DistrictModel
from district.tenancy.scope import current_district_id
from district.waker import wake

BATCH: Final = 500


def changes_of(row: DistrictModel, fields: Sequence[str]) -> dict[str, list[Any]]:
    """What saving the row would change of these fields: name to [before, after], for `data`.

    For figures, choices, dates and flags; never for names or free text.
    """
    before = type(row)._base_manager.filter(pk=row.pk).values(*fields).first() or {}
    columns = {column.name: column for column in row._meta.concrete_fields}
    after = {name: columns[name].to_python(getattr(row, name)) for name in fields}
    return {
        name: [_plain(before[name]), _plain(after[name])]
        for name in before
        if before[name] != after[name]
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def record(
    verb: str,
    *,
    subject: DistrictModel,
    by: Actor,
    organization: UUID | None = None,
    data: dict[str, Any] | None = None,
) -> Activity:
    """Append what just happened, in the caller's transaction; the relay seals it after the commit.

    `organization` is an id. `data` takes ids, codes and amounts only: never names, addresses or
    free text. Raises KeyError for a verb nobody declared.
    """
    activity = _activity(verb, subject, by, data)
    activity.organization_id = organization
    activity.save(force_insert=True)
    _wake_relay()
    return activity


def record_many(
    verb: str,
    subjects: Sequence[DistrictModel],
    *,
    by: Actor,
    organization: UUID | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """The same happened to all of these, as imports and runs do; one activity each."""
    record_each(verb, [(subject, organization, data or {}) for subject in subjects], by=by)


def record_each(
    verb: str, happened: Sequence[tuple[DistrictModel, UUID | None, dict[str, Any]]], *, by: Actor
) -> None:
    """The same happened to each subject, of the organisation and with the data beside it."""
    activities = []
    for subject, organization, data in happened:
        activity = _activity(verb, subject, by, data)
        activity.organization_id = organization
        activities.append(activity)
    Activity.objects.bulk_create(activities, batch_size=BATCH)
    _wake_relay()


def _activity(
    verb: str, subject: DistrictModel, by: Actor, data: dict[str, Any] | None
) -> Activity:
    if verb not in registry.verbs:
        raise KeyError(verb)
    return Activity(
        verb=verb,
        subject_type=subject._meta.label_lower,
        subject_id=subject.pk,
        membership=by if isinstance(by, Membership) else None,
        client=by if isinstance(by, ApiClient) else None,
        data=data or {},
    )


def _wake_relay() -> None:
    district_id = current_district_id()
    transaction.on_commit(lambda: wake(district_id), robust=True)
