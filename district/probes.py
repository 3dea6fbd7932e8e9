"""Proof from outside: nobody sees or changes another district through any page or the API."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import CharField, F, Manager, Value
from django.db.models.functions import Concat
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from district.accounts.models import User
from district.actors import System
from district.api.tokens import create_client, issue_token
from district.measures import Pair, require_rows, two_districts, without_row_security
from district.measuring import Outcome, Proof, register
from district.models import Membership, Organization, OrganizationKind, Person, Role
from district.permissions import SCOPES
from district.tenancy.models import DistrictManager, DistrictModel
from district.tenancy.scope import scope
from district.tenancy.tables import district_links, tenant_models, tenant_tables

MARK: Final = "ZQXJ"
MARKED: Final = ("name_zh", "name_en", "title", "title_zh", "title_en", "name")
# Arguments whose model is called otherwise; those that are no ids get a word.
OTHERWISE: Final = {"sight_id": "place_id"}
WORD: Final = "probe"
LEFT_OUT: Final = ("accounts/logout",)  # it would end the session the others need
VERBS: Final = ("get", "post", "put", "patch", "delete")
DONE: Final = frozenset({200, 201, 204, 302, 409, 422})
Ids = dict[str, UUID]
Send = Callable[[], Any]


class Kind(Enum):
    """Kinds of requests: what they try, and the answers that show that one has got there."""

    OWN_PAGE = "pages of ours", frozenset({200})
    FOREIGN_PAGE = "pages with ids of theirs", frozenset({404})
    OWN_POST = "forms of ours that name theirs", DONE
    FOREIGN_POST = "posts with ids of theirs", frozenset({404})
    OWN_API = "our token, bodies that name theirs", DONE
    FOREIGN_API = "our token, ids of theirs", frozenset({404, 422})
    FOREIGN_TOKEN = "token of theirs", frozenset({401})

    @property
    def is_always_refused(self) -> bool:
        return self in {Kind.FOREIGN_API, Kind.FOREIGN_TOKEN}


@dataclass(frozen=True)
class Scene:
    """`foreign` and `own` are an id of every model, by `<model>_id`; the secrets are API tokens."""

    districts: Pair
    log_ins: Sequence[User]
    foreign: Ids
    own: Ids
    secret: str
    foreign_secret: str
    form: dict[str, str]
    untouched: Any


def prepare() -> Scene:
    """Two districts filled alike; every name in theirs carries a mark that must not be seen."""
    ours, theirs = two_districts()
    require_rows(theirs)
    with scope(theirs.pk):
        for model in tenant_models():
            _mark(model)
        foreign, foreign_secret = _ids(), _secret()
    with scope(ours.pk):
        log_ins = [_log_in(role) for role in Role]
        own, secret = _ids(), _secret()
    form, untouched = _form(foreign), _state(theirs.pk)
    return Scene((ours, theirs), log_ins, foreign, own, secret, foreign_secret, form, untouched)


def _mark(model: type[DistrictModel]) -> None:
    for item in model._meta.concrete_fields:
        if item.name in MARKED and isinstance(item, CharField):
            marked = Concat(Value(MARK), F(item.name))
            model._base_manager.exclude(**{item.name: ""}).update(**{item.name: marked})


def _ids() -> Ids:
    ids = {
        f"{model._meta.model_name}_id": model._base_manager.values_list("pk", flat=True)[0]
        for model in tenant_models()
    }
    return ids | {name: ids[other] for name, other in OTHERWISE.items()}


def _secret() -> str:
    """A token with every scope there is."""
    organization = Organization.objects.filter(kind=OrganizationKind.OPERATOR)[0]
    client = create_client(organization, "Probe", list(SCOPES), by=System())
    expires_at = timezone.now() + timedelta(days=1)
    return issue_token(client, expires_at=expires_at, by=System())[1]


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


def _form(foreign: Ids) -> dict[str, str]:
    """One answer to every form: whatever field asks for a row gets one of theirs."""
    begins = (timezone.now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    form = {"name": WORD, "reason": WORD, "title": WORD, "confirm": "1", "people": "2"}
    form |= {"day": begins.date().isoformat(), "at": "10:00", "minutes": "60"}
    form |= {
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(hours=1)).isoformat(),
    }
    for model in tenant_models():
        name = str(model._meta.model_name)
        form |= {key: str(foreign[f"{name}_id"]) for key in (name, f"{name}_id", f"{name}s")}
    for model in tenant_models():
        for link in district_links(model):
            form[link.name] = str(foreign[f"{link.related_model._meta.model_name}_id"])
    return form


def _state(district_id: int) -> Any:
    """Changes with any row of the district that is added, changed or removed."""
    counted = " UNION ALL ".join(
        f"SELECT '{table}', count(*), sum(revision), max(updated_at) "  # noqa: S608 - our tables
        f"FROM {table} WHERE district_id = {int(district_id)}"
        for table in tenant_tables()
    )
    with scope(district_id), connection.cursor() as cursor:
        cursor.execute(counted)
        return sorted(cursor.fetchall())


def attack_pages(scene: Scene, scale: float) -> Outcome:
    """Every role opens every page and posts to every address, and so does a program to the API.

    Each address is tried with ids of theirs, and with ours while the form names rows of theirs.
    A violation is an answer that shows theirs, a row of theirs that changed, a token of theirs
    that opens our API, an id of theirs that our token finds. Whatever a request did is undone
    before the next. RuntimeError where a kind of request never got to what it tries. A scale below
    1 leaves addresses out evenly.
    """
    tried: Counter[str] = Counter()
    arrived: set[Kind] = set()
    violations = 0
    for kind, send in _requests(scene, max(1, round(1 / scale))):
        name, meets = kind.value
        status, is_breach = _tried(scene, send)
        tried[name] += 1
        is_breach |= kind.is_always_refused and status < 400
        is_breach |= kind is Kind.FOREIGN_TOKEN and status not in meets
        violations += is_breach
        if is_breach or status in meets:
            arrived.add(kind)
    if missed := [kind.value[0] for kind in Kind if kind not in arrived]:
        raise RuntimeError(f"nothing was tried with {', '.join(missed)}")
    return Outcome(tried.total(), violations, dict(tried))


def _tried(scene: Scene, send: Send) -> tuple[int, bool]:
    with transaction.atomic():
        answer = send()
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        breach = MARK in content.decode(errors="replace")
        if answer.request["REQUEST_METHOD"] != "GET" and answer.status_code != 405:
            breach |= _state(scene.districts[1].pk) != scene.untouched
        transaction.set_rollback(True)
    return answer.status_code, breach


def _requests(scene: Scene, step: int) -> Iterator[tuple[Kind, Send]]:
    own, foreign = set(_paths(scene.own)), set(_paths(scene.foreign))
    pages, theirs = sorted(own)[::step], sorted(foreign - own)[::step]
    yield from _of_persons(scene, pages, Kind.OWN_PAGE, Kind.OWN_POST)
    yield from _of_persons(scene, theirs, Kind.FOREIGN_PAGE, Kind.FOREIGN_POST)
    pages, theirs = _of_api(own)[::step], _of_api(foreign - own)[::step]
    yield from _of_programs(scene, scene.secret, pages, Kind.OWN_API)
    yield from _of_programs(scene, scene.secret, theirs, Kind.FOREIGN_API)
    yield from _of_programs(scene, scene.foreign_secret, [*pages, *theirs], Kind.FOREIGN_TOKEN)


def _of_api(paths: set[str]) -> list[str]:
    """What a token opens: not the schema and its pages, which are for everybody."""
    return sorted(
        path
        for path in paths
        if path.startswith("api/v1/") and "openapi" not in path and "docs" not in path
    )


def _of_persons(
    scene: Scene, paths: Sequence[str], page: Kind, post: Kind
) -> Iterator[tuple[Kind, Send]]:
    for user in scene.log_ins:
        client = Client(SERVER_NAME="localhost", raise_request_exception=False)
        client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
        for path in paths:
            address = f"/{scene.districts[0].slug}/{path}"
            yield page, partial(client.get, address)
            yield post, partial(client.post, address, scene.form)


def _of_programs(
    scene: Scene, secret: str, paths: Sequence[str], kind: Kind
) -> Iterator[tuple[Kind, Send]]:
    headers = {"Authorization": f"Bearer {secret}", "If-Match": "*"}
    program = Client(SERVER_NAME="localhost", raise_request_exception=False, headers=headers)
    for path in paths:
        for verb in VERBS:
            address = f"/{scene.districts[0].slug}/{path}"
            body = {} if verb == "get" else {"data": scene.form, "content_type": "application/json"}
            yield kind, partial(getattr(program, verb), address, **body)


def _paths(ids: Ids) -> Iterator[str]:
    for route in _routes(get_resolver(), ""):
        path = _filled(route, ids)
        if not path.startswith(LEFT_OUT):
            yield path


def _routes(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for item in resolver.url_patterns:
        route = prefix + str(item.pattern).removeprefix("^")
        if isinstance(item, URLResolver):
            yield from _routes(item, route)
        elif isinstance(item, URLPattern):
            yield route


def _filled(route: str, ids: Ids) -> str:
    """The address with each argument an id; `<uuid:x_id>`, `(?P<pk>…)` under `spaces/`, words."""

    def value(match: re.Match[str]) -> str:
        name = match["path"] or match["regex"]
        if name in {"pk", "id"}:
            name = f"{route[: match.start()].rstrip('/').rpartition('/')[2].removesuffix('s')}_id"
        return str(ids.get(name, WORD))

    argument = r"<(?:\w+:)?(?P<path>\w+)>|\(\?P<(?P<regex>\w+)>(?:[^()]|\([^()]*\))*\)"
    return re.sub(argument, value, route).rstrip("$").replace("\\Z", "")


def without_any_wall() -> None:
    """Row-level security off and managers that see everything."""
    without_row_security()
    DistrictManager.get_queryset = Manager.get_queryset  # type: ignore[assignment, method-assign]


register(
    Proof(
        "isolation-http",
        "No role and no program sees or changes anything of another district, whatever it sends.",
        prepare,
        attack_pages,
        without_any_wall,
    ),
)
