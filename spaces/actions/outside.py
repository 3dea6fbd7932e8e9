"""Calendars kept elsewhere that take spaces out of use: added, read, ended."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from district.activity import record
from district.actors import Actor, System
from district.channels.vault import seal, unseal
from district.models import District
from district.rules import RuleViolation
from district.tenancy.scope import scope
from spaces.actions import occupancy
from spaces.actions.board import Board
from spaces.actions.held import Span
from spaces.actions.occupancy import Claim, leaves_around, leaves_of, lock_leaves
from spaces.actions.wanted import freeing
from spaces.models import Blocking, Occupancy, OccupancyKind, OutsideCalendar
from spaces.outside import Event, Fetched, events_of, fetch

EVERY: Final = timedelta(minutes=15)
SHOWN: Final = 20
READER: Final = System("calendars")


@transaction.atomic
def add_calendar(calendar: OutsideCalendar, address: str, *, by: Actor) -> OutsideCalendar:
    """`address` may be empty: it is then read from files that somebody brings."""
    calendar.sealed_address = seal(address)
    calendar.address_hint = address.removeprefix("https://").partition("/")[0][:120]
    calendar.save(force_insert=True)
    record("calendar.added", subject=calendar, by=by, data={"space": str(calendar.space_id)})
    return calendar


def ask_soon(calendar: OutsideCalendar) -> None:
    """Its turn is the next minute's, whenever it was asked last, and all of it is read."""
    OutsideCalendar.objects.filter(pk=calendar.pk).update(asked_at=None, etag="")


@transaction.atomic
def end_calendar(calendar: OutsideCalendar, *, by: Actor) -> OutsideCalendar:
    """Its events block nothing any more."""
    calendar = OutsideCalendar.objects.locked().get(pk=calendar.pk)
    if calendar.ended_at is None:
        take_over(calendar, [], by=by)
        calendar.ended_at = timezone.now()
        calendar.save(update_fields=["ended_at"])
        record("calendar.ended", subject=calendar, by=by, data={})
    return calendar


@transaction.atomic
def take_over(calendar: OutsideCalendar, events: Sequence[Event], *, by: Actor) -> OutsideCalendar:
    """Block what the calendar says from now on, open again what it no longer says.

    The same few statements for one event and for a thousand. An event whose time a booking or
    another claim has is kept as a collision and tried again each time the calendar is read.
    """
    calendar = OutsideCalendar.objects.locked().select_related("space").get(pk=calendar.pk)
    now = timezone.now()
    rows = calendar.blockings.filter(ended_at=None, ends_at__gt=now)
    known = {row.external_id: row for row in rows}
    wanted = {event.key: event.span for event in events}
    leaving = [
        row
        for key, row in known.items()
        if key not in wanted or wanted[key] != Span(row.starts_at, row.ends_at)
    ]
    staying = known.keys() - {row.external_id for row in leaving}
    leaf_ids = leaves_of(calendar.space_id)
    lock_leaves(leaves_around(leaf_ids))
    with freeing([row.pk for row in leaving]):
        _open(leaving)
        fresh = [event for event in events if event.key not in staying]
        collisions = _block(calendar, fresh, leaf_ids)
    _note(calendar, len(events), collisions)
    _record(calendar, len(fresh) - len(collisions), len(leaving), by)
    return calendar


def read_due_calendars(district: District) -> None:
    """Ask each address whose turn it is, outside of any transaction; claimed first."""
    while claimed := _claim(district.pk):
        calendar_id, address, etag = claimed
        try:
            found = fetch(address, etag)
            events = [] if found.content is None else events_of(found.content, district.zone)
        except RuleViolation as refusal:
            with scope(district.pk):
                OutsideCalendar.objects.filter(pk=calendar_id).update(problem=refusal.code)
            continue
        with scope(district.pk):
            _write_down(calendar_id, found, events)


def _claim(district_id: int) -> tuple[UUID, str, str] | None:
    now = timezone.now()
    with scope(district_id):
        due = OutsideCalendar.objects.filter(ended_at=None).exclude(sealed_address="")
        due = due.exclude(asked_at__gt=now - EVERY).order_by("asked_at", "pk")
        calendar = due.select_for_update(skip_locked=True, no_key=True).first()
        if calendar is None:
            return None
        calendar.asked_at = now
        calendar.save(update_fields=["asked_at"])
        return calendar.pk, unseal(calendar.sealed_address), calendar.etag


def _write_down(calendar_id: UUID, found: Fetched, events: Sequence[Event]) -> None:
    """What was read meanwhile of a calendar that has ended is dropped."""
    calendar = OutsideCalendar.objects.filter(pk=calendar_id, ended_at=None).first()
    if calendar is None:
        return
    if found.content is not None:
        take_over(calendar, events, by=READER)
    OutsideCalendar.objects.filter(pk=calendar_id).update(
        problem="", etag=found.etag, read_at=timezone.now()
    )


def _open(rows: Sequence[Blocking]) -> None:
    """Claims under way end now, those to come altogether."""
    now = timezone.now()
    keys = [row.pk for row in rows]
    Occupancy.objects.filter(source_id__in=keys).delete()
    Blocking.objects.filter(pk__in=keys).update(ended_at=now)


def _block(
    calendar: OutsideCalendar, events: Sequence[Event], leaf_ids: Sequence[UUID]
) -> list[Event]:
    """Returns those that found their time taken."""
    if not events:
        return []
    during = Span(events[0].span.starts_at, max(event.span.ends_at for event in events))
    board, collisions, rows = Board([calendar.space_id], during), [], []
    for event in events:
        if not board.is_free(calendar.space_id, event.span):
            collisions.append(event)
            continue
        board.take(calendar.space_id, event.span)
        rows.append(_blocking(calendar, event))
    Blocking.objects.bulk_create(rows, batch_size=500)
    occupancy.claim_many(
        [
            Claim(leaf, Span(row.starts_at, row.ends_at), OccupancyKind.BLOCKING, row.pk)
            for row in rows
            for leaf in leaf_ids
        ]
    )
    return collisions


def _blocking(calendar: OutsideCalendar, event: Event) -> Blocking:
    return Blocking(
        space_id=calendar.space_id,
        starts_at=event.span.starts_at,
        ends_at=event.span.ends_at,
        reason_zh=calendar.name_zh,
        reason_en=calendar.name_en,
        calendar=calendar,
        external_id=event.key,
    )


def _note(calendar: OutsideCalendar, count: int, collisions: Sequence[Event]) -> None:
    calendar.event_count = count
    calendar.read_at, calendar.problem = timezone.now(), ""
    calendar.collisions = [
        [event.span.starts_at.isoformat(), event.span.ends_at.isoformat()]
        for event in collisions[:SHOWN]
    ]
    calendar.save(update_fields=["event_count", "read_at", "problem", "collisions"])


def _record(calendar: OutsideCalendar, blocked: int, opened: int, by: Actor) -> None:
    """Readings that change nothing are no news."""
    if blocked or opened:
        data: Mapping[str, int] = {"blocked": blocked, "opened": opened}
        record("calendar.read", subject=calendar, by=by, data=dict(data))
