"""What every response carries, whoever made it, and the line of log that each request leaves."""

import re
import time
import uuid
from collections.abc import Callable
from typing import Any, Final

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

log = structlog.get_logger(__name__)

POLICY: Final = "Content-Security-Policy"
REQUEST_ID: Final = "X-Request-Id"
GIVEN: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
QUIET: Final = {"healthz"}


class ContentSecurityPolicyMiddleware:
    """Sends the policy of settings with each response that has not brought a stricter one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = "; ".join(
            f"{name} {sources}" for name, sources in settings.CONTENT_SECURITY_POLICY.items()
        )

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault(POLICY, self.policy)
        return response


class RequestLogMiddleware:
    """Says who asked for what kind of page, by ids alone: a path may hold a secret, a query a name.

    The id is that of the proxy, where it sent a plain one; the answer carries it, so that somebody
    who reports a problem can quote it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(REQUEST_ID, "")
        request_id = given if GIVEN.fullmatch(given) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        start = time.perf_counter()
        response = self.get_response(request)
        response[REQUEST_ID] = request_id
        match = request.resolver_match
        if match is None or match.url_name not in QUIET:
            log.info(
                "request",
                method=request.method,
                route=match.route if match else None,
                status=response.status_code,
                milliseconds=round((time.perf_counter() - start) * 1000, 1),
            )
        return response

    def process_view(self, request: Any, *_: Any) -> None:
        """By now the scope is open and it is known who acts."""
        district, person = request.district, request.person
        structlog.contextvars.bind_contextvars(
            district=district.slug if district else None, person=str(person.pk) if person else None
        )
