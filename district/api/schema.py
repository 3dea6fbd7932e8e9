"""How the schema describes our tokens."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from district.api.base import TokenAuthentication


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
