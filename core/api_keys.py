"""API keys: made, checked, exchanged, revoked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import models, transaction

from core import broadcasts
from core.audit import audit
from core.errors import DomainError, InputRefused
from core.models import ApiKey

PREFIX = "ck_live_"
TOPIC = "api_key"
LAST_USED_PRECISION = timedelta(minutes=1)


def _digest(secret: str) -> str:
    # A key has 256 random bits, so one round of SHA-256 is as strong as a slow hash and costs no
    # time per request.
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def api_key_create(
    name: str,
    scopes: list[str],
    *,
    actor: User | None = None,
    expires_at: datetime | None = None,
    requests_per_minute: int | None = None,
    replaces: ApiKey | None = None,
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
        expires_at=expires_at,
        requests_per_minute=requests_per_minute,
        replaces=replaces,
    )
    audit(actor, "api_key_create", key, name=name, scopes=key.scopes)
    return key, secret


@transaction.atomic
def api_key_rotate(
    key: ApiKey, *, now: datetime, overlap: timedelta, actor: User | None = None
) -> tuple[ApiKey, str]:
    """A new key that may do the same; the old one goes on working for the overlap, then never."""
    old = ApiKey.objects.select_for_update().get(pk=key.pk)
    if not old.is_live(now=now):
        raise DomainError(f"the key “{old.name}” is revoked or expired: make a new one instead")
    if overlap < timedelta(0):
        raise InputRefused("overlap must not be negative", field="overlap")
    made = api_key_create(
        old.name,
        old.scopes,
        actor=actor,
        requests_per_minute=old.requests_per_minute,
        replaces=old,
    )
    ends = now + overlap
    old.expires_at = min(old.expires_at, ends) if old.expires_at else ends
    old.save(update_fields=["expires_at"])
    audit(actor, "api_key_rotate", old, by=made[0].pk, until=old.expires_at.isoformat())
    broadcasts.announce(TOPIC, str(old.pk))
    return made


@transaction.atomic
def api_key_revoke(key: ApiKey, *, now: datetime, actor: User | None = None) -> None:
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        audit(actor, "api_key_revoke", key)
        broadcasts.announce(TOPIC, str(key.pk))


def api_key_for(secret: str, *, scope: str, now: datetime) -> ApiKey | None:
    """The live key with this secret and scope, or None. `last_used_at` is kept to the minute."""
    key = ApiKey.objects.filter(
        models.Q(expires_at=None) | models.Q(expires_at__gt=now),
        digest=_digest(secret),
        revoked_at=None,
        scopes__contains=[scope],
    ).first()
    if key is None:
        return None
    if key.last_used_at is None or now - key.last_used_at > LAST_USED_PRECISION:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    return key
