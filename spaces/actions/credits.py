"""Credits and passes: granted by the operator, used by bookings, given back with them.

The rows are locked after the quotas and before the leaves, in the order of their ids, so that no
two bookings use the same rest. What is used never changes: giving back is an entry of its own.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Final, Self
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.activity import record
from district.actors import Actor
from district.numbers import short_code
from district.rules import RuleViolation
from spaces.models import Booking, Credit, CreditUnit, CreditUse
from spaces.models.credit import CreditQuerySet
from spaces.prices import ZERO, FeeStep, rounded

# Passes and hours before money, which is good for anything; then what is over first.
ORDER: Final = {CreditUnit.VISITS: 0, CreditUnit.MINUTES: 1, CreditUnit.MONEY: 2}
WHOLE: Final = Decimal(1)


@dataclass
class Purse:
    """Credits of whoever pays for some bookings, locked; what is used is written once, by `save`.

    For bookings that cost nothing it is empty, without a query.
    """

    credits: list[Credit] = field(default_factory=list)
    taken: dict[UUID, list[CreditUse]] = field(default_factory=lambda: defaultdict(list))
    fresh: list[CreditUse] = field(default_factory=list)

    @classmethod
    def locked(cls, bookings: Iterable[Booking]) -> Self:
        """Queues for the credits these may use, and for those that they have used."""
        return cls._of(bookings, Credit.objects.locked())

    @classmethod
    def seen(cls, bookings: Iterable[Booking]) -> Self:
        """As they stand, to tell what they would pay; never to be saved."""
        return cls._of(bookings, Credit.objects.all())

    @classmethod
    def _of(cls, bookings: Iterable[Booking], credits: CreditQuerySet) -> Self:
        costly = [row for row in bookings if row.price_amount or row.credit_amount]
        payers = {row.organization_id for row in costly if row.organization_id}
        used = [row.pk for row in costly if row.credit_amount]
        if not payers and not used:
            return cls()
        uses = list(CreditUse.objects.filter(booking_id__in=used).order_by("pk")) if used else []
        usable = Q(organization_id__in=payers, ended_at=None, used__lt=F("granted"))
        rows = credits.filter(usable | Q(pk__in={use.credit_id for use in uses}))
        purse = cls(list(rows.order_by("pk")))
        for use in uses:
            purse.taken[use.booking_id].append(use)
        return purse

    def pay(self, booking: Booking) -> None:
        """Use what fits for the price of a booking; what is not covered is paid in money."""
        seats = Decimal(booking.seat_count or 1)
        minutes, owed = booking.minutes * seats, booking.price_amount
        for credit in self._fitting(booking):
            if not owed:
                break
            match credit.unit:
                case CreditUnit.VISITS:
                    value = seats if credit.left >= seats else ZERO
                    amount = owed if value else ZERO
                case CreditUnit.MINUTES:
                    value = min(credit.left, minutes)
                    amount = owed if value == minutes else rounded(owed * value / minutes)
                    minutes -= value
                case _:
                    value = amount = min(credit.left, owed)
            owed -= amount
            self._use(credit, booking, value, amount)
        booking.credit_amount = booking.price_amount - owed

    def give_back(self, booking: Booking, fee: FeeStep | None = None) -> None:
        """Return what a booking used, but for the share that a fee keeps."""
        net: dict[UUID, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
        for use in self.taken[booking.pk]:
            value, amount = net[use.credit_id]
            net[use.credit_id] = value + use.value, amount + use.amount
        owed = fee.amount if fee else ZERO
        for credit in self.credits:
            if credit.pk in net:
                value, amount = net[credit.pk]
                share = rounded(amount * fee.percent / 100) if fee else ZERO
                kept_value, kept_amount = _kept(credit, value, min(share, owed), fee)
                owed -= kept_amount
                self._use(credit, booking, kept_value - value, kept_amount - amount)
        booking.credit_amount = (fee.amount if fee else ZERO) - owed

    def save(self) -> None:
        """The bookings must be in the database by now."""
        touched = {use.credit_id for use in self.fresh}
        changed = [credit for credit in self.credits if credit.pk in touched]
        if changed:
            Credit.objects.bulk_update(changed, ["used"])
            CreditUse.objects.bulk_create(self.fresh, batch_size=500)

    def _fitting(self, booking: Booking) -> Sequence[Credit]:
        rows = [
            credit
            for credit in self.credits
            if credit.organization_id == booking.organization_id
            and credit.left > 0
            and credit.fits(booking)
        ]
        return sorted(rows, key=lambda row: (ORDER[CreditUnit(row.unit)], row.valid_until, row.pk))

    def _use(self, credit: Credit, booking: Booking, value: Decimal, amount: Decimal) -> None:
        if not value:
            return
        credit.used += value
        use = CreditUse(credit=credit, booking=booking, value=value, amount=amount)
        self.fresh.append(use)
        self.taken[booking.pk].append(use)


def _kept(
    credit: Credit, value: Decimal, share: Decimal, fee: FeeStep | None
) -> tuple[Decimal, Decimal]:
    """What a fee keeps of a use: whole visits and minutes, money to the cent."""
    if credit.unit == CreditUnit.MONEY or fee is None:
        return share, share
    kept = (value * fee.percent / 100).quantize(WHOLE, rounding=ROUND_HALF_UP)
    return kept, share if kept else ZERO


def lock_credits(organization_ids: Iterable[UUID | None]) -> None:
    """Queue for all credits of some organisations, before any leaf is locked."""
    wanted = {key for key in organization_ids if key is not None}
    rows = Credit.objects.locked().filter(organization_id__in=wanted)
    list(rows.order_by("pk").values_list("pk"))


@transaction.atomic
def grant_credit(credit: Credit, *, by: Actor) -> Credit:
    """Give an organisation something to use."""
    credit.number = short_code("CR")
    credit.save(force_insert=True)
    data = {"unit": credit.unit, "granted": str(credit.granted)}
    record("credit.granted", subject=credit, by=by, organization=credit.organization_id, data=data)
    return credit


@transaction.atomic
def end_credit(credit: Credit, *, by: Actor) -> Credit:
    """What is left of it can no longer be used. Raises RuleViolation("credit_over")."""
    credit = Credit.objects.locked().get(pk=credit.pk)
    if credit.ended_at is not None:
        raise RuleViolation("credit_over", _("This credit has ended already."))
    credit.ended_at = timezone.now()
    credit.save(update_fields=["ended_at"])
    data = {"left": str(credit.left)}
    record("credit.ended", subject=credit, by=by, organization=credit.organization_id, data=data)
    return credit
