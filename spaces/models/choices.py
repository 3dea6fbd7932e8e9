"""The words spaces are described with."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SpaceFunction(models.TextChoices):
    RESEARCH = "research", _("Research")
    VENTURE = "venture", _("Venture")
    TECHNOLOGY = "technology", _("Technology")
    EDUCATION = "education", _("Education")
    TRADE = "trade", _("Trade")
    RESIDENCE = "residence", _("Residence")
    LIFE_SERVICE = "life_service", _("Life services")
    CULTURE = "culture", _("Culture")
    PUBLIC_REALM = "public_realm", _("Public realm")
    MEETING = "meeting", _("Meeting")
    EQUIPMENT = "equipment", _("Equipment")
    DIGITAL = "digital", _("Digital")


class Realm(models.TextChoices):
    PHYSICAL = "physical", _("Physical")
    VIRTUAL = "virtual", _("Virtual")
    CULTURAL = "cultural", _("Cultural")


class Feature(models.TextChoices):
    PROJECTOR = "projector", _("Projector")
    SCREEN = "screen", _("Screen")
    WHITEBOARD = "whiteboard", _("Whiteboard")
    VIDEO_CALL = "video_call", _("Video conferencing")
    STREAMING = "streaming", _("Live streaming")
    SOUND = "sound", _("Sound system")
    INTERPRETING = "interpreting", _("Simultaneous interpreting")
    RECORDING = "recording", _("Recording")
    STAGE = "stage", _("Stage")
    DAYLIGHT = "daylight", _("Daylight")
    WHEELCHAIR = "wheelchair", _("Step-free access")
    CATERING = "catering", _("Catering")
    WIFI = "wifi", _("Wi-Fi")
    EXHAUST = "exhaust", _("Exhaust")
    CLEANROOM = "cleanroom", _("Cleanroom")
    FUME_HOOD = "fume_hood", _("Fume hood")
    THREE_PHASE = "three_phase", _("Three-phase power")
    COMPRESSED_AIR = "compressed_air", _("Compressed air")
    GOODS_LIFT = "goods_lift", _("Goods lift")
    WASTEWATER = "wastewater", _("Wastewater treatment")


class Measure(models.TextChoices):
    """Technical figures of a space, each with its unit."""

    FLOOR_HEIGHT_M = "floor_height_m", _("Floor height (m)")
    FLOOR_LOAD_KN_M2 = "floor_load_kn_m2", _("Floor load (kN/m²)")
    POWER_KW = "power_kw", _("Power (kW)")
    LIFT_T = "lift_t", _("Goods-lift load (t)")
    HOISTING_OPENING_M = "hoisting_opening_m", _("Hoisting opening (m)")
    CLEANROOM_ISO = "cleanroom_iso", _("Cleanroom class (ISO 14644-1)")
    VIBRATION_VC = "vibration_vc", _("Vibration class (VC)")
    FIRE_HAZARD = "fire_hazard", _("Fire-hazard class")


class PlaceKind(models.TextChoices):
    BOOK_BAR = "book_bar", _("Book bar")
    ART_CENTRE = "art_centre", _("Art centre")
    MUSEUM = "museum", _("Museum")
    POCKET_PARK = "pocket_park", _("Pocket park")
    LINGERING = "lingering", _("Lingering place")
    CAFE = "cafe", _("Café")
    FOOD = "food", _("Food")
    SHOP = "shop", _("Shop")
    SPORT = "sport", _("Sport")
    CHILD_CARE = "child_care", _("Child care")
    HEALTH = "health", _("Health")
    TRANSPORT = "transport", _("Transport")
    LANDMARK = "landmark", _("Landmark")
    OTHER = "other", _("Other")


CULTURAL_PLACES = frozenset(
    {
        PlaceKind.BOOK_BAR,
        PlaceKind.ART_CENTRE,
        PlaceKind.MUSEUM,
        PlaceKind.POCKET_PARK,
        PlaceKind.LINGERING,
        PlaceKind.LANDMARK,
    }
)
