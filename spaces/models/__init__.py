from spaces.models.booking import (
    CHECK_IN_OPENS,
    LONGEST,
    Booking,
    BookingParty,
    BookingSource,
    BookingStatus,
)
from spaces.models.choices import (
    CULTURAL_PLACES,
    Feature,
    Measure,
    PlaceKind,
    Realm,
    SpaceFunction,
)
from spaces.models.credit import Credit, CreditUnit, CreditUse
from spaces.models.demand import UnmetSearch
from spaces.models.favourite import Favourite
from spaces.models.feed import Feed, FeedKind
from spaces.models.ground import LINES, Ground, GroundKind
from spaces.models.occupancy import Blocking, Occupancy, OccupancyKind, OutsideCalendar
from spaces.models.photo import Photo
from spaces.models.place import (
    ArtWork,
    Health,
    Place,
    Platform,
    PlatformCheck,
    PlatformKind,
    Route,
    RouteStop,
    Zone,
    ZonePurpose,
)
from spaces.models.policy import (
    Approval,
    Audience,
    BookingPolicy,
    BookingRules,
    CancellationRule,
    QuotaUse,
)
from spaces.models.series import DateState, Series, SeriesDate
from spaces.models.space import Building, Floor, Space, SpaceLeaf, SpaceVersion
from spaces.models.strike import Strike
from spaces.models.waitlist import Hold, WaitlistEntry, WaitStatus

__all__ = [
    "CHECK_IN_OPENS",
    "CULTURAL_PLACES",
    "LINES",
    "LONGEST",
    "Approval",
    "ArtWork",
    "Audience",
    "Blocking",
    "Booking",
    "BookingParty",
    "BookingPolicy",
    "BookingRules",
    "BookingSource",
    "BookingStatus",
    "Building",
    "CancellationRule",
    "Credit",
    "CreditUnit",
    "CreditUse",
    "DateState",
    "Favourite",
    "Feature",
    "Feed",
    "FeedKind",
    "Floor",
    "Ground",
    "GroundKind",
    "Health",
    "Hold",
    "Measure",
    "Occupancy",
    "OccupancyKind",
    "OutsideCalendar",
    "Photo",
    "Place",
    "PlaceKind",
    "Platform",
    "PlatformCheck",
    "PlatformKind",
    "QuotaUse",
    "Realm",
    "Route",
    "RouteStop",
    "Series",
    "SeriesDate",
    "Space",
    "SpaceFunction",
    "SpaceLeaf",
    "SpaceVersion",
    "Strike",
    "UnmetSearch",
    "WaitStatus",
    "WaitlistEntry",
    "Zone",
    "ZonePurpose",
]
