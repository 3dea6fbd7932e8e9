"""What happened to one thing, from the ledger, newest first."""

from typing import Any

from district.models import Activity
from district.registry import verbs
from district.tenancy.models import DistrictModel

SHOWN = 50


def timeline(subject: DistrictModel) -> list[dict[str, Any]]:
    """Entries for components/timeline.html: what, who, when; one query."""
    rows = (
        Activity.objects.filter(subject_type=subject._meta.label_lower, subject_id=subject.pk)
        .select_related("membership__person", "client")
        .order_by("-at", "-id")[:SHOWN]
    )
    return [
        {
            "text": verbs[row.verb].label,
            "who": row.membership.person.name if row.membership else row.client or "",
            "at": row.at,
        }
        for row in rows
    ]
