"""Tokens of API clients: shown once, kept as a hash, looked up inside the district's scope."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from district.activity import record
from district.actors import Actor
from district.models import ApiClient, ApiToken, Organization
from district.permissions import SCOPES
from district.rules import RuleViolation

PREFIX: Final = "dst_"
SHOWN_CHARACTERS: Final = 12
USE_WRITTEN_EVERY: Final = timedelta(minutes=1)


def hashed(secret: str) -> str:
    """SHA-256 is enough: the secret has 256 bits of its own and is never guessed."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create_client(
    organization: Organization, name: str, scopes: Sequence[str], *, by: Actor
) -> ApiClient:
    """Raises RuleViolation("scope_unknown")."""
    if not scopes or not set(scopes) <= SCOPES.keys():
        raise RuleViolation("scope_unknown", _("Choose at least one scope from the list."))
    client = ApiClient.objects.create(
        organization=organization, name=name, scopes=sorted(set(scopes))
    )
    record("client.created", subject=client, by=by, organization=organization.pk)
    return client


@transaction.atomic
def issue_token(client: ApiClient, *, expires_at: datetime, by: Actor) -> tuple[ApiToken, str]:
    """The token and its secret, which is kept nowhere. Raises RuleViolation("token_expired")."""
    if expires_at <= timezone.now():
        raise RuleViolation("token_expired", _("It must expire in the future."))
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        client=client,
        prefix=secret[:SHOWN_CHARACTERS],
        secret_hash=hashed(secret),
        scopes=client.scopes,
        expires_at=expires_at,
    )
    record("token.issued", subject=token, by=by, organization=client.organization_id)
    return token, secret


@transaction.atomic
def revoke_token(token: ApiToken, *, by: Actor) -> None:
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
        record("token.revoked", subject=token, by=by, organization=token.client.organization_id)


def client_of(secret: str) -> ApiClient | None:
    """The client a valid secret belongs to, with the token's scopes; None for any other."""
    now = timezone.now()
    token = (
        ApiToken.objects.filter(
            secret_hash=hashed(secret),
            revoked_at=None,
            expires_at__gt=now,
            client__ended_at=None,
            client__organization__ended_at=None,
        )
        .select_related("client__organization")
        .first()
    )
    if token is None:
        return None
    if token.last_used_at is None or token.last_used_at < now - USE_WRITTEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    client: ApiClient = token.client
    client.scopes = token.scopes
    return client
