"""Proofs from outside: no page shows another district, and the ledger loses and hides nothing."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db import connection, transaction
from django.db.models import CharField, F, Manager, Value
from django.db.models.functions import Concat
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from district import relay
from district.accounts.models import User
from district.activity import record
from district.actors import System
from district.measures import Pair, two_districts, without_row_security
from district.measuring import Outcome, Proof, register
from district.measuring.threads import at_once
from district.models import (
    Activity,
    ActivitySeal,
    District,
    Membership,
    Organization,
    OrganizationKind,
    Person,
    Role,
)
from district.tenancy.models import DistrictManager, DistrictModel
from district.tenancy.roles import as_owner
from district.tenancy.scope import scope

MARK: Final = "ZQXJ"
MARKED: Final = ("name_zh", "name_en", "title", "title_zh", "title_en", "name")


@dataclass
class Scene:
    districts: Pair
    log_ins: list[User]
    foreign: dict[str, UUID]


def prepare() -> Scene:
    """Two districts filled alike; every name in theirs carries a mark that must not be seen."""
    ours, theirs = two_districts()
    with scope(theirs.pk):
        foreign = {
            f"{model._meta.model_name}_id": row
            for model in _tenant_models()
            if (row := _marked_id(model)) is not None
        }
    foreign["sight_id"] = foreign["place_id"]
    with scope(ours.pk):
        log_ins = [_log_in(role) for role in Role]
    return Scene((ours, theirs), log_ins, foreign)


def _tenant_models() -> list[type[DistrictModel]]:
    return [model for model in apps.get_models() if issubclass(model, DistrictModel)]


def _marked_id(model: type[DistrictModel]) -> UUID | None:
    for field in model._meta.concrete_fields:
        if field.name in MARKED and isinstance(field, CharField):
            marked = Concat(Value(MARK), F(field.name))
            model._base_manager.exclude(**{field.name: ""}).update(**{field.name: marked})
    return model._base_manager.values_list("pk", flat=True).first()


def _log_in(role: str) -> User:
    user = User.objects.create_user(email=f"{role}@probe.example", password=None)
    own = Organization.objects.filter(kind=OrganizationKind.COMPANY).order_by("id")
    staff = Organization.objects.filter(kind=OrganizationKind.OPERATOR)
    of_operator = role in {Role.OPERATOR_ADMIN, Role.OPERATOR, Role.AUDITOR}
    Membership.objects.create(
        person=Person.objects.create(user=user, name=str(role)),
        organization=(staff if of_operator else own)[0],
        role=role,
    )
    return user


def attack_pages(scene: Scene, scale: float) -> Outcome:
    """Every role of ours asks for every page with ids of theirs, and for the lists without."""
    ours, _ = scene.districts
    tried = violations = 0
    paths = sorted(set(_paths(get_resolver(), "", scene.foreign)))
    for user in scene.log_ins:
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        for path in paths:
            answer = client.get(f"/{ours.slug}/{path}")
            tried += 1
            violations += MARK in answer.content.decode(errors="replace")
    return Outcome(tried, violations)


def _paths(resolver: URLResolver, prefix: str, foreign: dict[str, UUID]) -> Iterator[str]:
    """The address of every page, each argument an id of theirs; none with other arguments."""
    for item in resolver.url_patterns:
        route = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            yield from _paths(item, route, foreign)
        elif isinstance(item, URLPattern):
            path = _filled(route, item.pattern.converters, foreign)
            if path is not None and not path.startswith("accounts/logout"):
                yield path


def _filled(route: str, converters: Any, foreign: dict[str, UUID]) -> str | None:
    for name in converters:
        if name not in foreign:
            return None
        for converter in ("uuid:", "str:", ""):
            route = route.replace(f"<{converter}{name}>", str(foreign[name]))
    return None if set("^$(") & set(route) else route


def without_any_wall() -> None:
    """Row-level security off and managers that see everything."""
    without_row_security()
    DistrictManager.get_queryset = Manager.get_queryset  # type: ignore[assignment, method-assign]


TRANSACTIONS: Final = 2000
ROLLED_BACK: Final = 0.3
TAMPERINGS: Final = 100


def one_district() -> District:
    return District.objects.create(slug="ledger", name_en="Ledger")


def attack_ledger(district: District, scale: float) -> Outcome:
    """Transactions of which some are undone while relays run; then rows changed behind its back.

    Violations: committed rows never sealed, sealed rows never committed, rows sealed twice, a
    broken chain, and changes that `first_broken_seal` does not find.
    """
    count = int(TRANSACTIONS * scale)
    with scope(district.pk):
        subject = Organization.objects.create(name_en="Subject")
    committed: list[UUID] = []

    def act(number: int) -> None:
        if number % 40 == 0:
            relay.seal(district.pk)
            return
        with scope(district.pk):
            row = record("organization.changed", subject=subject, by=System(), data={"n": number})
            undone = number % 10 < ROLLED_BACK * 10
            transaction.set_rollback(undone)
        if not undone:
            committed.append(row.pk)

    at_once(8, act, range(count))
    relay.relay(district.pk)
    with scope(district.pk):
        sealed = list(ActivitySeal.objects.values_list("activity_id", flat=True))
    violations = len(set(committed) ^ set(sealed)) + len(sealed) - len(set(sealed))
    violations += relay.first_broken_seal(district.pk) is not None
    chance = Random(count)  # noqa: S311 - repeatable
    tampered = chance.sample(sealed, min(TAMPERINGS, len(sealed)))
    violations += sum(not _found(district, row) for row in tampered)
    return Outcome(count + len(tampered), violations)


def _found(district: District, activity_id: UUID) -> bool:
    """Whether a change of one row, as its owner could make it, is noticed; it is undone again."""
    statement = "UPDATE district_activity SET data = %s WHERE id = %s"
    with scope(district.pk):
        before = Activity.objects.get(pk=activity_id).data
    for data in ({**before, "n": -1}, before):
        with as_owner(), scope(district.pk), connection.cursor() as cursor:
            cursor.execute(statement, [json.dumps(data), activity_id])
        if data != before:
            noticed = relay.first_broken_seal(district.pk) is not None
    return noticed


def without_content_in_the_chain() -> None:
    """A chain over ids alone: it orders, but says nothing of what happened."""
    relay.chained = lambda previous, activity: hashlib.sha256(
        f"{previous}{activity.pk}".encode()
    ).hexdigest()


register(
    Proof(
        "ledger",
        "Nothing committed is lost, nothing undone is sealed, no change goes unnoticed.",
        one_district,
        attack_ledger,
        without_content_in_the_chain,
    ),
    Proof(
        "isolation-http",
        "No role sees anything of another district on any page, whatever id it asks for.",
        prepare,
        attack_pages,
        without_any_wall,
    ),
)
