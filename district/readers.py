"""Readers of the ledger follow the numbers of its seals, each with a cursor of its own."""

from typing import Final

from district.models import ActivitySeal, Cursor

BATCH: Final = 500


def next_rows(reader: str) -> list[ActivitySeal]:
    """The reader's next batch; its cursor moves in the same transaction."""
    Cursor.objects.get_or_create(reader=reader)
    cursor = Cursor.objects.locked().get(reader=reader)
    rows = list(
        ActivitySeal.objects.filter(number__gt=cursor.number)
        .select_related("activity__membership")
        .order_by("number")[:BATCH]
    )
    if rows:
        Cursor.objects.filter(pk=cursor.pk).update(number=rows[-1].number)
    return rows
