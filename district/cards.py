"""What the ground floor shows on Today and Home."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from district.middleware import DistrictRequest
from district.models import Notice


def notices(request: DistrictRequest) -> Mapping[str, Any] | None:
    now = timezone.now()
    rows = list(Notice.objects.filter(starts_at__lte=now, ends_at__gt=now).order_by("ends_at")[:5])
    return {"notices": rows} if rows else None
