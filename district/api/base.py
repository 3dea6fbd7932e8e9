"""What every resource of the partner API shares: who asks, how it answers, how it refuses."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.utils.translation import gettext as _
from redis import RedisError
from rest_framework import exceptions, status
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import set_rollback
from rest_framework.viewsets import GenericViewSet

from district.api.tokens import client_of
from district.models import ApiClient, IdempotencyKey
from district.permissions import Permission, reach
from district.rules import RuleViolation
from district.tenancy.errors import violation_from

PROBLEM: Final = "application/problem+json"


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[ApiClient, None] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        client = client_of(words[1].decode("latin-1")) if len(words) == 2 else None
        if client is None:
            raise exceptions.AuthenticationFailed(_("This token is not valid here."))
        return client, None

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class HasScope(BasePermission):
    """The view names the permission each action needs."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not isinstance(request.user, ApiClient):
            raise exceptions.NotAuthenticated(_("Send a token: Authorization: Bearer …"))
        return reach(request.user, view.needs[view.action]) is not None


class ClientThrottle(SimpleRateThrottle):
    """So many requests a minute for each client; closed while the counter cannot be reached."""

    rate = settings.API_RATE

    def get_cache_key(self, request: Request, view: Any) -> str:
        who = request.user.pk if isinstance(request.user, ApiClient) else self.get_ident(request)
        return f"api:{request.district.pk}:{who}"  # type: ignore[attr-defined]

    def allow_request(self, request: Request, view: Any) -> bool:
        try:
            return bool(super().allow_request(request, view))
        except RedisError:
            return False

    def wait(self) -> float | None:
        return super().wait() if hasattr(self, "history") else 30.0


class KeysetPagination(CursorPagination):
    """By id, which rises with time: a page stays the same whatever is added meanwhile."""

    ordering = "-id"
    page_size = 50
    max_page_size = 100
    page_size_query_param = "limit"


class Resource(GenericViewSet[Any]):
    """A viewset of the API. `needs` maps each action to the permission it takes."""

    access = "public"  # tokens are checked here, not by the session's middleware
    authentication_classes = (TokenAuthentication,)
    permission_classes = (HasScope,)
    throttle_classes = (ClientThrottle,)
    pagination_class: type[KeysetPagination] | None = KeysetPagination
    renderer_classes = (JSONRenderer,)
    needs: ClassVar[Mapping[str, Permission]]

    @property
    def actor(self) -> ApiClient:
        assert isinstance(self.request.user, ApiClient)  # noqa: S101 - HasScope said so
        return self.request.user

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        request_id = request.headers.get("X-Request-Id", "")[:80]
        if request_id.isprintable() and request_id:
            response["X-Request-Id"] = request_id
        return response

    def require_match(self, revision: int) -> None:
        """Changes name the state they change. 428 without If-Match, 412 for another state."""
        sent = self.request.headers.get("If-Match")
        if sent is None:
            raise PreconditionRequired
        if sent.strip() not in {"*", etag(revision)}:
            raise PreconditionFailed


def etag(revision: int) -> str:
    return f'"{revision}"'


class PreconditionRequired(exceptions.APIException):
    status_code = 428
    default_code = "if_match_required"

    def __init__(self) -> None:
        super().__init__(_("Send If-Match with the ETag you have read."))


class PreconditionFailed(exceptions.APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "stale"

    def __init__(self) -> None:
        super().__init__(_("It has changed since you read it. Read it again."))


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT


class IdempotentCreate:
    """POST with an Idempotency-Key: a retry gets the first answer, nothing is done twice."""

    def dispatch_once(self, request: Request, act: Callable[[], Response]) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return act()
        if len(key) > 255:
            raise exceptions.ValidationError({"Idempotency-Key": [_("At most 255 characters.")]})
        body = hashlib.sha256(json.dumps(request.data, sort_keys=True).encode()).hexdigest()
        body_hash = hashlib.sha256(f"{request.path}\n{body}".encode()).hexdigest()
        _lock(f"{request.user.pk}:{key}")
        client: Any = request.user
        stored = IdempotencyKey.objects.filter(client=client, key=key).first()
        if stored is not None:
            return _replayed(stored, body_hash)
        response = act()
        if status.is_success(response.status_code):
            IdempotencyKey.objects.create(
                client=client,
                key=key,
                body_hash=body_hash,
                status=response.status_code,
                headers={n: response[n] for n in ("ETag", "Location") if n in response},
                body=json.loads(JSONRenderer().render(response.data)),
            )
        return response


def _lock(name: str) -> None:
    """Held until the transaction ends; another request under way with the same key is a 409."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise Conflict(
                _("A request with this Idempotency-Key is under way."), code="key_in_flight"
            )


def _replayed(stored: IdempotencyKey, body_hash: str) -> Response:
    if stored.body_hash != body_hash:
        raise exceptions.ValidationError(
            {"Idempotency-Key": [_("This key was used for another request.")]},
            code="key_reused",
        )
    return Response(
        stored.body, status=stored.status, headers={**stored.headers, "Idempotent-Replayed": "true"}
    )


def problem(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Every error as RFC 9457 problem details, with a stable code and the fields at fault."""
    if isinstance(error, IntegrityError):
        error = violation_from(error) or error
    if isinstance(error, RuleViolation):
        return _answer(409, error.code, str(error))
    if isinstance(error, Http404):
        error = exceptions.NotFound(_("Nothing is here."))
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(_("This is not open to you."))
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    code = error.get_codes()
    if isinstance(error, exceptions.ValidationError):
        response = _answer(422, "invalid", _("Some fields are not right."), errors=error.detail)
    else:
        text = code if isinstance(code, str) else "error"
        response = _answer(error.status_code, text, str(error.detail))
    if auth_header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = auth_header
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait) + 1)
    return response


def _answer(number: int, code: str, detail: str, **more: Any) -> Response:
    transaction.set_rollback(True)
    body = {"type": "about:blank", "status": number, "code": code, "detail": detail, **more}
    return Response(body, status=number, content_type=PROBLEM)
