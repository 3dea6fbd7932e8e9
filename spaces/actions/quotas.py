"""What an organisation may use of spaces in a month; its row is locked, so no two slip through."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.rules import RuleViolation
from spaces.models import Booking, BookingSource, QuotaUse


def use_quota(booking: Booking, minutes: int) -> None:
    """Count minutes within the quota. Raises RuleViolation("booking_quota")."""
    left = count_use(booking, minutes)
    quota = booking.rules.quota_minutes_per_month
    if left is not None and quota is not None and left < 0:
        raise RuleViolation(
            "booking_quota",
            _("Your organisation has %(left)d of %(quota)d hours left this month.")
            % {"left": max(left + minutes, 0) // 60, "quota": quota // 60},
        )


def count_use(booking: Booking, minutes: int) -> int | None:
    """Count minutes, or give them back; returns what is left, None where nothing is counted.

    What is left is negative where staff moved a booking beyond the quota.
    """
    quota = booking.rules.quota_minutes_per_month
    if quota is None or booking.organization_id is None or booking.source == BookingSource.STAFF:
        return None
    key: dict[str, Any] = {"organization_id": booking.organization_id, "month": _month(booking)}
    QuotaUse.objects.get_or_create(**key)
    use = QuotaUse.objects.locked().get(**key)
    used = max(use.minutes + minutes, 0)
    QuotaUse.objects.filter(pk=use.pk).update(minutes=used)
    return quota - used


def lock_quotas(bookings: Iterable[Booking]) -> None:
    """Queue for the quotas of many bookings at once, before any leaf is locked."""
    wanted = Q(pk=None)
    for booking in bookings:
        if booking.organization_id and booking.rules.quota_minutes_per_month is not None:
            wanted |= Q(organization_id=booking.organization_id, month=_month(booking))
    list(QuotaUse.objects.locked().filter(wanted).order_by("pk").values_list("pk"))


def _month(booking: Booking) -> date:
    return timezone.localtime(booking.starts_at).date().replace(day=1)
