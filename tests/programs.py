"""Programs that use the API."""

import json
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from district.actors import System
from district.api.tokens import issue_token
from district.models import ApiClient

ALL = ["spaces:read", "organizations:read", "bookings:read", "bookings:write"]


def secret_of(client: ApiClient) -> str:
    return issue_token(client, expires_at=timezone.now() + timedelta(days=30), by=System())[1]


class Api:
    """A program with a token; answers come as (status, body, response)."""

    def __init__(self, district, secret):
        self.prefix = f"/{district.slug}/api/v1"
        self.client = Client(
            HTTP_ACCEPT_LANGUAGE="en",
            HTTP_AUTHORIZATION=f"Bearer {secret}",
            SERVER_NAME="localhost",
        )

    def get(self, path, **headers):
        return self.client.get(self.prefix + path, headers=headers)

    def post(self, path, body=None, **headers):
        return self.client.post(
            self.prefix + path,
            json.dumps(body if body is not None else {}),
            content_type="application/json",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )
