"""The audit trail's one door."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models

from core.models import AuditEntry


def audit(actor: User | None, action: str, target: models.Model, **detail: object) -> AuditEntry:
    """Record an action in the transaction that does it."""
    return AuditEntry.objects.create(
        actor=actor,
        action=action,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        detail=detail,
    )
