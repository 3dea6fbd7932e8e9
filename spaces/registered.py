"""What the structure of spaces tells the registries at start-up."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from district import registry
from district.lists import Listing
from district.registry import Card, MenuItem, Route, Searchable, Verb, VerbGroup
from spaces import cards, permissions
from spaces.api.bookings import BookingResource
from spaces.api.credits import CreditResource, StatementResource
from spaces.api.spaces import AvailabilityResource, SpaceResource
from spaces.api.waitlist import WaitlistResource
from spaces.booking_list import BOOKINGS
from spaces.closings import BLOCKINGS
from spaces.credit_list import CREDITS
from spaces.credit_messages import credit_holders, credit_messages
from spaces.demand_messages import demand_messages
from spaces.find import BUILDINGS as FOUND_BUILDINGS
from spaces.find import SIGHTS, find_bookings
from spaces.find import SPACES as FOUND_SPACES
from spaces.importers import IMPORTERS
from spaces.invitations import booking_invitation, series_calendar
from spaces.lines import find_line
from spaces.listings import BUILDINGS, SPACES
from spaces.messages import booker, booking_messages, deciders
from spaces.personal import erase_bookings, export_bookings
from spaces.platform_messages import operators, platform_messages
from spaces.series_messages import series_booker, series_deciders, series_messages
from spaces.strike_list import STRIKES
from spaces.views.sights import KINDS
from spaces.vitals import vitals
from spaces.waitlist_list import WAITLIST
from spaces.waitlist_messages import waitlist_verbs

VERBS = {
    "building.created": Verb(_("Building added"), icon="building"),
    "building.changed": Verb(_("Building changed"), icon="building"),
    "building.ended": Verb(_("Building closed"), icon="building-off"),
    "floor.created": Verb(_("Floor added"), icon="stack-2"),
    "space.created": Verb(_("Space added"), icon="door"),
    "space.changed": Verb(_("Space changed"), icon="history"),
    "space.ended": Verb(_("Space closed"), icon="door-off"),
    "space.split": Verb(_("Space divided"), icon="arrows-split"),
    "space.merged": Verb(_("Spaces merged"), icon="arrows-join"),
    "space.sign_renewed": Verb(_("Door code renewed"), icon="qrcode"),
    "policy.changed": Verb(_("Booking rules changed"), icon="adjustments"),
    "zone.created": Verb(_("Zone added"), icon="polygon"),
    "zone.changed": Verb(_("Zone changed"), icon="polygon"),
    "zone.ended": Verb(_("Zone ended"), icon="polygon"),
    "ground.created": Verb(_("Ground of the map added"), icon="map"),
    "ground.changed": Verb(_("Ground of the map changed"), icon="map"),
    "photo.added": Verb(_("Photos added"), icon="photo"),
    "photo.changed": Verb(_("Photo changed"), icon="photo"),
    "photo.removed": Verb(_("Photo removed"), icon="photo-off"),
    "place.created": Verb(_("Place added"), icon="map-pin"),
    "place.changed": Verb(_("Place changed"), icon="map-pin"),
    "place.ended": Verb(_("Place ended"), icon="map-pin"),
    "artwork.created": Verb(_("Art work added"), icon="palette"),
    "artwork.changed": Verb(_("Art work changed"), icon="palette"),
    "artwork.ended": Verb(_("Art work removed"), icon="palette"),
    "route.created": Verb(_("Route added"), icon="route"),
    "route.changed": Verb(_("Route changed"), icon="route"),
    "route.ended": Verb(_("Route ended"), icon="route"),
    "platform.created": Verb(_("Platform added"), icon="cloud"),
    "platform.changed": Verb(_("Platform changed"), icon="cloud"),
    "platform.ended": Verb(_("Platform ended"), icon="cloud"),
    "platform.down": Verb(
        _("Platform down"),
        icon="cloud-off",
        audience=operators,
        messages=platform_messages,
        tone="stop",
    ),
    "platform.up": Verb(
        _("Platform works again"),
        icon="cloud-check",
        audience=operators,
        messages=platform_messages,
        tone="go",
    ),
}


BOOKING_NEWS = VerbGroup("bookings", _("Bookings"))
BOOKING_VERBS = {
    "booking.requested": Verb(
        _("Booking requested"),
        icon="clock",
        audience=deciders,
        messages=booking_messages,
        group=BOOKING_NEWS,
        tone="wait",
    ),
    "booking.confirmed": Verb(
        _("Booking confirmed"),
        icon="circle-check",
        audience=booker,
        messages=booking_messages,
        attached=booking_invitation,
        group=BOOKING_NEWS,
        tone="go",
    ),
    "booking.declined": Verb(
        _("Booking declined"),
        icon="circle-x",
        audience=booker,
        messages=booking_messages,
        group=BOOKING_NEWS,
        tone="stop",
    ),
    "booking.reopened": Verb(
        _("Decision taken back"), icon="arrow-back-up", audience=booker, messages=booking_messages
    ),
    "booking.cancelled": Verb(
        _("Booking cancelled"),
        icon="calendar-off",
        audience=booker,
        messages=booking_messages,
        attached=booking_invitation,
        group=BOOKING_NEWS,
        tone="stop",
        urgent=True,
    ),
    "booking.rescheduled": Verb(
        _("Booking moved"),
        icon="calendar-time",
        audience=booker,
        messages=booking_messages,
        attached=booking_invitation,
        group=BOOKING_NEWS,
        tone="wait",
        urgent=True,
    ),
    "booking.healed": Verb(
        _("Date of a series booked after all"),
        icon="calendar-heart",
        audience=booker,
        messages=booking_messages,
        attached=booking_invitation,
        group=BOOKING_NEWS,
        tone="go",
    ),
    **waitlist_verbs(BOOKING_NEWS),
    "booking.checked_in": Verb(_("Checked in"), icon="login-2", tone="go"),
    "booking.completed": Verb(_("Completed"), icon="check"),
    **{
        verb: Verb(
            label,
            icon=icon,
            audience=booker,
            messages=booking_messages,
            group=BOOKING_NEWS,
            tone=tone,
        )
        for verb, label, icon, tone in (
            ("booking.check_in_due", _("Reminded to check in"), "bell-ringing", "wait"),
            ("booking.no_show", _("Nobody came, given free"), "user-off", "stop"),
            ("booking.pardoned", _("No-show pardoned"), "heart-handshake", "go"),
            ("booking.ended", _("Ended early"), "player-stop", ""),
            ("booking.extended", _("Extended"), "clock-plus", ""),
        )
    },
    "booking.planned": Verb(_("Booked in a series"), icon="repeat"),
    "booking.moved_too": Verb(_("Moved with its series"), icon="calendar-time"),
    "booking.confirmed_too": Verb(_("Confirmed with its series"), icon="circle-check"),
    "booking.declined_too": Verb(_("Declined with its series"), icon="circle-x"),
    "booking.dropped": Verb(_("Cancelled with its series"), icon="calendar-off"),
    "series.requested": Verb(
        _("Series requested"),
        icon="clock",
        audience=series_deciders,
        messages=series_messages,
        group=BOOKING_NEWS,
        tone="wait",
    ),
    **{
        verb: Verb(
            label,
            icon=icon,
            audience=series_booker,
            messages=series_messages,
            attached=series_calendar,
            group=BOOKING_NEWS,
            tone=tone,
        )
        for verb, label, icon, tone in (
            ("series.booked", _("Series booked"), "repeat", "go"),
            ("series.changed", _("Series changed"), "repeat", "wait"),
            ("series.confirmed", _("Series confirmed"), "circle-check", "go"),
            ("series.declined", _("Series declined"), "circle-x", "stop"),
            ("series.cancelled", _("Series cancelled"), "calendar-off", "stop"),
        )
    },
    "calendar.added": Verb(_("Calendar kept elsewhere added"), icon="calendar-down"),
    "calendar.read": Verb(_("Calendar kept elsewhere read"), icon="calendar-down"),
    "calendar.ended": Verb(_("Calendar kept elsewhere ended"), icon="calendar-off"),
    "feed.made": Verb(_("Calendar subscription made"), icon="calendar-share"),
    "feed.renewed": Verb(_("Calendar subscription renewed"), icon="calendar-share"),
    "feed.ended": Verb(_("Calendar subscription ended"), icon="calendar-off"),
    "credit.granted": Verb(
        _("Credit granted"),
        icon="ticket",
        audience=credit_holders,
        messages=credit_messages,
        group=BOOKING_NEWS,
        tone="go",
    ),
    "credit.ended": Verb(
        _("Credit ended"),
        icon="ticket-off",
        audience=credit_holders,
        messages=credit_messages,
        group=BOOKING_NEWS,
        tone="stop",
    ),
    "unmet_search.told": Verb(
        _("Search without result reported"),
        icon="calendar-search",
        audience=operators,
        messages=demand_messages,
        group=BOOKING_NEWS,
        tone="wait",
    ),
    "blocking.created": Verb(_("Space blocked"), icon="tool"),
    "blocking.changed": Verb(_("Blocking changed"), icon="tool"),
    "blocking.ended": Verb(_("Space open again"), icon="door"),
}


SEARCHES = {
    "line": Searchable(_("Book"), "calendar-plus", find=find_line, order=10),
    "building": Searchable(_("Buildings"), "building", index=FOUND_BUILDINGS),
    "space": Searchable(_("Spaces"), "door", index=FOUND_SPACES),
    **{
        noun: Searchable(kind.plural, kind.icon, index=SIGHTS[noun]) for noun, kind in KINDS.items()
    },
}


def register_bookings() -> None:
    for verb, declared in BOOKING_VERBS.items():
        registry.verbs.register(verb, declared)
    registry.routes.register("spaces", Route("spaces", SpaceResource, "space"))
    registry.routes.register(
        "availability", Route("availability", AvailabilityResource, "availability")
    )
    registry.routes.register("bookings", Route("bookings", BookingResource, "booking"))
    registry.routes.register("credits", Route("credits", CreditResource, "credit"))
    registry.routes.register("statements", Route("statements", StatementResource, "statement"))
    registry.routes.register("waitlist", Route("waitlist", WaitlistResource, "waitlist"))
    for key, item in BOOKING_MENU.items():
        registry.menu.register(key, item)
    for key, card in BOOKING_CARDS.items():
        registry.cards.register(key, card)
    for name, searchable in SEARCHES.items():
        registry.searches.register(name, searchable)
    registry.searches.register(
        "bookings", Searchable(_("Bookings"), "calendar", find=find_bookings)
    )


BOOKING_MENU = {
    "book": MenuItem(
        _("Book a space"),
        "book",
        "calendar-plus",
        "",
        20,
        permissions.books_for_itself,
        on_phone=True,
    ),
    "day": MenuItem(
        _("Day plan"),
        "booking_day",
        "calendar-time",
        _("Spaces"),
        30,
        permissions.is_staff,
        on_phone=True,
        covers=("bookings/week/", "bookings/month/"),
    ),
    "inbox": MenuItem(
        _("Approvals"),
        "booking_inbox",
        "inbox",
        _("Spaces"),
        31,
        permissions.is_staff,
        count=cards.waiting_count,
        on_phone=True,
    ),
    "blockings": MenuItem(
        _("Blockings"),
        "blocking_list",
        "tool",
        _("Spaces"),
        33,
        permissions.can_block_somewhere,
    ),
    "statements": MenuItem(
        _("Statements"),
        "statement_list",
        "receipt",
        _("Spaces"),
        34,
        permissions.can_view_statements,
        covers=("credits/",),
    ),
    "use": MenuItem(
        _("Use of spaces"),
        "space_use",
        "chart-histogram",
        _("Spaces"),
        37,
        permissions.can_view_use,
    ),
    "strikes": MenuItem(
        _("No-shows"), "strike_list", "user-off", _("Spaces"), 35, permissions.is_staff
    ),
    "waitlist": MenuItem(
        _("Waitlist"), "waitlist_list", "hourglass", _("Spaces"), 36, lambda actor: True
    ),
    "bookings": MenuItem(
        _("Bookings"), "booking_list", "list", _("Spaces"), 32, lambda actor: True, on_phone=True
    ),
}
BOOKING_CARDS = {
    "vitals": Card("spaces/cards/vitals.html", 1, vitals, place="top"),
    "waiting": Card("spaces/cards/waiting.html", 10, cards.waiting_requests),
    "presets": Card("spaces/cards/presets.html", 2, cards.presets, place="top"),
    "platforms": Card("spaces/cards/platforms.html", 15, cards.platforms_down, place="aside"),
    "next": Card("spaces/cards/next.html", 10, cards.next_bookings),
    "waitlist": Card("spaces/cards/waitlist.html", 4, cards.own_waitlist),
    "mine": Card("spaces/cards/mine.html", 8, cards.my_spaces),
    "agenda": Card("spaces/cards/agenda.html", 20, cards.today_agenda, place="aside"),
}


MENU = {
    "map": MenuItem(
        _("Map"), "district_map", "map-2", _("Spaces"), 20, permissions.can_view_spaces
    ),
    "spaces": MenuItem(
        _("Buildings and spaces"),
        "space_list",
        "building",
        _("Spaces"),
        22,
        permissions.can_view_spaces,
        covers=("buildings/", "photos/"),
    ),
    "sights": MenuItem(
        _("Places and routes"),
        "place_list",
        "route",
        _("Spaces"),
        28,
        permissions.is_staff,
        covers=("zones/", "artworks/", "routes/", "platforms/"),
    ),
}


def register_structure() -> None:
    for key, importer in IMPORTERS.items():
        registry.importers.register(key, importer)
    registry.personal_data.register(
        "bookings", registry.PersonalData(export_bookings, erase_bookings)
    )
    for key, item in MENU.items():
        registry.menu.register(key, item)
    for verb, declared in VERBS.items():
        registry.verbs.register(verb, declared)
    sights = [kind.listing for kind in KINDS.values()]
    listings: list[Listing[Any]] = [
        SPACES,
        BUILDINGS,
        BOOKINGS,
        BLOCKINGS,
        CREDITS,
        STRIKES,
        WAITLIST,
        *sights,
    ]
    for listing in listings:
        registry.listings.register(listing.key, listing)
