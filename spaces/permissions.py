"""Who may do what with buildings, spaces, policies, sights and bookings."""

from django.db.models import QuerySet

from district.actors import Actor
from district.models import ApiClient, Membership, OrganizationKind, Role
from district.permissions import Permission, Reach, holds, reach, require
from district.tenancy.models import DistrictModel
from spaces.models import Audience, Booking, Building, Series, Space, Strike, WaitlistEntry


def can_view_spaces(actor: Actor) -> bool:
    return reach(actor, Permission.SPACES_VIEW) is not None


def can_create_building(actor: Actor) -> bool:
    return reach(actor, Permission.SPACES_EDIT) is not None


def can_edit_building(actor: Actor, building: Building) -> bool:
    return holds(actor, Permission.SPACES_EDIT, community_id=building.community_id)


def can_edit_space(actor: Actor, space: Space) -> bool:
    return can_edit_building(actor, space.building)


def can_edit_sights(actor: Actor) -> bool:
    """Zones, places, art works, routes and platforms belong to the whole district."""
    return reach(actor, Permission.SPACES_EDIT) is Reach.DISTRICT


def can_edit_photos(actor: Actor, subject: DistrictModel) -> bool:
    """Who may change the thing may change its photos."""
    match subject:
        case Building():
            return can_edit_building(actor, subject)
        case Space():
            return can_edit_space(actor, subject)
        case _:
            return can_edit_sights(actor)


def can_edit_district_policy(actor: Actor) -> bool:
    return reach(actor, Permission.POLICIES_EDIT) is Reach.DISTRICT


def can_grant_credits(actor: Actor) -> bool:
    """Whoever makes the district's booking rules, prices among them."""
    return can_edit_district_policy(actor)


def can_view_statements(actor: Actor) -> bool:
    return reach(actor, Permission.BOOKINGS_VIEW) is not None


def sees_all_statements(actor: Actor) -> bool:
    """Staff and auditors; others see what their own organisation owes."""
    return reach(actor, Permission.BOOKINGS_VIEW) in (Reach.DISTRICT, Reach.AREA)


def can_view_use(actor: Actor) -> bool:
    """Staff and auditors, of the spaces in their reach."""
    return sees_all_statements(actor)


def can_edit_policy(actor: Actor, building: Building) -> bool:
    """Policies of a building, and of the spaces in it."""
    return holds(actor, Permission.POLICIES_EDIT, community_id=building.community_id)


def can_book(actor: Actor, space: Space) -> bool:
    """Whether the actor may book here at all: staff of the area, or who the rules invite."""
    how_far = reach(actor, Permission.BOOKINGS_CREATE)
    if how_far is None or not space.bookable or space.rules is None:
        return False
    if how_far is Reach.OWN:
        return audience_of(actor) in space.rules.audience
    return holds(actor, Permission.BOOKINGS_CREATE, community_id=space.building.community_id)


def audience_of(actor: Actor) -> str:
    """Which of the rules' audiences the actor belongs to."""
    if reach(actor, Permission.BOOKINGS_CREATE) is not Reach.OWN:
        return Audience.OPERATOR
    is_partner = isinstance(actor, Membership) and actor.role == Role.PARTNER
    return Audience.PARTNERS if is_partner else Audience.COMPANIES


def is_staff(actor: Actor) -> bool:
    """Staff book for others and are not bound by window, notice, length, grid and hours."""
    return reach(actor, Permission.BOOKINGS_DECIDE) is not None


def books_for_itself(actor: Actor) -> bool:
    """Companies and partners, which the finder is for."""
    return reach(actor, Permission.BOOKINGS_CREATE) is Reach.OWN


def can_decide(actor: Actor, booking: Booking | Series) -> bool:
    community_id = booking.space.building.community_id
    return holds(actor, Permission.BOOKINGS_DECIDE, community_id=community_id)


def can_change_booking(actor: Actor, booking: Booking | Series) -> bool:
    """Its booker, an administrator of its company, or staff; partners and programs their own."""
    if can_decide(actor, booking):
        return True
    if not holds(actor, Permission.BOOKINGS_CREATE, organization_id=booking.organization_id):
        return False
    if isinstance(actor, Membership) and actor.role == Role.COMPANY_MEMBER:
        return booking.person_id == actor.person_id
    return True


def can_join_waitlist(actor: Actor, space: Space) -> bool:
    """Who may book here and has to wait for a turn: staff have none."""
    return books_for_itself(actor) and can_book(actor, space)


def can_take_offer(actor: Actor, entry: WaitlistEntry) -> bool:
    """Whoever it was made to: a person, or for a program any of its organisation's."""
    if not holds(actor, Permission.BOOKINGS_CREATE, organization_id=entry.organization_id):
        return False
    if entry.person_id is None:
        return isinstance(actor, ApiClient)
    return isinstance(actor, Membership) and actor.person_id == entry.person_id


def can_leave_waitlist(actor: Actor, entry: WaitlistEntry) -> bool:
    """Like a booking: who waits, an administrator of the company, staff; programs their own."""
    community_id = entry.space.building.community_id
    if holds(actor, Permission.BOOKINGS_DECIDE, community_id=community_id):
        return True
    if isinstance(actor, Membership) and actor.role == Role.COMPANY_MEMBER:
        return can_take_offer(actor, entry)
    return holds(actor, Permission.BOOKINGS_CREATE, organization_id=entry.organization_id)


def can_attend(actor: Actor, booking: Booking) -> bool:
    """Check in, end or extend what is in use: anybody of its company, a colleague too, or staff."""
    return can_decide(actor, booking) or holds(
        actor, Permission.BOOKINGS_CREATE, organization_id=booking.organization_id
    )


def can_report_presence(actor: Actor) -> bool:
    """Door readers and sensors: programs of the operator that may write bookings."""
    return (
        isinstance(actor, ApiClient)
        and actor.organization.kind == OrganizationKind.OPERATOR
        and reach(actor, Permission.BOOKINGS_CREATE) is not None
    )


def can_pardon(actor: Actor, strike: Strike) -> bool:
    return can_decide(actor, strike.booking)


def can_block(actor: Actor, space: Space) -> bool:
    return holds(actor, Permission.BLOCKINGS_EDIT, community_id=space.building.community_id)


def can_block_somewhere(actor: Actor) -> bool:
    return reach(actor, Permission.BLOCKINGS_EDIT) is not None


def buildings_to_block(actor: Actor) -> list[Building]:
    """Buildings with something to close in which the actor may."""
    require(can_block_somewhere(actor))
    rows = Building.objects.filter(ended_at=None, spaces__bookable=True).distinct().order_by("code")
    return [
        row
        for row in rows
        if holds(actor, Permission.BLOCKINGS_EDIT, community_id=row.community_id)
    ]


def can_view_plan(actor: Actor) -> bool:
    """Staff see who has what; companies and partners their own, and what else is taken."""
    return is_staff(actor) or books_for_itself(actor)


def bookable_by(actor: Actor) -> QuerySet[Space, Space]:
    """Spaces the actor may book: those of staff, or those whose rules invite its kind."""
    if books_for_itself(actor):
        return Space.objects.bookable().filter(rules__audience__contains=[audience_of(actor)])
    return bookable_by_staff(actor)


def bookable_by_staff(actor: Actor) -> QuerySet[Space, Space]:
    """Spaces that staff may book for others: all, or those of their area."""
    rows: QuerySet[Space, Space] = Space.objects.bookable()
    if reach(actor, Permission.BOOKINGS_DECIDE) is Reach.AREA and isinstance(actor, Membership):
        return rows.filter(building__community=actor.community)
    return rows if is_staff(actor) else rows.none()
