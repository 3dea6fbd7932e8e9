"""Strikes: no-shows that count against a person, what follows from them, and pardons."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from district.activity import record
from district.actors import Actor, person_id
from district.models import Membership, Organization, Role
from district.rules import RuleViolation
from district.templatetags.look import moment
from spaces import permissions
from spaces.models import BookingRules, Strike


def barred_until(rules: BookingRules, by: Actor, now: datetime | None = None) -> datetime | None:
    """Until when the actor may not book alone under these rules; None where nothing says so.

    From the strike that reached the limit within `strike_days`, for `strike_block_days`. Staff book
    whatever they did, and programs are nobody who could fail to come. One query, and none where
    the rules know no limit.
    """
    who, now = person_id(by), now or timezone.now()
    if not rules.strike_limit or who is None or permissions.is_staff(by):
        return None
    strikes = Strike.objects.filter(person_id=who, pardoned_at=None).order_by("-at", "-pk")
    found = list(strikes.values_list("at", flat=True)[: rules.strike_limit])
    if len(found) < rules.strike_limit:
        return None
    latest, first = found[0], found[-1]
    until = latest + timedelta(days=rules.strike_block_days)
    return until if latest - first < timedelta(days=rules.strike_days) and until > now else None


def require_trusted(rules: BookingRules, by: Actor) -> None:
    """Raises RuleViolation("booking_strikes") for whoever may not book alone at present."""
    until = barred_until(rules, by)
    if until is not None:
        raise RuleViolation(
            "booking_strikes",
            _(
                "You did not come to %(n)d bookings. Until %(until)s you cannot book by yourself; "
                "%(operator)s books for you."
            )
            % {"n": rules.strike_limit, "until": moment(until), "operator": _operators()},
            details={"until": until},
        )


@transaction.atomic
def pardon_strike(strike: Strike, reason: str, *, by: Membership) -> Strike:
    """Forgive a no-show. Raises RuleViolation("reason_missing", "strike_pardoned")."""
    if not reason.strip():
        raise RuleViolation("reason_missing", gettext_lazy("Say why, so that it can be followed."))
    strike = Strike.objects.locked().get(pk=strike.pk)
    if strike.pardoned_at is not None:
        raise RuleViolation(
            "strike_pardoned", gettext_lazy("Somebody pardoned this in the meantime.")
        )
    strike.pardoned_at, strike.pardoned_by = timezone.now(), by
    strike.reason = reason.strip()
    strike.save(update_fields=["pardoned_at", "pardoned_by", "reason"])
    record("booking.pardoned", subject=strike.booking, by=by, organization=strike.organization_id)
    return strike


def _operators() -> str:
    """Whoever runs the district, by name."""
    admins = Membership.objects.current().filter(Q(role=Role.OPERATOR_ADMIN))
    rows = Organization.objects.filter(pk__in=admins.values("organization_id")).order_by("id")[:2]
    return _(" or ").join(row.name for row in rows) or _("the operator")
