"""One factory per model, plain defaults; each row lands in the district in scope."""

from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from district.accounts.models import User, UserDistrict
from district.models import (
    ApiClient,
    Certification,
    CertificationKind,
    Community,
    District,
    File,
    FileAudience,
    Membership,
    Organization,
    OrganizationContact,
    OrganizationKind,
    Person,
    Role,
)
from spaces.models import (
    Booking,
    BookingRules,
    BookingStatus,
    Building,
    Credit,
    CreditUnit,
    DateState,
    Floor,
    Series,
    SeriesDate,
    Space,
    SpaceLeaf,
    WaitlistEntry,
)
from spaces.rules import resolve, stored


class DistrictFactory(DjangoModelFactory[District]):
    class Meta:
        model = District

    slug = factory.Sequence(lambda n: f"district-{n}")
    name_zh = "湖畔创新区"
    name_en = "Lakeside District"
    time_zone = "Asia/Shanghai"


class UserFactory(DjangoModelFactory[User]):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    password = factory.django.Password("correct horse battery")


class UserDistrictFactory(DjangoModelFactory[UserDistrict]):
    class Meta:
        model = UserDistrict
        django_get_or_create = ("user", "district")

    user = factory.SubFactory(UserFactory)
    district = factory.SubFactory(DistrictFactory)


class CommunityFactory(DjangoModelFactory[Community]):
    class Meta:
        model = Community

    code = factory.Sequence(lambda n: f"C{n}")
    name_zh = "湖畔创新社区"
    name_en = "Lakeside Community"


class OrganizationFactory(DjangoModelFactory[Organization]):
    class Meta:
        model = Organization

    class Params:
        operating = factory.Trait(kind=OrganizationKind.OPERATOR, name_en="Lakeside Operations")

    name_en = factory.Sequence(lambda n: f"Company {n}")
    kind = OrganizationKind.COMPANY


class CertificationFactory(DjangoModelFactory[Certification]):
    class Meta:
        model = Certification

    organization = factory.SubFactory(OrganizationFactory)
    kind = CertificationKind.HIGH_TECH


class ContactFactory(DjangoModelFactory[OrganizationContact]):
    class Meta:
        model = OrganizationContact

    organization = factory.SubFactory(OrganizationFactory)
    name = "Wen Qiao"
    email = "wen@example.org"


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person

    name = factory.Sequence(lambda n: f"Person {n}")
    email = factory.Sequence(lambda n: f"person{n}@example.org")
    language = "en"

    class Params:
        with_login = factory.Trait(
            user=factory.SubFactory(UserFactory, email=factory.SelfAttribute("..email"))
        )


class MembershipFactory(DjangoModelFactory[Membership]):
    class Meta:
        model = Membership

    person = factory.SubFactory(PersonFactory, with_login=True)
    organization = factory.SubFactory(OrganizationFactory)
    role = Role.COMPANY_MEMBER


class FileFactory(DjangoModelFactory[File]):
    """A row without bytes."""

    class Meta:
        model = File

    name = "licence.pdf"
    content_type = "application/pdf"
    size = 8
    sha256 = "0" * 64
    audience = FileAudience.DISTRICT


class ApiClientFactory(DjangoModelFactory[ApiClient]):
    class Meta:
        model = ApiClient

    organization = factory.SubFactory(OrganizationFactory)
    name = "Calendar bridge"
    scopes = factory.LazyFunction(list)


class BuildingFactory(DjangoModelFactory[Building]):
    class Meta:
        model = Building

    community = factory.SubFactory(CommunityFactory)
    code = factory.Sequence(lambda n: f"B{n}")
    name_en = factory.Sequence(lambda n: f"Building {n}")
    realms = factory.LazyFunction(lambda: ["physical"])


class FloorFactory(DjangoModelFactory[Floor]):
    class Meta:
        model = Floor

    building = factory.SubFactory(BuildingFactory)
    level = factory.Sequence(lambda n: n % 30 + 1)


def open_rules(**changes: Any) -> BookingRules:
    """Rules of a place that is open day and night, in steps of 15 minutes."""
    resolved = resolve([])
    values = {
        **resolved.values,
        "opening": {day: [[0, 1440]] for day in "1234567"},
        "min_minutes": 15,
        "max_minutes": 24 * 60,
        "grid_minutes": 15,
        "window_days": 400,
        **changes,
    }
    return stored(type(resolved)(values, resolved.sources))


class SpaceFactory(DjangoModelFactory[Space]):
    """A bookable leaf that lies in itself."""

    class Meta:
        model = Space
        skip_postgeneration_save = True

    building = factory.SubFactory(BuildingFactory)
    code = factory.Sequence(lambda n: f"S{n}")
    name_en = factory.Sequence(lambda n: f"Room {n}")
    capacity = 8
    bookable = True
    rules = factory.LazyFunction(open_rules)

    @factory.post_generation
    def leaf(self: Space, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and self.is_leaf:
            SpaceLeaf.objects.create(space=self, leaf=self)


class BookingFactory(DjangoModelFactory[Booking]):
    """A request that claims nothing; actions make confirmed ones."""

    class Meta:
        model = Booking

    number = factory.Sequence(lambda n: f"BK-{n:06d}")
    space = factory.SubFactory(SpaceFactory)
    organization = factory.SubFactory(OrganizationFactory)
    title = "Design review"
    attendee_count = 4
    starts_at = factory.LazyFunction(
        lambda: timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    )
    ends_at = factory.LazyAttribute(lambda booking: booking.starts_at + timedelta(hours=1))
    status = BookingStatus.REQUESTED
    rules = factory.SelfAttribute("space.rules")
    currency = "CNY"


class CreditFactory(DjangoModelFactory[Credit]):
    """An hour, for a month from a week ago on."""

    class Meta:
        model = Credit

    number = factory.Sequence(lambda n: f"CR-{n}")
    organization = factory.SubFactory(OrganizationFactory)
    name_en = "Welcome hours"
    unit = CreditUnit.MINUTES
    granted = Decimal(60)
    valid_from = factory.LazyFunction(lambda: timezone.localdate() - timedelta(days=7))
    valid_until = factory.LazyAttribute(lambda credit: credit.valid_from + timedelta(days=37))


class SeriesFactory(DjangoModelFactory[Series]):
    """A series of one date, which has the booking that is given."""

    class Meta:
        model = Series
        skip_postgeneration_save = True

    space = factory.SubFactory(SpaceFactory)
    number = factory.Sequence(lambda n: f"SE-{n}")
    rule = "FREQ=DAILY;COUNT=1"
    starts_on = factory.LazyFunction(timezone.localdate)
    begins = time(9)
    ends = time(10)

    @factory.post_generation  # type: ignore[untyped-decorator]
    def booking(self, create: bool, booking: Booking | None, **_more: Any) -> None:
        this: Any = self
        if create and booking:
            SeriesDate.objects.create(
                series=this, on=this.starts_on, state=DateState.BOOKED, booking=booking
            )


class WaitlistEntryFactory(DjangoModelFactory[WaitlistEntry]):
    """Somebody who waits for a slot; nothing claims it."""

    class Meta:
        model = WaitlistEntry

    class Params:
        waiting_person = factory.Trait(person=factory.SubFactory(PersonFactory))

    space = factory.SubFactory(SpaceFactory)
    organization = factory.SubFactory(OrganizationFactory)
    title = "Board meeting"
    attendee_count = 4
    starts_at = factory.LazyFunction(
        lambda: timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    )
    ends_at = factory.LazyAttribute(lambda entry: entry.starts_at + timedelta(hours=1))
    rules = factory.SelfAttribute("space.rules")
