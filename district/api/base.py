"""What every resource of the partner API shares: who asks, how it answers, how it refuses."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from typing import Any, ClassVar, Final

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from redis import RedisError
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.mixins import ListModelMixin
from rest_framework.pagination import CursorPagination
from rest_framework.permissions import BasePermission
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import (
    BaseSerializer,
    DateTimeField,
    ListSerializer,
    ModelSerializer,
    PrimaryKeyRelatedField,
)
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.viewsets import GenericViewSet

from district.api.errors import PreconditionFailed, PreconditionRequired
from district.api.tokens import client_of
from district.models import ApiClient
from district.permissions import Permission, reach

FIELDS: Final = "fields"
EXPAND: Final = "expand"


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
        if view.action is None:
            return True  # a method the address does not know: answered 405 after this
        return reach(request.user, view.needs[view.action]) is not None


class ClientThrottle(SimpleRateThrottle):
    """So many requests a minute for each client; closed while the counter cannot be reached."""

    rate = settings.API_RATE
    num_requests: int
    duration: int

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

    def headers(self) -> Mapping[str, str]:
        """How many requests are left of how many, and after how many seconds one is free again."""
        if not hasattr(self, "history"):
            return {}
        oldest = self.history[-1] if self.history else self.now
        return {
            "RateLimit-Limit": str(self.num_requests),
            "RateLimit-Remaining": str(max(self.num_requests - len(self.history), 0)),
            "RateLimit-Reset": str(max(int(oldest + self.duration - self.now), 0)),
        }


class KeysetPagination(CursorPagination):
    """By id, which rises with time: a page stays the same whatever is added meanwhile."""

    ordering = "-id"
    page_size = 50
    max_page_size = 100
    page_size_query_param = "limit"


class Resource(GenericViewSet[Any]):
    """A viewset of the API. `needs` maps each action to the permission it takes.

    `parameters` are the query parameters its actions know beside filters and paging; any other is
    refused, so that a misspelt filter never answers with everything.
    """

    access = "public"  # tokens are checked here, not by the session's middleware
    authentication_classes = (TokenAuthentication,)
    permission_classes = (HasScope,)
    throttle_classes = (ClientThrottle,)
    pagination_class: type[KeysetPagination] | None = KeysetPagination
    renderer_classes = (JSONRenderer,)
    needs: ClassVar[Mapping[str, Permission]]
    parameters: ClassVar[Mapping[str, Sequence[str]]] = {}

    @property
    def actor(self) -> ApiClient:
        assert isinstance(self.request.user, ApiClient)  # noqa: S101 - HasScope said so
        return self.request.user

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        unknown = sorted(set(request.query_params) - self._known_parameters())
        if unknown:
            wrong = {name: [_("This parameter does not exist here.")] for name in unknown}
            raise exceptions.ValidationError(wrong, code="unknown_parameter")

    def _known_parameters(self) -> set[str]:
        known = {FIELDS, EXPAND, *self.parameters.get(self.action, ())}
        if self.action == "list":
            filters = getattr(self, "filterset_class", None)
            known |= {
                "limit",
                "cursor",
                "updated_since",
                *(filters.base_filters if filters else ()),
            }
        return known

    def get_throttles(self) -> list[Any]:
        self.throttles = super().get_throttles()
        return self.throttles

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        for throttle in getattr(self, "throttles", ()):
            for name, value in throttle.headers().items():
                response[name] = value
        return response

    def require_match(self, revision: int) -> None:
        """Changes name the state they change. 428 without If-Match, 412 for another state."""
        sent = self.request.headers.get("If-Match")
        if sent is None:
            raise PreconditionRequired
        if sent.strip() not in {"*", etag(revision)}:
            raise PreconditionFailed


class Readable(ListModelMixin, Resource):
    """A resource with a list and single rows, each with its ETag."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """304 where the program has this state already."""
        row = self.get_object()
        tag = etag(row.revision)
        if request.headers.get("If-None-Match", "").strip() == tag:
            return Response(status=304, headers={"ETag": tag})
        return Response(self.get_serializer(row).data, headers={"ETag": tag})


def etag(revision: int) -> str:
    return f'"{revision}"'


def valid(serializer: BaseSerializer[Any]) -> dict[str, Any]:
    """What a program sent, checked; 422 naming the fields that are not right."""
    serializer.is_valid(raise_exception=True)
    data: dict[str, Any] = serializer.validated_data
    return data


def updated_since(request: Request, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows that changed at that time or later, if `updated_since` says one."""
    text = request.query_params.get("updated_since")
    if not text:
        return rows
    try:
        since = DateTimeField().run_validation(text)
    except exceptions.ValidationError as error:
        raise exceptions.ValidationError({"updated_since": error.detail}) from error
    return rows.filter(updated_at__gte=since)


class ShapedSerializer(ModelSerializer[Any]):
    """`?fields=` narrows what is shown, `?expand=` shows what an id stands for.

    `expandable` maps a field to the serializer of what it refers to.
    """

    expandable: ClassVar[Mapping[str, Any]] = {}

    def get_fields(self) -> Any:
        fields = super().get_fields()
        request = self.context.get("request")
        if request is None or not self._is_outermost():
            return fields
        for name in _asked(request, EXPAND, self.expandable):
            fields[name] = self.expandable[name](read_only=True)
        shown = _asked(request, FIELDS, fields)
        return {name: field for name, field in fields.items() if not shown or name in shown}

    @cached_property
    def _readers(self) -> Sequence[tuple[str, Callable[[Any], Any], Callable[[Any], Any]]]:
        return [(str(field.field_name), *_reader(field)) for field in self._readable_fields]

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Each field is asked once how to read it, not once for every row."""
        row = {}
        for name, read, written in self._readers:
            value = read(instance)
            row[name] = None if value is None else written(value)
        return row

    def _is_outermost(self) -> bool:
        parent = self.parent
        return parent is None or (isinstance(parent, ListSerializer) and parent.parent is None)


def _reader(field: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """How to get a field's value from a row, and what is sent of it; a reference is its id."""
    if isinstance(field, PrimaryKeyRelatedField):
        return attrgetter(f"{field.source}_id"), str
    simple = field.source != "*" and "." not in field.source
    return attrgetter(field.source) if simple else field.get_attribute, field.to_representation


def expanded(request: Request, serializer: type[ShapedSerializer]) -> list[str]:
    """The references to fetch along with the rows."""
    return _asked(request, EXPAND, serializer.expandable)


def _asked(request: Request, parameter: str, known: Collection[str]) -> list[str]:
    names = [name for name in request.query_params.get(parameter, "").split(",") if name]
    unknown = [name for name in names if name not in known]
    if unknown:
        text = _("Not known here: %(names)s.") % {"names": ", ".join(unknown)}
        raise exceptions.ValidationError({parameter: [text]}, code="unknown_field")
    return names
