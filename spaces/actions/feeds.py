"""Addresses that calendar programs read: made, given a new secret, ended, found by their secret."""

import secrets
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.activity import record
from district.api.tokens import hashed
from district.channels.vault import seal, unseal
from district.models import Membership
from district.rules import RuleViolation
from spaces.models import Feed, FeedKind, Space

READ_WRITTEN_EVERY: Final = timedelta(hours=1)
MOST: Final = 30


@transaction.atomic
def subscribe(kind: FeedKind, *, by: Membership, space: Space | None = None) -> Feed:
    """The feed of this kind that the member has, or a new one.

    Raises RuleViolation("feed_too_many").
    """
    Membership.objects.locked().get(pk=by.pk)
    mine = Feed.objects.filter(membership=by, ended_at=None)
    found: Feed | None = mine.filter(kind=kind, space=space).first()
    if found is not None:
        return found
    if mine.count() >= MOST:
        raise RuleViolation(
            "feed_too_many",
            _("You have %(n)d subscriptions. End one of them first.") % {"n": MOST},
        )
    feed = Feed(membership=by, kind=kind, space=space)
    _give_secret(feed)
    feed.save(force_insert=True)
    _record("feed.made", feed, by)
    return feed


@transaction.atomic
def renew_feed(feed: Feed, *, by: Membership) -> Feed:
    """A new address; whoever has the old one reads nothing any more."""
    feed = Feed.objects.locked().get(pk=feed.pk)
    _give_secret(feed)
    feed.save(update_fields=["secret_hash", "sealed_secret"])
    _record("feed.renewed", feed, by)
    return feed


@transaction.atomic
def end_feed(feed: Feed, *, by: Membership) -> Feed:
    feed = Feed.objects.locked().get(pk=feed.pk)
    if feed.ended_at is None:
        feed.ended_at = timezone.now()
        feed.save(update_fields=["ended_at"])
        _record("feed.ended", feed, by)
    return feed


def secret_of(feed: Feed) -> str:
    return unseal(feed.sealed_secret)


def feed_of(secret: str) -> Feed | None:
    """The feed a secret opens, None for any other; that it is read is noted once an hour."""
    now = timezone.now()
    feed: Feed | None = (
        Feed.objects.in_force()
        .filter(secret_hash=hashed(secret))
        .select_related("membership__organization", "membership__person", "space__building")
        .first()
    )
    if feed and (feed.last_read_at is None or feed.last_read_at < now - READ_WRITTEN_EVERY):
        Feed.objects.filter(pk=feed.pk).update(last_read_at=now)
    return feed


def _give_secret(feed: Feed) -> None:
    secret = secrets.token_urlsafe(32)
    feed.secret_hash, feed.sealed_secret = hashed(secret), seal(secret)


def _record(verb: str, feed: Feed, by: Membership) -> None:
    data = {"kind": feed.kind, "space": str(feed.space_id) if feed.space_id else ""}
    record(verb, subject=feed, by=by, organization=by.organization_id, data=data)
