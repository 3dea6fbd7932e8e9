"""What the ground floor shows on Today and Home."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from district.middleware import DistrictRequest
from district.models import ClaimStatus, Notice, OrganizationClaim
from district.permissions import can_decide_claims


def notices(request: DistrictRequest) -> Mapping[str, Any] | None:
    now = timezone.now()
    rows = list(Notice.objects.filter(starts_at__lte=now, ends_at__gt=now).order_by("ends_at")[:5])
    return {"notices": rows} if rows else None


def waiting_claims(request: DistrictRequest) -> Mapping[str, Any] | None:
    if not can_decide_claims(request.actor):
        return None
    rows = list(_waiting_claims().select_related("person").order_by("id")[:5])
    return {"claims": rows} if rows else None


def waiting_claim_count(request: DistrictRequest) -> int:
    return _waiting_claims().count()


def _waiting_claims() -> QuerySet[OrganizationClaim]:
    return OrganizationClaim.objects.filter(status=ClaimStatus.SUBMITTED)
