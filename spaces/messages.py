"""Who is told of bookings, and what they read."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from district.models import Activity, Membership, Organization, Role
from district.registry import Message
from district.templatetags.look import dated
from spaces.models import Booking

DECIDERS = (Role.OPERATOR_ADMIN, Role.OPERATOR)


def _bookings(activities: Sequence[Activity]) -> Mapping[UUID, Booking]:
    ids = [activity.subject_id for activity in activities]
    rows = Booking.objects.filter(pk__in=ids).select_related(
        "space__building", "space__floor", "organization", "person"
    )
    return {row.pk: row for row in rows}


def booker(activities: Sequence[Activity]) -> Mapping[UUID, Collection[UUID]]:
    """Whoever the booking is for: the person, or where none was named the company's own admins."""
    bookings = _bookings(activities)
    nobody = {
        row.organization_id
        for row in bookings.values()
        if row.person_id is None and row.organization_id is not None
    }
    admins = company_admins(nobody)
    return {
        activity.pk: {booking.person_id} if booking.person_id else admins[booking.organization_id]
        for activity in activities
        if (booking := bookings.get(activity.subject_id))
    }


def company_admins(organization_ids: Collection[UUID]) -> Mapping[UUID | None, set[UUID]]:
    """The persons who administer each of these companies."""
    admins: dict[UUID | None, set[UUID]] = defaultdict(set)
    for organization_id, person_id in (
        Membership.objects.current()
        .filter(role=Role.COMPANY_ADMIN, organization_id__in=organization_ids)
        .values_list("organization_id", "person_id")
    ):
        admins[organization_id].add(person_id)
    return admins


def staff_for() -> Mapping[UUID | None, set[UUID]]:
    """Staff who decide about spaces, by area; None are those of the whole district."""
    staff: dict[UUID | None, set[UUID]] = defaultdict(set)
    for person_id, community_id in (
        Membership.objects.current()
        .filter(role__in=DECIDERS)
        .values_list("person_id", "community_id")
    ):
        staff[community_id].add(person_id)
    return staff


def deciders(activities: Sequence[Activity]) -> Mapping[UUID, Collection[UUID]]:
    """Staff who decide about the space: of the whole district, and of its area."""
    staff = staff_for()
    bookings = _bookings(activities)
    return {
        activity.pk: staff[None] | staff[booking.space.building.community_id]
        for activity in activities
        if (booking := bookings.get(activity.subject_id))
    }


def deciding(booking: Booking) -> list[Organization]:
    """Whose staff decide about a booking that waits."""
    community_id = booking.space.building.community_id
    staff = Membership.objects.current().filter(
        Q(community_id=None) | Q(community_id=community_id), role__in=DECIDERS
    )
    return list(Organization.objects.filter(pk__in=staff.values("organization_id")).order_by("id"))


def booking_messages(activities: Sequence[Activity]) -> Mapping[UUID, Message]:
    bookings = _bookings(activities)
    found = {}
    for activity in activities:
        booking = bookings.get(activity.subject_id)
        if booking is not None:
            found[activity.pk] = Message(
                _title(activity.verb, booking),
                _text(booking),
                booking.get_absolute_url(),
                _facts(booking),
            )
    return found


def _title(verb: str, booking: Booking) -> str:
    space = {"space": booking.space.name}
    match verb:
        case "booking.requested":
            organization = booking.organization.name if booking.organization else ""
            return _("%(organization)s asks for %(space)s") % {
                **space,
                "organization": organization,
            }
        case "booking.confirmed":
            return _("Your booking of %(space)s is confirmed") % space
        case "booking.declined":
            return _("Your request for %(space)s was declined") % space
        case "booking.healed":
            return _("A date of your series in %(space)s could be booked after all") % space
        case "booking.reopened":
            return _("Your request for %(space)s is looked at again") % space
        case "booking.cancelled":
            return _("The booking of %(space)s was cancelled") % space
        case _:
            return _titles_in_use().get(verb, _("The booking of %(space)s was moved")) % space


def _titles_in_use() -> Mapping[str, str]:
    return {
        "booking.check_in_due": _("%(space)s starts soon: check in at the door or here"),
        "booking.no_show": _("Nobody came: %(space)s was given free"),
        "booking.pardoned": _("The no-show at %(space)s no longer counts"),
        "booking.ended": _("The booking of %(space)s was ended early"),
        "booking.extended": _("The booking of %(space)s was extended"),
    }


def _facts(booking: Booking) -> list[tuple[str, str]]:
    facts = [
        (_("Space"), f"{booking.space.name} · {booking.space.where}"),
        (_("When"), dated(booking.starts_at, booking.ends_at)),
        (_("Number"), booking.number),
        (_("What for"), booking.title),
        (_("Reason"), booking.reason),
    ]
    return [(label, value) for label, value in facts if value]


def _text(booking: Booking) -> str:
    when = dated(booking.starts_at, booking.ends_at)
    text = f"{booking.space.where} · {when}"
    return f"{text} · {booking.reason}" if booking.reason else text
