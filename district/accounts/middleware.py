"""What the log-in asks of every request."""

import time
from collections.abc import Callable
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.http import HttpResponse
from django.shortcuts import render
from redis import RedisError

from district.accounts.models import UserDistrict

DISTRICTS_KEY: Final = "districts"  # for the person menu, which must not ask on every page
SEEN_KEY: Final = "seen_at"
SEEN_EVERY_SECONDS: Final = 5 * 60


def _districts_of(user_id: int) -> list[dict[str, str]]:
    names = ("slug", "name_zh", "name_en")
    rows = UserDistrict.objects.filter(user_id=user_id).order_by("district__slug")
    values = rows.values_list(*(f"district__{name}" for name in names))
    return [dict(zip(names, row, strict=True)) for row in values]


class LastSeenMiddleware:
    """Notes when and from where a session was last used; most requests write nothing."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        if request.user.is_authenticated:
            now = int(time.time())
            if now - request.session.get(SEEN_KEY, 0) > SEEN_EVERY_SECONDS:
                UserSession.objects.create_from_request(request)
                request.session[SEEN_KEY] = now
                request.session[DISTRICTS_KEY] = _districts_of(request.user.pk)
        return self.get_response(request)


class ClosedLimitsMiddleware:
    """Without Redis nobody counts guesses, so nobody may guess: log-in waits, pages go on."""

    def __init__(self, get_response: Callable[[Any], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: Any, error: Exception) -> HttpResponse | None:
        if not isinstance(error, RedisError):
            return None
        response = render(request, "503.html", status=503)
        response["Retry-After"] = "30"
        return response
