"""API keys: made, checked, revoked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction

from core.audit import audit
from core.errors import InputRefused
from core.models import ApiKey

PREFIX = "ck_live_"
LAST_USED_PRECISION = timedelta(minutes=1)


def _digest(secret: str) -> str:
    # A key has 256 random bits, so one round of SHA-256 is as strong as a slow hash and costs no
    # time per request.
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def api_key_create(
    name: str, scopes: list[str], *, actor: User | None = None
) -> tuple[ApiKey, str]:
    """Make a key; the second value is the key itself, which is never to be had again."""
    unknown = set(scopes) - set(ApiKey.Scope.values)
    if unknown or not scopes:
        raise InputRefused(
            f"scopes must be one or more of {', '.join(ApiKey.Scope.values)}", field="scopes"
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        name=name,
        prefix=secret[:12],
        digest=_digest(secret),
        scopes=sorted(set(scopes)),
        created_by=actor,
    )
    audit(actor, "api_key_create", key, name=name, scopes=key.scopes)
    return key, secret


@transaction.atomic
def api_key_revoke(key: ApiKey, *, now: datetime, actor: User | None = None) -> None:
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        audit(actor, "api_key_revoke", key)


def api_key_for(secret: str, *, scope: str, now: datetime) -> ApiKey | None:
    """The live key with this secret and scope, or None. `last_used_at` is kept to the minute."""
    key = ApiKey.objects.filter(
        digest=_digest(secret), revoked_at=None, scopes__contains=[scope]
    ).first()
    if key is None:
        return None
    if key.last_used_at is None or now - key.last_used_at > LAST_USED_PRECISION:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key
