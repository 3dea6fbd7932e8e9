"""The ground floor of a demo district: organisations, people, log-ins, notices."""

from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any, Final

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from district.accounts.models import User, UserDistrict
from district.demo import names
from district.demo.build import Build
from district.demo.papers import fill_papers
from district.demo.plans import LOG_INS, PASSWORD
from district.models import (
    ActivitySeal,
    Certification,
    CertificationKind,
    Community,
    Cursor,
    Membership,
    Organization,
    OrganizationContact,
    OrganizationKind,
    Person,
    Role,
)
from district.models.uscc import ALPHABET, uscc_check_character
from district.relay import seal
from district.tenancy.models import uuid7

MEMBERS_PER_COMPANY: Final = 2
CERTIFIED: Final = ((CertificationKind.HIGH_TECH, 0.45), (CertificationKind.SPECIALISED, 0.2))


def fill_ground(build: Build) -> None:
    _communities(build)
    _organizations(build)
    _certifications(build)
    _people(build)
    _log_ins(build)
    fill_papers(build)


def _communities(build: Build) -> None:
    build.communities = {
        code: Community(code=code, name_zh=zh, name_en=en, is_published=True)
        for code, zh, en in build.plan["communities"]
    }
    Community.objects.bulk_create(build.communities.values())


def _organizations(build: Build) -> None:
    zh, en = build.plan["operator"]
    found = {
        "operator": Organization(kind=OrganizationKind.OPERATOR, name_zh=zh, name_en=en),
        **(_harbour_bodies() if build.plan["small"] else _dushu_bodies(build)),
    }
    for organization in found.values():
        organization.longitude, organization.latitude = _somewhere(build)
        organization.community = build.random.choice(list(build.communities.values()))
        organization.verified_at = timezone.now() - timedelta(days=400)
        organization.country = "GB" if build.district.currency == "GBP" else "CN"
    Organization.objects.bulk_create(found.values())
    build.organizations = found
    build.companies = [o for o in found.values() if o.kind == OrganizationKind.COMPANY]


def _dushu_bodies(build: Build) -> dict[str, Organization]:
    bodies = {
        f"university-{n}": Organization(kind=OrganizationKind.UNIVERSITY, name_zh=zh, name_en=en)
        for n, (zh, en) in enumerate(names.UNIVERSITIES)
    }
    bodies |= {
        f"research-{n}": Organization(
            kind=OrganizationKind.RESEARCH,
            name_zh=f"{zh}研究院",
            name_en=f"Institute of {en}",
        )
        for n, (zh, en) in enumerate(names.RESEARCH_FIELDS)
    }
    for n in range(build.plan["company_count"]):
        bodies[f"company-{n}"] = _company(build, n)
    return bodies


def _company(build: Build, n: int) -> Organization:
    """Stem and field both move on, so that no name comes twice in 360."""
    stem_zh, stem_en = names.STEMS[n % len(names.STEMS)]
    industry, field_zh, field_en = names.FIELDS[(n + n // len(names.STEMS)) % len(names.FIELDS)]
    return Organization(
        kind=OrganizationKind.COMPANY,
        name_zh=f"{stem_zh}{field_zh}",
        name_en=f"{stem_en} {field_en}",
        legal_name=f"苏州{stem_zh}{field_zh}有限公司",
        industry=industry,
        uscc=_uscc(build, n),
        founded_on=build.today - timedelta(days=build.random.randrange(200, 5000)),
        employee_count=build.random.randrange(6, 420),
    )


def _uscc(build: Build, n: int) -> str:
    body = f"9132059{n:03d}" + "".join(build.random.choice(ALPHABET[:10]) for _ in range(7))
    return body + uscc_check_character(body)


def _harbour_bodies() -> dict[str, Organization]:
    university, *institutes = names.HARBOUR_BODIES
    bodies = {"university-0": Organization(kind=OrganizationKind.UNIVERSITY, name_en=university)}
    for n, name in enumerate(institutes):
        bodies[f"research-{n}"] = Organization(kind=OrganizationKind.RESEARCH, name_en=name)
    for n, (name, industry) in enumerate(names.HARBOUR_NAMES):
        bodies[f"company-{n}"] = Organization(
            kind=OrganizationKind.COMPANY, name_en=name, legal_name=f"{name} Ltd", industry=industry
        )
    return bodies


def _somewhere(build: Build) -> tuple[float, float]:
    """Somewhere inside the core zone."""
    east, north = build.random.uniform(-0.006, 0.012), build.random.uniform(-0.009, 0.009)
    return (
        round((build.district.longitude or 0) + east, 6),
        round((build.district.latitude or 0) + north, 6),
    )


def _certifications(build: Build) -> None:
    rows = []
    for organization in build.companies:
        for kind, share in CERTIFIED:
            if build.random.random() < share:
                issued = build.today - timedelta(days=build.random.randrange(30, 1080))
                rows.append(
                    Certification(
                        organization=organization,
                        kind=kind,
                        number=f"GR{issued.year}{build.random.randrange(10**8):08d}",
                        issued_on=issued,
                        expires_on=issued + timedelta(days=3 * 365),
                    )
                )
    Certification.objects.bulk_create(rows)


def _people(build: Build) -> None:
    people, memberships, contacts = [], [], []
    number = count(1)
    for organization in build.companies:
        for position in range(MEMBERS_PER_COMPANY):
            person = _person(build, next(number))
            people.append(person)
            memberships.append(
                Membership(
                    person=person,
                    organization=organization,
                    role=Role.COMPANY_MEMBER if position else Role.COMPANY_ADMIN,
                )
            )
        contacts.append(
            OrganizationContact(
                organization=organization, name=person.name, email=person.email, title=""
            )
        )
    Person.objects.bulk_create(people)
    Membership.objects.bulk_create(memberships)
    OrganizationContact.objects.bulk_create(contacts)
    build.people = {f"person-{n}": person for n, person in enumerate(people)}


def _person(build: Build, number: int) -> Person:
    chance = build.random
    if build.district.language == "en":
        name = f"{chance.choice(names.EN_FIRST)} {chance.choice(names.EN_LAST)}"
    else:
        name = chance.choice(names.SURNAMES) + chance.choice(names.GIVEN)
    return Person(
        id=uuid7(),
        name=name,
        email=f"p{number}.{build.district.slug}@demo.example",
        language=build.district.language,
    )


def _log_ins(build: Build) -> None:
    slug = build.district.slug
    for entry in LOG_INS:
        if slug not in entry["roles"]:
            continue
        organization, role, community = entry["roles"][slug]
        user = _user(entry)
        UserDistrict.objects.get_or_create(user=user, district=build.district)
        person = Person.objects.create(
            user=user,
            name=entry["name"],
            email=entry["email"],
            mobile=entry["mobile"],
            language=entry["language"],
        )
        build.memberships[entry["email"]] = Membership.objects.create(
            person=person,
            organization=build.organizations[organization],
            role=role,
            community=build.communities.get(community or ""),
            title=entry["title_en" if build.district.language == "en" else "title_zh"],
        )


def _user(entry: dict[str, Any]) -> User:
    user = User.objects.filter(email=entry["email"]).first()
    if user is None:
        user = User.objects.create(
            email=entry["email"],
            mobile=entry["mobile"],
            mobile_verified=True,
            password=_hashed_password(),
            language=entry["language"],
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@cache
def _hashed_password() -> str:
    """Slow on purpose, so once for all."""
    return make_password(PASSWORD)


def settle_ledger(build: Build) -> None:
    """Seal the history that was just made; nobody is told of what is long past."""
    while seal(build.district.pk):
        pass
    last = ActivitySeal.objects.order_by("-number").first()
    for reader in ("notifications", "mail"):
        Cursor.objects.create(reader=reader, number=last.number if last else 0)
