"""Brand voices, kept in versions: a draft can say how the brand spoke when it was written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from campaigns.models import BrandVoice, BrandVoiceVersion
from campaigns.services.rights import require
from core.audit import audit

KEPT = (
    "brand_name",
    "tone",
    "descriptors",
    "dos",
    "donts",
    "banned_terms",
    "required_terms",
    "approved_claims",
    "examples",
)


@transaction.atomic
def brand_voice_save(voice: BrandVoice, *, actor: User, now: datetime) -> BrandVoiceVersion:
    """Save a voice, new or changed; a change makes the next version."""
    right = "change_brandvoice" if voice.pk else "add_brandvoice"
    require(actor, right, doing="say how the brand speaks")
    voice.save()
    version = brand_voice_keep(voice, actor=actor, now=now)
    audit(actor, "brand_voice_save", voice, version=version.number)
    return version


@transaction.atomic
def brand_voice_keep(voice: BrandVoice, *, actor: User | None, now: datetime) -> BrandVoiceVersion:
    """The version that says what the voice says now; made where the last one says something else.

    Whoever has copy written asks for it, so that no draft names a version that nobody kept.
    """
    locked = BrandVoice.objects.select_for_update(no_key=True).get(pk=voice.pk)
    content = content_of(locked)
    last = locked.versions.order_by("-number").first()
    if last is not None and last.content == content:
        voice.version = last.number
        return last
    kept = BrandVoiceVersion.objects.create(
        voice=locked,
        number=last.number + 1 if last else 1,
        content=content,
        saved_at=now,
        saved_by=actor,
    )
    BrandVoice.objects.filter(pk=voice.pk).update(version=kept.number)
    voice.version = kept.number
    return kept


def content_of(voice: BrandVoice) -> dict[str, Any]:
    """What a writer is told of the voice, as JSON values."""
    return {name: getattr(voice, name) for name in KEPT}
