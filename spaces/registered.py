"""What the structure of spaces tells the registries at start-up."""

from django.utils.translation import gettext_lazy as _

from district import registry
from district.registry import Verb

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
    "space.photo_added": Verb(_("Photo added"), icon="photo"),
    "space.photo_removed": Verb(_("Photo removed"), icon="photo-off"),
    "policy.changed": Verb(_("Booking rules changed"), icon="adjustments"),
    "spaces.imported": Verb(_("Spaces imported"), icon="upload"),
    "zone.created": Verb(_("Zone added"), icon="polygon"),
    "zone.changed": Verb(_("Zone changed"), icon="polygon"),
    "zone.ended": Verb(_("Zone ended"), icon="polygon"),
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
    "platform.checked": Verb(_("Platform health changed"), icon="heartbeat"),
}


BOOKING_VERBS = {
    "booking.requested": Verb(_("Booking requested"), icon="clock"),
    "booking.confirmed": Verb(_("Booking confirmed"), icon="circle-check"),
    "booking.declined": Verb(_("Booking declined"), icon="circle-x"),
    "booking.cancelled": Verb(_("Booking cancelled"), icon="calendar-off"),
    "booking.rescheduled": Verb(_("Booking moved"), icon="calendar-time"),
    "blocking.created": Verb(_("Space blocked"), icon="tool"),
    "blocking.ended": Verb(_("Space open again"), icon="door"),
}


def register_bookings() -> None:
    for verb, declared in BOOKING_VERBS.items():
        registry.verbs.register(verb, declared)


def register_structure() -> None:
    for verb, declared in VERBS.items():
        registry.verbs.register(verb, declared)
