"""Which leaves a space stands for (SpaceLeaf), and claims that go along when that changes.

Only `spaces.actions.structure` calls these, holding the locks of the leaves.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import Count
from django.utils import timezone

from spaces.models import Hold, Occupancy, Space, SpaceLeaf


@dataclass(frozen=True)
class Claim:
    kind: str
    source_id: UUID
    starts_at: datetime
    ends_at: datetime

    def on(self, leaf: Space) -> Occupancy:
        return Occupancy(
            space=leaf,
            during=DateTimeTZRange(self.starts_at, self.ends_at, "[)"),
            kind=self.kind,
            source_id=self.source_id,
            starts_at=self.starts_at,
            ends_at=self.ends_at,
        )


def covering_claims(leaf_ids: Collection[UUID], *, from_at: datetime | None) -> list[Claim]:
    """Claims that hold all of the leaves at once, or only those in force after `from_at`."""
    rows = Occupancy.objects.filter(space_id__in=leaf_ids)
    if from_at is not None:
        rows = rows.filter(ends_at__gt=from_at)
    return [
        Claim(**row)
        for row in rows.values("kind", "source_id", "starts_at", "ends_at")
        .annotate(leaf_count=Count("space_id"))
        .filter(leaf_count=len(leaf_ids))
        .values("kind", "source_id", "starts_at", "ends_at")
    ]


def copied_hold(hold: Hold, leaf: Space) -> Hold:
    return Hold(
        space=leaf,
        person_id=hold.person_id,
        entry_id=hold.entry_id,
        is_prolonged=hold.is_prolonged,
        starts_at=hold.starts_at,
        ends_at=hold.ends_at,
        expires_at=hold.expires_at,
    )


def line_up(space: Space) -> list[UUID]:
    """The space, its parent, and so on to the top."""
    line: list[UUID] = []
    above: Space | None = space
    while above is not None:
        line.append(above.pk)
        above = above.parent
    return line


def family(space: Space) -> set[UUID]:
    """The space and everything in force under it."""
    found, level = {space.pk}, {space.pk}
    while level:
        level = set(
            Space.objects.current().filter(parent_id__in=level).values_list("pk", flat=True)
        )
        found |= level
    return found


def enter_closure(leaf: Space) -> None:
    SpaceLeaf.objects.bulk_create(SpaceLeaf(space_id=holder, leaf=leaf) for holder in line_up(leaf))


def stop_being_leaf(space: Space) -> None:
    """Its claims have been copied to its parts; the claims' foreign key would refuse otherwise."""
    Occupancy.objects.filter(space=space).delete()
    Hold.objects.filter(space=space).delete()
    SpaceLeaf.objects.filter(leaf=space).delete()
    Space.objects.filter(pk=space.pk).update(is_leaf=False)


def become_leaf(space: Space) -> None:
    Space.objects.filter(pk=space.pk).update(is_leaf=True)
    enter_closure(space)


def retire(ids: Collection[UUID]) -> None:
    SpaceLeaf.objects.filter(leaf_id__in=ids).exclude(space_id__in=ids).delete()
    Hold.objects.filter(space_id__in=ids).delete()
    Space.objects.filter(pk__in=ids).update(ended_at=timezone.now())
