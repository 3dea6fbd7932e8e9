"""POST with an Idempotency-Key: a retry gets the first answer, nothing is done twice."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from district.api.errors import Conflict, KeyReused
from district.models import IdempotencyKey

KEPT: Final = timedelta(hours=24)


class Idempotent:
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
        if stored is not None and stored.created_at > timezone.now() - KEPT:
            return _replayed(stored, body_hash)
        if stored is not None:
            stored.delete()
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
        raise KeyReused
    return Response(
        stored.body, status=stored.status, headers={**stored.headers, "Idempotent-Replayed": "true"}
    )


def forget_old_keys() -> int:
    """Delete what is older than a day from the district in scope; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
