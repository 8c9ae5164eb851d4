"""Reads of the privacy app."""

from __future__ import annotations

from uuid import UUID

from privacy import registry
from privacy.models import Suppression


def is_suppressed(subject_id: UUID, *, channel: str) -> bool:
    return Suppression.objects.filter(
        subject_id=subject_id, channel__in=[Suppression.Channel.ALL, channel]
    ).exists()


def subject_export(subject_id: UUID) -> dict[str, dict[str, object]]:
    """Everything held about a subject, by holder."""
    return {holder.name: holder.export(subject_id) for holder in registry.holders()}
