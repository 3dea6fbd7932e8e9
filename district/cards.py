"""What the ground floor shows on Today and Home."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Window

from district.middleware import DistrictRequest
from district.models import Certification, ClaimStatus, Notice, OrganizationClaim
from district.once import once
from district.permissions import can_decide_claims, can_edit_notices, visible_certifications

CERTIFICATIONS_SHOWN = NOTICES_SHOWN = 5


def notices(request: DistrictRequest) -> Mapping[str, Any] | None:
    rows = [row for row in once(request, _shown) if not row.is_banner][:NOTICES_SHOWN]
    return {"notices": rows, "can_edit": can_edit_notices(request.actor)} if rows else None


def banners(request: DistrictRequest) -> Mapping[str, Any] | None:
    rows = [row for row in once(request, _shown) if row.is_banner][:NOTICES_SHOWN]
    return {"notices": rows} if rows else None


def _shown(request: DistrictRequest) -> list[Notice]:
    rows = Notice.objects.shown()
    if not request.actor.is_operator:
        rows = rows.addressed_to(request.actor.organization)
    return list(rows.not_dismissed_by(request.actor.person).order_by("ends_at", "id")[:20])


def waiting_claims(request: DistrictRequest) -> Mapping[str, Any] | None:
    if not can_decide_claims(request.actor):
        return None
    rows = once(request, _waiting_claims)
    return {"claims": rows} if rows else None


def waiting_claim_count(request: DistrictRequest) -> int:
    rows = once(request, _waiting_claims)
    return rows[0].waiting_count if rows else 0


def _waiting_claims(request: DistrictRequest) -> list[Any]:
    """The first few, each with how many there are in all."""
    return list(
        OrganizationClaim.objects.filter(status=ClaimStatus.SUBMITTED)
        .select_related("person")
        .annotate(waiting_count=Window(Count("pk")))
        .order_by("id")[:5]
    )


def expiring_certifications(request: DistrictRequest) -> Mapping[str, Any] | None:
    """What expires within 90 days: in the district for staff, for a company its own."""
    rows = (
        visible_certifications(request.actor)
        .filter(pk__in=Certification.objects.expiring().values("pk"))
        .select_related("organization")
        .order_by("expires_on", "id")
    )
    shown = list(rows[: CERTIFICATIONS_SHOWN + 1])
    if not shown:
        return None
    more = len(shown) > CERTIFICATIONS_SHOWN
    return {"certifications": shown[:CERTIFICATIONS_SHOWN], "more": more}
