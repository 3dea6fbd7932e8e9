"""What every row of a district is: keyed, scoped and counted in revisions."""

import os
import threading
import time
from collections.abc import Iterable
from functools import cache
from typing import Any, ClassVar, Generic, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import F
from django.db.models.expressions import Expression
from django.utils import timezone

from district.tenancy.scope import NoScope, current_district_id, is_reading_published

Row = TypeVar("Row", bound=models.Model)

_clock = threading.Lock()
_last = 0


def uuid7() -> UUID:
    """A time-ordered UUID (RFC 9562, version 7), strictly rising within a process.

    The 12 bits after the milliseconds count fractions of a millisecond (method 3 of section 6.2).
    """
    global _last
    with _clock:
        now = time.time_ns()
        stamp = max((now // 1_000_000 << 12) | (now % 1_000_000 * 4096 // 1_000_000), _last + 1)
        _last = stamp
    tail = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=(stamp >> 12) << 80 | 0x7 << 76 | (stamp & 0xFFF) << 64 | 0b10 << 62 | tail)


class CurrentDistrict(Expression):
    """The district in scope, read when SQL is compiled; raises NoScope without one."""

    def __init__(self) -> None:
        super().__init__(output_field=models.BigIntegerField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[int]]:
        return "%s", (current_district_id(),)


class DistrictQuerySet(models.QuerySet[Row, Row], Generic[Row]):
    def locked(self) -> Self:
        """Lock the rows against other writers, without blocking foreign keys to them."""
        return self.select_for_update(no_key=True, of=("self",))

    def update(self, **values: Any) -> int:
        if getattr(self.model, "revision", None) is not None:
            values.setdefault("revision", F("revision") + 1)
            values.setdefault("updated_at", timezone.now())
        return super().update(**values)


@cache
def _in_district(queryset_class: Any, model: type[models.Model]) -> Any:
    """Built once: the district is read when SQL is compiled, so one filter serves them all."""
    return queryset_class(model).filter(district_id=CurrentDistrict())


class DistrictManager(models.Manager[Row], Generic[Row]):
    """Sees only the district in scope."""

    _queryset_class = DistrictQuerySet

    def get_queryset(self) -> DistrictQuerySet[Row]:
        this: Any = self
        rows = _in_district(this._queryset_class, this.model)._chain()
        rows._db, rows._hints = this._db, this._hints
        return rows

    def locked(self) -> DistrictQuerySet[Row]:
        return self.get_queryset().locked()


class ReadingPublished(Expression):
    """True inside a published_scope(); raises NoScope when SQL is compiled outside of one."""

    conditional = True

    def __init__(self) -> None:
        super().__init__(output_field=models.BooleanField())

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[()]]:
        if not is_reading_published():
            raise NoScope("published rows of all districts are read inside a published_scope()")
        return "TRUE", ()


class PublishedManager(models.Manager[Row], Generic[Row]):
    """The rows of every district that their model's `published_when` marks, to be read only."""

    def get_queryset(self) -> models.QuerySet[Row, Row]:
        marked: Any = self.model
        rows = super().get_queryset()
        return rows.filter(ReadingPublished(), **{marked.published_when: True})


class DistrictForeignKey(models.ForeignKey[Any, Any]):
    """A reference inside a district: joins and descriptors carry the district too.

    The real, composite foreign key comes from the migration (see operations.Isolate).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs

    def get_joining_fields(self, reverse_join: bool = False) -> Any:
        mine = self.model._meta.get_field("district")
        theirs = self.remote_field.model._meta.get_field("district")
        pair = (theirs, mine) if reverse_join else (mine, theirs)
        return (*super().get_joining_fields(reverse_join), pair)

    def get_extra_descriptor_filter(self, instance: Any) -> dict[str, Any]:
        return {"district_id": instance.district_id}


class DistrictKey(models.ForeignKey[Any, Any]):
    """The district a row belongs to: the one in scope, which migrations know nothing of."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["default"] = current_district_id
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        del kwargs["default"]
        return name, "django.db.models.ForeignKey", args, kwargs


class DistrictModel(models.Model):
    """A row of one district. `revision` rises with every write and is the ETag.

    Rows of an `append_only` model are never changed or removed. `published_when` names the boolean
    column whose rows everybody may read inside a `published_scope()`.
    """

    append_only: ClassVar[bool] = False
    published_when: ClassVar[str] = ""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    district = DistrictKey(
        "district.District", on_delete=models.PROTECT, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    revision = models.PositiveIntegerField(default=0, editable=False)

    objects = DistrictManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.revision += 1
        if update_fields is not None:
            update_fields = {*update_fields, "revision", "updated_at"}
        super().save(*args, update_fields=update_fields, **kwargs)
