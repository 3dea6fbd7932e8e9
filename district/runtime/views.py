"""Is this process able to serve?"""

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET
from redis import RedisError


@require_GET
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """503 without PostgreSQL. Redis is only reported: pages work without it."""
    state = {"postgresql": _postgresql_answers(), "redis": _redis_answers()}
    return JsonResponse(state, status=200 if state["postgresql"] else 503)


def _postgresql_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _redis_answers() -> bool:
    try:
        cache.get("healthz")
    except RedisError:
        return False
    return True
