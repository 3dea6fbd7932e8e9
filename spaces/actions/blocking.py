"""Taking spaces out of use: nothing is closed before every booking in the way is decided."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from district.activity import record
from district.actors import Actor
from district.rules import RuleViolation
from spaces.actions import occupancy
from spaces.actions.booking import reschedule_booking, rules_for
from spaces.actions.conflicts import bookings_on, leaves_under
from spaces.actions.credits import lock_credits
from spaces.actions.decisions import cancel_booking
from spaces.actions.held import Span, overlapping
from spaces.actions.quotas import Share, lock_quotas, share_of
from spaces.models import Blocking, Booking, BookingStatus, Occupancy, OccupancyKind, Space

LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Closing:
    """When spaces are out of use, and why, as companies read it."""

    span: Span
    reason_zh: str = ""
    reason_en: str = ""


@dataclass(frozen=True)
class Answer:
    """What becomes of one booking in the way: moved to a space, or cancelled (no space)."""

    space: Space | None
    reason: str


@transaction.atomic
def block_spaces(
    spaces: Sequence[Space], closing: Closing, answers: Mapping[UUID, Answer], *, by: Actor
) -> list[Blocking]:
    """Close the spaces, after each booking in the way is moved or cancelled as answered.

    `answers` are by booking id. All of it happens or none. Raises RuleViolation: "blocking_times",
    "reason_missing", "blocking_unanswered", whatever a move or cancelling refuses, or a conflict
    of occupancy.claim for what cannot be moved.
    """
    _judge(closing)
    _clear(spaces, closing.span, answers, by)
    blockings = [
        Blocking(
            space=space,
            starts_at=closing.span.starts_at,
            ends_at=closing.span.ends_at,
            reason_zh=closing.reason_zh,
            reason_en=closing.reason_en,
        )
        for space in spaces
    ]
    Blocking.objects.bulk_create(blockings)
    for blocking in blockings:
        occupancy.claim(
            blocking.space, closing.span, kind=OccupancyKind.BLOCKING, source_id=blocking.pk
        )
        _record("blocking.created", blocking, by)
    return blockings


@transaction.atomic
def change_blocking(
    blocking: Blocking, closing: Closing, answers: Mapping[UUID, Answer], *, by: Actor
) -> Blocking:
    """Another time or reason for a closing that is not over; bookings in the way as above."""
    blocking = Blocking.objects.locked().get(pk=blocking.pk)
    _require_open(blocking)
    _judge(closing)
    _clear([blocking.space], closing.span, answers, by)
    occupancy.move(blocking.space, closing.span, kind=OccupancyKind.BLOCKING, source_id=blocking.pk)
    blocking.starts_at, blocking.ends_at = closing.span.starts_at, closing.span.ends_at
    blocking.reason_zh, blocking.reason_en = closing.reason_zh, closing.reason_en
    blocking.save()
    _record("blocking.changed", blocking, by)
    return blocking


@transaction.atomic
def end_blocking(blocking: Blocking, *, by: Actor) -> Blocking:
    """Open the space again, from now on. Raises RuleViolation("blocking_over")."""
    blocking = Blocking.objects.locked().get(pk=blocking.pk)
    _require_open(blocking)
    blocking.ended_at = timezone.now()
    blocking.save(update_fields=["ended_at"])
    occupancy.release(blocking.pk, from_at=blocking.ended_at)
    _record("blocking.ended", blocking, by)
    return blocking


def _judge(closing: Closing) -> None:
    if closing.span.ends_at <= closing.span.starts_at:
        raise RuleViolation("blocking_times", _("It must end after it starts."))
    if closing.span.ends_at <= timezone.now():
        raise RuleViolation("blocking_times", _("This time has already passed."))
    if closing.span.ends_at - closing.span.starts_at > LONGEST:
        raise RuleViolation(
            "blocking_times", _("A space is taken out of use for a year at most. Close it instead.")
        )
    if not (closing.reason_zh.strip() or closing.reason_en.strip()):
        raise RuleViolation("reason_missing", _("Say why, so that they can act on it."))


def _require_open(blocking: Blocking) -> None:
    if blocking.ended_at or blocking.ends_at <= timezone.now():
        raise RuleViolation("blocking_over", _("The space is already open again."))


def _clear(spaces: Sequence[Space], span: Span, answers: Mapping[UUID, Answer], by: Actor) -> None:
    """Lock all in the product's order (bookings, quotas, credits, leaves), then move and cancel."""
    leaf_ids = leaves_under([space.pk for space in spaces])
    rows = _locked_answered(leaf_ids, span, answers)
    targets = {row.pk: space for row in rows if (space := answers[row.pk].space) is not None}
    lock_quotas(_shares(rows, targets, by))
    if rows:
        lock_credits(row.organization_id for row in rows)
    held = Occupancy.objects.filter(source_id__in=[row.pk for row in rows])
    wanted = leaves_under([space.pk for space in targets.values()])
    given_back = occupancy.leaves_around(held.values_list("space_id", flat=True))
    occupancy.lock_leaves({*leaf_ids, *given_back, *wanted})
    for row in rows:
        _apply(row, answers[row.pk], by)
    overlapping(leaf_ids, span).kept().delete()  # what that freed is closed, not kept for anybody


def _locked_answered(
    leaf_ids: Collection[UUID], span: Span, answers: Mapping[UUID, Answer]
) -> list[Booking]:
    """The bookings in the way as they stand under their locks; what came meanwhile is undecided."""
    seen = {row.pk for row in bookings_on(leaf_ids, span)}
    list(Booking.objects.locked().filter(pk__in=seen).order_by("pk").values_list("pk"))
    rows = [row for row in bookings_on(leaf_ids, span) if row.can_move_to(BookingStatus.CANCELLED)]
    missing = [row for row in rows if row.pk not in answers or row.pk not in seen]
    if missing:
        raise RuleViolation(
            "blocking_unanswered",
            ngettext_lazy(
                "%(n)d booking is in the way and not decided yet.",
                "%(n)d bookings are in the way and not decided yet.",
                len(missing),
            )
            % {"n": len(missing)},
        )
    return rows


def _shares(
    rows: Collection[Booking], targets: Mapping[UUID, Space], by: Actor
) -> Iterator[Share | None]:
    """Every quota that is going to be counted: the old rules give back, the new ones take."""
    for row in rows:
        yield share_of(row, row.rules, row.starts_at)
        if row.pk in targets:
            rules = rules_for(targets[row.pk], row.seat_count, by=by)
            yield share_of(row, rules, row.starts_at)


def _apply(booking: Booking, answer: Answer, by: Actor) -> None:
    if answer.space is None:
        cancel_booking(booking, by=by, reason=answer.reason)
        return
    moved = reschedule_booking(booking, answer.space, booking.starts_at, booking.ends_at, by=by)
    moved.reason = answer.reason
    moved.save(update_fields=["reason"])


def _record(verb: str, blocking: Blocking, by: Actor) -> None:
    record(
        verb,
        subject=blocking,
        by=by,
        data={
            "space": str(blocking.space_id),
            "starts_at": blocking.starts_at.isoformat(),
            "ends_at": blocking.ends_at.isoformat(),
        },
    )
