"""How often somebody may guess something that cannot be guessed, by address; counted in Redis."""

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from redis.exceptions import RedisError

from district.tenancy.scope import current_district_id


@dataclass(frozen=True)
class Guesses:
    """Wrong ones alone are counted. Without Redis nobody is: the codes are long enough."""

    name: str
    most: int
    seconds: int

    def used_up(self, request: Any) -> bool:
        try:
            return int(cache.get(self._key(request), 0)) >= self.most
        except RedisError:
            return False

    def count(self, request: Any) -> None:
        key = self._key(request)
        try:
            if not cache.add(key, 1, self.seconds):
                cache.incr(key)
        except (RedisError, ValueError):  # it ran out in between
            return

    def _key(self, request: Any) -> str:
        address = get_adapter().get_client_ip(request)
        return f"guesses:{current_district_id()}:{self.name}:{address}"
