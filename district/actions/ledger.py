"""Looking whether the chain of the activity ledger holds, and keeping what was found."""

from django.db import transaction

from district.models import ActivitySeal, LedgerCheck
from district.relay import GENESIS, first_broken_seal
from district.tenancy.scope import current_district_id


@transaction.atomic
def check_ledger() -> LedgerCheck:
    """Recompute the chain of the district in scope from its first seal to its last.

    The hash at the end is kept, so that a chain that was written anew as a whole is found too:
    it no longer has that hash at that number.
    """
    broken = first_broken_seal(current_district_id())
    before = last_check()
    if broken is None and before is not None and not before.broken and not _stands(before):
        broken = before.number
    if broken is not None:
        return LedgerCheck.objects.create(number=max(broken - 1, 0), hash=GENESIS, broken=True)
    last = ActivitySeal.objects.order_by("-number").first()
    number, hash_ = (last.number, last.hash) if last else (0, GENESIS)
    return LedgerCheck.objects.create(number=number, hash=hash_)


def last_check() -> LedgerCheck | None:
    return LedgerCheck.objects.order_by("-id").first()


def _stands(check: LedgerCheck) -> bool:
    if check.number == 0:
        return True
    return ActivitySeal.objects.filter(number=check.number, hash=check.hash).exists()
