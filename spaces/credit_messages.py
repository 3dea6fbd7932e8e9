"""Who is told of credits, and what they read."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from district.models import Activity
from district.registry import Message
from district.templatetags.look import hours, money
from spaces.messages import company_admins
from spaces.models import Credit, CreditUnit


def amount_of(credit: Credit, value: Decimal) -> str:
    """A quantity in the credit's unit, in words."""
    match credit.unit:
        case CreditUnit.MONEY:
            return money(value, credit.district.currency)
        case CreditUnit.MINUTES:
            return _("%(hours)s h") % {"hours": hours(int(value))}
        case _:
            return ngettext("%(n)d visit", "%(n)d visits", int(value)) % {"n": int(value)}


def _credits(activities: Sequence[Activity]) -> Mapping[UUID, Credit]:
    ids = [activity.subject_id for activity in activities]
    rows = Credit.objects.filter(pk__in=ids).select_related("organization", "district")
    return {row.pk: row for row in rows}


def credit_holders(activities: Sequence[Activity]) -> Mapping[UUID, Collection[UUID]]:
    """The administrators of the organisation that has it."""
    found = _credits(activities)
    admins = company_admins({row.organization_id for row in found.values()})
    return {
        activity.pk: admins[credit.organization_id]
        for activity in activities
        if (credit := found.get(activity.subject_id))
    }


def credit_messages(activities: Sequence[Activity]) -> Mapping[UUID, Message]:
    found = _credits(activities)
    return {
        activity.pk: Message(
            _title(activity.verb, credit),
            _("%(name)s, valid until %(day)s")
            % {"name": credit.name, "day": date_format(credit.valid_until)},
            credit.get_absolute_url(),
            [
                (_("Credit"), credit.name),
                (_("What is left"), amount_of(credit, credit.left)),
                (_("Valid until"), date_format(credit.valid_until)),
                (_("Number"), credit.number),
            ],
        )
        for activity in activities
        if (credit := found.get(activity.subject_id))
    }


def _title(verb: str, credit: Credit) -> str:
    if verb == "credit.ended":
        return _("A credit of your organisation has ended")
    return _("Your organisation may use %(amount)s") % {"amount": amount_of(credit, credit.granted)}
