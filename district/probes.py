"""Proof from outside: no page shows another district."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.apps import apps
from django.db.models import CharField, F, Manager, Value
from django.db.models.functions import Concat
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from district.accounts.models import User
from district.measures import Pair, two_districts, without_row_security
from district.measuring import Outcome, Proof, register
from district.models import (
    Membership,
    Organization,
    OrganizationKind,
    Person,
    Role,
)
from district.tenancy.models import DistrictManager, DistrictModel
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


register(
    Proof(
        "isolation-http",
        "No role sees anything of another district on any page, whatever id it asks for.",
        prepare,
        attack_pages,
        without_any_wall,
    ),
)
