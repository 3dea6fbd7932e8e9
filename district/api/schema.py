"""How the schema describes our tokens and scopes, and what the documentation page shows of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from district.api.base import Readable, TokenAuthentication
from district.permissions import SCOPES

METHODS = ("get", "post", "put", "patch", "delete")


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


SHAPES = [
    OpenApiParameter("fields", description=_("Only these fields, separated by commas.")),
    OpenApiParameter("expand", description=_("The thing itself in place of its id.")),
]


class ScopedSchema(AutoSchema):
    """Adds the scope that an operation takes, and the parameters that all readable ones share."""

    def get_override_parameters(self) -> list[Any]:
        view: Any = self.view
        readable = isinstance(view, Readable) and view.action in {"list", "retrieve"}
        return [*super().get_override_parameters(), *(SHAPES if readable else ())]

    def get_extensions(self) -> dict[str, Any]:
        view: Any = self.view
        needed = view.needs[view.action]
        return {"x-scope": next(scope for scope, opens in SCOPES.items() if opens is needed)}


@dataclass(frozen=True)
class Parameter:
    name: str
    place: str
    kind: str
    required: bool
    description: str


@dataclass(frozen=True)
class Operation:
    """One line of the reference; `path` is below the address of the API."""

    method: str
    path: str
    summary: str
    scope: str
    parameters: tuple[Parameter, ...]


@cache
def reference(language: str) -> Mapping[str, tuple[Operation, ...]]:
    """The operations of each resource, in the given language."""
    with translation.override(language):
        schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    resources: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        short = path.partition("/api/v1")[2]
        found = resources.setdefault(short.split("/")[1], [])
        found += [
            _operation(name, short, methods[name], schema) for name in METHODS if name in methods
        ]
    return {name: tuple(found) for name, found in resources.items() if name != "openapi.yaml"}


def _operation(
    method: str, path: str, described: Mapping[str, Any], schema: Mapping[str, Any]
) -> Operation:
    return Operation(
        method=method.upper(),
        path=path,
        summary=described.get("summary", ""),
        scope=described.get("x-scope", ""),
        parameters=(*_parameters(described), *_body(described, schema)),
    )


def _parameters(described: Mapping[str, Any]) -> Iterator[Parameter]:
    for item in described.get("parameters", ()):
        yield Parameter(
            name=item["name"],
            place=item["in"],
            kind=_kind(item["schema"]),
            required=item.get("required", False),
            description=item.get("description", ""),
        )


def _body(described: Mapping[str, Any], schema: Mapping[str, Any]) -> Iterator[Parameter]:
    content = described.get("requestBody", {}).get("content", {})
    shape = content.get("application/json", {}).get("schema", {})
    name = shape.get("$ref", "").rpartition("/")[2]
    body = schema["components"]["schemas"].get(name, {})
    for field, item in body.get("properties", {}).items():
        required = field in body.get("required", ())
        yield Parameter(field, "body", _kind(item), required, item.get("description", ""))


def _kind(shape: Mapping[str, Any]) -> str:
    if "items" in shape:
        return f"{_kind(shape['items'])}[]"
    return str(shape.get("format") or shape.get("type") or "string")
