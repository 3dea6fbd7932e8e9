"""What organisations owe for a month: bookings that took place or cost a fee, less credits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from django.db.models import Case, Count, F, QuerySet, Sum, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.actors import Actor
from district.lists import Cell, Column
from district.models import Organization
from district.templatetags.look import until
from spaces.models import Booking, BookingStatus
from spaces.prices import ZERO

OWED = Case(When(status=BookingStatus.CANCELLED, then=F("fee_amount")), default=F("price_amount"))


@dataclass(frozen=True)
class Month:
    """A calendar month in the district's time."""

    first: date

    @classmethod
    def asked(cls, text: str) -> Self:
        """“2026-11”; this month for what is none."""
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            first = timezone.localdate().replace(day=1)
        return cls(first if 2000 <= first.year <= 2200 else timezone.localdate().replace(day=1))

    @property
    def previous(self) -> date:
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def following(self) -> date:
        return (self.first + timedelta(days=32)).replace(day=1)

    @property
    def is_over(self) -> bool:
        return self.following <= timezone.localdate()

    def bounds(self) -> tuple[datetime, datetime]:
        zone = timezone.get_current_timezone()
        first, end = (
            datetime.combine(day, time(), tzinfo=zone) for day in (self.first, self.following)
        )
        return first, end


@dataclass(frozen=True)
class Totals:
    """Sums of a month: what bookings cost, what credits paid of it, what is to be paid."""

    count: int
    owed: Decimal
    credit: Decimal

    @property
    def due(self) -> Decimal:
        return self.owed - self.credit


@dataclass(frozen=True)
class Owing:
    """An organisation and its sums."""

    organization: Organization
    totals: Totals


def billed(actor: Actor, month: Month) -> QuerySet[Booking, Booking]:
    """Bookings of a month that cost something, of organisations the actor may see."""
    begins, ends = month.bounds()
    rows: QuerySet[Booking, Booking] = Booking.objects.visible_to(actor).billable()
    return rows.filter(starts_at__gte=begins, starts_at__lt=ends)


def owing(actor: Actor, month: Month) -> list[Owing]:
    """Who owes what for a month, the most first; two statements."""
    sums = (
        billed(actor, month)
        .order_by()
        .values("organization_id")
        .annotate(n=Count("id"), owed=Sum(OWED), credit=Sum("credit_amount"))
    )
    found: dict[UUID, Totals] = {
        row["organization_id"]: Totals(row["n"], row["owed"], row["credit"]) for row in sums
    }
    names = Organization.objects.in_bulk(found)
    rows = [Owing(names[key], totals) for key, totals in found.items()]
    return sorted(rows, key=lambda row: (-row.totals.due, row.organization.name))


def lines_of(organization: Organization, actor: Actor, month: Month) -> list[Booking]:
    """The bookings of a statement, by the day."""
    rows = billed(actor, month).filter(organization=organization)
    return list(
        rows.select_related("space__building", "space__floor", "rules", "person").order_by(
            "starts_at", "id"
        )
    )


def totals_of(bookings: Sequence[Booking]) -> Totals:
    return Totals(
        len(bookings),
        sum((booking.charge for booking in bookings), ZERO),
        sum((booking.credit_amount for booking in bookings), ZERO),
    )


def _amount(value: Decimal) -> Cell:
    return Cell(f"{value:.2f}")


LINES: Sequence[Column[Booking]] = (
    Column("number", _("Number"), lambda b: Cell(b.number)),
    Column("space", _("Space"), lambda b: Cell(f"{b.space.name}, {b.space.where}")),
    Column(
        "starts",
        _("Starts"),
        lambda b: Cell(until(b.starts_at, b.ends_at)),
        value=lambda b: b.starts_at,
    ),
    Column("ends", _("Ends"), lambda b: Cell(""), value=lambda b: b.ends_at),
    Column("title", _("Title"), lambda b: Cell(b.title)),
    Column("person", _("Booked by"), lambda b: Cell(b.person.name if b.person else "")),
    Column("status", _("State"), lambda b: Cell(b.get_status_display())),
    Column("owed", _("Amount"), lambda b: _amount(b.charge), value=lambda b: b.charge),
    Column(
        "credit",
        _("Paid by credits and passes"),
        lambda b: _amount(b.credit_amount),
        value=lambda b: b.credit_amount,
    ),
    Column("due", _("To pay"), lambda b: _amount(b.due_amount), value=lambda b: b.due_amount),
)
SUMS: Sequence[Column[Any]] = (
    Column("organization", _("Organisation"), lambda row: Cell(row.organization.name)),
    Column("uscc", _("Unified social credit code"), lambda row: Cell(row.organization.uscc or "")),
    Column(
        "count", _("Bookings"), lambda row: Cell(row.totals.count), value=lambda r: r.totals.count
    ),
    Column(
        "owed", _("Amount"), lambda row: _amount(row.totals.owed), value=lambda r: r.totals.owed
    ),
    Column(
        "credit",
        _("Paid by credits and passes"),
        lambda row: _amount(row.totals.credit),
        value=lambda r: r.totals.credit,
    ),
    Column("due", _("To pay"), lambda row: _amount(row.totals.due), value=lambda r: r.totals.due),
)


def summed(rows: Sequence[Owing]) -> Totals:
    return Totals(
        sum(row.totals.count for row in rows),
        sum((row.totals.owed for row in rows), ZERO),
        sum((row.totals.credit for row in rows), ZERO),
    )
