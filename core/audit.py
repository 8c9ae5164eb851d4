"""The audit trail's one door."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import models

from core.models import AuditEntry


def audit(actor: User | None, action: str, target: models.Model, **detail: object) -> AuditEntry:
    """Record an action in the transaction that does it."""
    return audit_part(actor, action, type(target), str(target.pk), **detail)


def audit_part(
    actor: User | None, action: str, table: type[models.Model], part: str, **detail: object
) -> AuditEntry:
    """The same of what is no row: a part of a table, by its name."""
    return AuditEntry.objects.create(
        actor=actor,
        action=action,
        target_type=table._meta.label_lower,
        target_id=part,
        detail=detail,
    )
