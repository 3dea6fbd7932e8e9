"""Proof that a connection that goes back to the pool takes no district with it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.db import connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import set_script_prefix

from district.measuring import Outcome, Proof, register
from district.measuring.threads import at_once
from district.middleware import PathMiddleware, ScopeMiddleware
from district.models import Community, District
from district.tenancy import scope as scopes

REQUESTS: Final = 20_000
DISTRICTS: Final = 10
CLIENTS: Final = 8
POOL: Final = {"min_size": 1, "max_size": 4, "timeout": 60}


class Failed(Exception):
    """What one request in twenty ends with; another one answers with an error page."""


def ten_districts() -> list[District]:
    districts = [
        District.objects.create(slug=f"pool-{number}", name_en="Pool")
        for number in range(DISTRICTS)
    ]
    for district in districts:
        with scopes.scope(district.pk):
            Community.objects.create(code="only", name_en=district.slug)
    return districts


@contextmanager
def pooled() -> Iterator[None]:
    """Connections come from a small pool and go back after each request, as in a web process."""
    settings = connection.settings_dict
    before = settings["OPTIONS"], settings["CONN_MAX_AGE"]
    connections.close_all()
    settings.update(OPTIONS={**before[0], "pool": POOL}, CONN_MAX_AGE=0)
    try:
        yield
    finally:
        connections.close_all()
        connection.close_pool()  # type: ignore[attr-defined]
        settings.update(OPTIONS=before[0], CONN_MAX_AGE=before[1])


def attack_pool(districts: list[District], scale: float) -> Outcome:
    """Requests of ten districts in turn; after each tenth a look without any scope.

    A violation is a row of another district, a row missing, or a row seen without a scope.
    """
    wrong: list[str] = []
    tried = count()

    def request(number: int) -> None:
        next(tried)
        district = districts[number % DISTRICTS]
        asked = RequestFactory().get(f"/{district.slug}/")
        asked.user = AnonymousUser()
        try:
            _application(number, wrong)(asked)
        except Failed:
            pass
        finally:
            set_script_prefix("/")
            connection.close()
        if number % 10 == 9:
            next(tried)
            wrong.extend(f"without a scope: {row}" for row in _districts_seen())
            connection.close()

    with pooled():
        at_once(CLIENTS, request, range(int(REQUESTS * scale)))
    return Outcome(next(tried), len(wrong))


def _application(number: int, wrong: list[str]) -> Callable[[HttpRequest], HttpResponse]:
    def view(request: Any) -> HttpResponse:
        by_orm = list(Community.objects.values_list("district_id", flat=True))
        if not by_orm == _districts_seen() == [request.district.pk]:
            wrong.append(f"{request.district.pk}: {by_orm}")
        if number % 20 == 3:
            raise Failed
        return HttpResponse(status=500 if number % 20 == 13 else 200)

    return PathMiddleware(ScopeMiddleware(view))


def _districts_seen() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT district_id FROM district_community")
        return [district_id for (district_id,) in cursor.fetchall()]


def with_settings_of_the_session() -> None:
    """SET instead of SET LOCAL: it outlives the transaction, and the request."""

    def set_for_the_session(name: str, value: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET {name} = '{value}'")

    scopes._set = set_for_the_session


register(
    Proof(
        "pool-leak",
        "No request sees what the one before it on the same connection worked for.",
        ten_districts,
        attack_pool,
        with_settings_of_the_session,
    )
)
