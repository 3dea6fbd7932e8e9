"""What an organisation may use of spaces in a month; its row is locked, so no two slip through."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Self
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from district.rules import RuleViolation
from spaces.models import Booking, BookingRules, BookingSource, QuotaUse


@dataclass(frozen=True, order=True)
class Share:
    """What one organisation may use in one month, and where its uses are counted."""

    organization_id: UUID
    month: date


def use_quota(booking: Booking, minutes: int) -> None:
    """Count minutes within the quota. Raises RuleViolation("booking_quota")."""
    left = count_use(booking, minutes)
    quota = booking.rules.quota_minutes_per_month
    if left is not None and quota is not None and left < 0:
        raise _used_up(booking, left + minutes, quota)


def _used_up(booking: Booking, left: int, quota: int) -> RuleViolation:
    month = date_format(timezone.localtime(booking.starts_at), "YEAR_MONTH_FORMAT")
    return RuleViolation(
        "booking_quota",
        _("Your organisation has %(left)d of %(quota)d hours left in %(month)s.")
        % {"left": max(left, 0) // 60, "quota": quota // 60, "month": month},
    )


def count_use(booking: Booking, minutes: int) -> int | None:
    """Count minutes, or give them back; returns what is left, None where nothing is counted.

    What is left is negative where staff moved a booking beyond the quota.
    """
    share = share_of(booking, booking.rules, booking.starts_at)
    quota = booking.rules.quota_minutes_per_month
    if share is None or quota is None:
        return None
    [use] = lock_quotas([share])
    used = max(use.minutes + minutes, 0)
    QuotaUse.objects.filter(pk=use.pk).update(minutes=used)
    return quota - used


def share_of(booking: Booking, rules: BookingRules, starts_at: datetime) -> Share | None:
    """Where a booking is counted, were it under these rules at this time; None for nowhere."""
    uncounted = rules.quota_minutes_per_month is None or booking.source == BookingSource.STAFF
    if uncounted or booking.organization_id is None:
        return None
    month = timezone.localtime(starts_at).date().replace(day=1)
    return Share(booking.organization_id, month)


def lock_quotas(shares: Iterable[Share | None]) -> list[QuotaUse]:
    """Queue for all the quotas that are going to be counted, in one order, before any leaf.

    Rows that are missing come first and in the same order: whoever enters one makes others wait.
    """
    wanted = sorted({share for share in shares if share is not None})
    if not wanted:
        return []
    QuotaUse.objects.bulk_create(
        [QuotaUse(organization_id=share.organization_id, month=share.month) for share in wanted],
        ignore_conflicts=True,
    )
    rows = Q(pk=None)
    for share in wanted:
        rows |= Q(organization_id=share.organization_id, month=share.month)
    return list(QuotaUse.objects.locked().filter(rows).order_by("organization_id", "month"))


@dataclass(frozen=True)
class Quota:
    """Minutes of a month that an organisation may use, and has used."""

    minutes: int
    used: int

    @property
    def left(self) -> int:
        return max(self.minutes - self.used, 0)


def quota_of(organization_id: UUID | None, minutes: int | None, day: date) -> Quota | None:
    """What is left in the month of a day; None for nobody in particular, or without a quota."""
    if organization_id is None or minutes is None:
        return None
    use = QuotaUse.objects.filter(organization_id=organization_id, month=day.replace(day=1))
    return Quota(minutes, use.values_list("minutes", flat=True).first() or 0)


@dataclass
class Tally:
    """What many bookings use of their quotas, counted one after the other, written once."""

    uses: Mapping[Share, QuotaUse]
    changed: set[Share] = field(default_factory=set)

    @classmethod
    def locked(cls, shares: Iterable[Share | None]) -> Self:
        """Queues for all of them; nobody else counts until the transaction ends."""
        return cls({Share(use.organization_id, use.month): use for use in lock_quotas(shares)})

    @classmethod
    def seen(cls, shares: Iterable[Share | None]) -> Self:
        """As it stands, to tell what would happen; never to be saved."""
        wanted = {share for share in shares if share is not None}
        uses = {share: QuotaUse(**vars(share)) for share in wanted}
        for use in QuotaUse.objects.filter(
            organization_id__in={share.organization_id for share in wanted},
            month__in={share.month for share in wanted},
        ):
            uses[Share(use.organization_id, use.month)] = use
        return cls(uses)

    def copy(self) -> "Tally":
        return Tally({share: copy(use) for share, use in self.uses.items()}, set(self.changed))

    def adopt(self, other: "Tally") -> None:
        self.uses, self.changed = other.uses, other.changed

    def use(self, booking: Booking, minutes: int) -> None:
        """Raises RuleViolation("booking_quota") where it would be too much."""
        share = share_of(booking, booking.rules, booking.starts_at)
        quota = booking.rules.quota_minutes_per_month
        if share is None or quota is None or share not in self.uses:
            return
        left = quota - self.uses[share].minutes
        if minutes > left:
            raise _used_up(booking, left, quota)
        self.count(booking, minutes)

    def count(self, booking: Booking, minutes: int) -> None:
        """Minutes more, or fewer, whatever the quota."""
        share = share_of(booking, booking.rules, booking.starts_at)
        if share is not None and share in self.uses:
            self.uses[share].minutes = max(self.uses[share].minutes + minutes, 0)
            self.changed.add(share)

    def save(self) -> None:
        QuotaUse.objects.bulk_update(
            [self.uses[share] for share in sorted(self.changed)], ["minutes"]
        )
