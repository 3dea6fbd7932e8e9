"""Addresses of services, said as the libraries we use want to hear them."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import environ

BACKEND = "district.tenancy.backend"


def database(url: str, *, pool_size: int = 0) -> dict[str, Any]:
    """The Django database settings for a `postgresql://` address.

    What a connection asks often is prepared by the server: planning is half of the time of the many
    small statements of a page.
    With a pool size, connections come from a psycopg pool, as threaded web processes need; without,
    each thread keeps its own for a minute.
    """
    config: dict[str, Any] = environ.Env.db_url_config(url, engine=BACKEND)
    options = config.setdefault("OPTIONS", {})
    options |= {"server_side_binding": True, "prepare_threshold": 5}
    if pool_size:
        options["pool"] = {"min_size": 1, "max_size": pool_size, "timeout": 10}
    return {**config, "CONN_MAX_AGE": 0 if pool_size else 60, "CONN_HEALTH_CHECKS": True}


def celery_broker(redis_url: str) -> str:
    """redis-py says `unix:///path?db=0` where Celery says `redis+socket:///path?virtual_host=0`."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"
