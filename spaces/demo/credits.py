"""Credits and passes of a demo district: some used, one nearly over, one ended."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from district.actors import System
from district.demo.build import Build
from spaces.actions.credits import Purse, grant_credit
from spaces.models import Booking, BookingStatus, Credit, CreditUnit, SpaceFunction
from spaces.prices import fee_steps

LATE: Final = 0.4  # of what was cancelled in the demo
# Whose, of what, how much, from and until how many days from today.
GRANTS: Final[tuple[tuple[int, str, str, Any, str, int, int], ...]] = (
    (0, "入驻会议时长|Welcome meeting hours", "minutes", 30000, SpaceFunction.MEETING, -150, 215),
    (0, "设备代金券|Equipment voucher", "money", 12000, SpaceFunction.EQUIPMENT, -60, 120),
    (0, "共享工位十次卡|Ten-visit desk pass", "visits", 10, "", 0, 25),
    (1, "创业扶持时长|Start-up support hours", "minutes", 3000, "", -100, 265),
    (2, "创业扶持代金券|Start-up voucher", "money", 8000, "", -90, 9),
    (4, "路演时长|Pitching hours", "minutes", 600, SpaceFunction.CULTURE, -120, 60),
    (7, "创业扶持时长|Start-up support hours", "minutes", 900, "", -200, -15),
)


def fill_credits(build: Build) -> None:
    """What was granted; the bookings that are made after use it."""
    for position, name, unit, granted, function, first, last in GRANTS:
        if position < len(build.companies):
            name_zh, name_en = name.split("|")
            credit = Credit(
                organization=build.companies[position],
                name_zh=name_zh,
                name_en=name_en,
                unit=CreditUnit(unit),
                granted=Decimal(granted),
                function=function,
                valid_from=build.today + timedelta(days=first),
                valid_until=build.today + timedelta(days=last),
            )
            grant_credit(credit, by=System())


def settle_prices(build: Build, bookings: Iterable[Booking]) -> Purse:
    """Pay by credits in the order of time; some of those given up owe a fee. To be saved after."""
    rows = sorted(bookings, key=lambda booking: booking.starts_at)
    purse = Purse.locked(rows)
    for booking in rows:
        if booking.status == BookingStatus.CANCELLED:
            steps = fee_steps(booking)
            if steps and build.random.random() < LATE:
                booking.fee_amount = steps[0].amount
        elif booking.status != BookingStatus.DECLINED:
            purse.pay(booking)
    return purse
