"""The health of digital platforms: claimed, asked outside of any transaction, written down."""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from district.activity import record
from district.actors import System
from district.tenancy.scope import scope
from spaces.health import Answer, ask
from spaces.models import Health, Platform, PlatformCheck

# In a row, before a platform counts as down: one lost packet calls nobody.
FAILURES: Final = 2
KEPT: Final = 288


def check_platforms(district_id: int) -> None:
    """Ask every platform whose turn it is, each claimed first: two workers never ask the same."""
    while claimed := _claim(district_id):
        platform_id, url = claimed
        answer = ask(url)
        with scope(district_id):
            write_down(platform_id, url, answer)


def _claim(district_id: int) -> tuple[UUID, str] | None:
    now = timezone.now()
    with scope(district_id):
        due = Platform.objects.due(now).select_for_update(skip_locked=True, no_key=True)
        platform = due.first()
        if platform is None:
            return None
        platform.checked_at = now
        platform.save(update_fields=["checked_at"])
        return platform.pk, platform.checked_url


@transaction.atomic
def write_down(platform_id: UUID, url: str, answer: Answer) -> None:
    """Keep what was found; tell the operator when a platform goes down or comes back.

    An answer of an address that was changed meanwhile, or of a platform that ended, is dropped.
    """
    platform = Platform.objects.locked().current().filter(pk=platform_id).first()
    if platform is None or platform.checked_url != url:
        return
    now = timezone.now()
    before = platform.health
    PlatformCheck.objects.create(
        platform=platform,
        at=now,
        health=answer.health,
        milliseconds=answer.milliseconds,
        reason=answer.reason,
    )
    if answer.health == Health.DOWN:
        platform.failure_count += 1
        if platform.failure_count >= FAILURES:
            platform.health = Health.DOWN
    else:
        platform.failure_count, platform.health = 0, answer.health
    platform.checked_at = now
    platform.save(update_fields=["health", "failure_count", "checked_at"])
    _tell(platform, before)
    _forget_old(platform)


def _tell(platform: Platform, before: str) -> None:
    if (platform.health == Health.DOWN) != (before == Health.DOWN):
        verb = "platform.down" if platform.health == Health.DOWN else "platform.up"
        record(verb, subject=platform, by=System("platforms"))


def _forget_old(platform: Platform) -> None:
    old = platform.checks.order_by("-at", "-id").values_list("pk", flat=True)[KEPT:]
    PlatformCheck.objects.filter(pk__in=list(old)).delete()
