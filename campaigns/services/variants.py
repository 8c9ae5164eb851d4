"""Variants on their way through review: written, edited, approved, rejected."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from audience.models import Segment
from campaigns.briefs import brief_for, brief_of_variant
from campaigns.cells import CONTROL, Cell, launch_cells, segments_of
from campaigns.errors import CampaignClosed
from campaigns.models import Campaign, Variant, VariantEdit
from campaigns.services.drafts import control_ensure
from campaigns.services.guard import (
    blocking_sentences,
    findings_for,
    overruled_of,
    refuse_blocked,
    variant_findings,
)
from campaigns.services.neighbours import Neighbours
from campaigns.services.rights import require
from campaigns.services.states import campaign_lock_for_copy
from campaigns.webhook_kinds import tell_of_variant
from campaigns.wording import columns_of, copy_of, set_copy
from core.audit import audit
from core.errors import InputRefused
from core.models import AuditEntry
from generation.briefs import Copy
from generation.channels import CHANNEL_NAMES, MAY_BE_EMPTY

Status = Variant.Status
# What a row can hold; what a channel can carry is the guardrails' to say.
LIMITS = {"subject": 300, "preheader": 300, "title": 300, "headline": 300, "call_to_action": 100}
AUTHORING = ("variant_create", "variant_edit")


@transaction.atomic
def variant_create(
    campaign: Campaign, segment: Segment | None, angle: str, copy: Copy, *, actor: User
) -> Variant:
    """Put a person's own copy into a cell, in review; `segment` None is for everyone (else)."""
    require(actor, "add_variant", doing="write copy")
    locked = campaign_lock_for_copy(campaign.pk, doing="add copy")
    cell = Cell(segment, angle)
    _refuse_unusable(copy, locked)
    _refuse_foreign(locked, cell)
    variant = Variant.objects.create(
        campaign=locked,
        segment=segment,
        angle=angle,
        origin=Variant.Origin.HUMAN,
        findings=findings_for(copy, brief_for(locked, cell)),
        **columns_of(copy),
    )
    control_ensure(locked)
    Campaign.objects.filter(pk=campaign.pk, status=Campaign.Status.DRAFT).update(
        status=Campaign.Status.REVIEW
    )
    campaign.refresh_from_db(fields=["status"])
    audit(actor, "variant_create", variant, cell=cell.name)
    return variant


@transaction.atomic
def variant_edit(variant: Variant, copy: Copy, *, actor: User, now: datetime) -> Variant:
    """Change the text: it goes back to in review, and the pair of before and after is kept."""
    require(actor, "change_variant", doing="edit copy")
    _refuse_unusable(copy, campaign_lock_for_copy(variant.campaign_id, doing="edit it"))
    variant.refresh_from_db()
    before = copy_of(variant)
    if before == copy:
        return variant
    generated = variant.origin == Variant.Origin.GENERATED
    set_copy(variant, copy)
    variant.origin = Variant.Origin.EDITED if generated else variant.origin
    variant.status, variant.reviewed_by, variant.reviewed_at = Status.IN_REVIEW, None, None
    variant.review_note = ""
    variant.findings = variant_findings(variant)
    variant.save()
    brief = brief_of_variant(variant)
    VariantEdit.objects.create(
        variant=variant,
        actor=actor,
        before=before.to_json(),
        after=copy.to_json(),
        brief_key=brief.key,
        brief=brief.to_json(),
    )
    audit(actor, "variant_edit", variant, at=now.isoformat())
    return variant


@transaction.atomic
def variant_approve(variant: Variant, *, actor: User, now: datetime) -> Variant:
    """Let the copy go live with its campaign; it takes the cell from what was approved before."""
    require(actor, "approve_variant", doing="approve copy")
    locked = campaign_lock_for_copy(variant.campaign_id, doing="approve another text")
    variant.refresh_from_db()
    if variant.status == Status.APPROVED:
        return variant
    variant.campaign = locked
    return _approve(variant, variant_findings(variant), actor=actor, now=now)


def _approve(
    variant: Variant, findings: list[dict[str, Any]], *, actor: User, now: datetime
) -> Variant:
    """What is left to do when the campaign is locked and the text is checked."""
    refuse_blocked(f"“{variant.opening}”", findings, doing="approved")
    replaced = _cell_vacate(variant, now=now)
    _review(variant, Status.APPROVED, actor=actor, now=now, note="", findings=findings)
    audit(
        actor,
        "variant_approve",
        variant,
        replaced=replaced,
        copy=copy_of(variant).to_json(),
        is_own_copy=_wrote(actor, variant),
        overruled=overruled_of(findings),
    )
    tell_of_variant(variant, "variant.approved", now=now)
    return variant


@transaction.atomic
def variant_reject(variant: Variant, *, actor: User, now: datetime, note: str = "") -> Variant:
    """Turn the copy down, with a reason for whoever wrote it."""
    require(actor, "approve_variant", doing="reject copy")
    campaign_lock_for_copy(variant.campaign_id, doing="reject a text")
    _refuse_long("note", note, limit=300)
    _review(variant, Status.REJECTED, actor=actor, now=now, note=note)
    variant.refresh_from_db()
    audit(actor, "variant_reject", variant, note=note)
    tell_of_variant(variant, "variant.rejected", now=now)
    return variant


@transaction.atomic
def variants_approve_best(campaign: Campaign, *, actor: User, now: datetime) -> list[Variant]:
    """Approve the best candidate of every cell that has none approved; those approved now.

    Best: nothing blocks it, then fewest warnings, then the writer's own score, then the oldest.
    """
    require(actor, "approve_variant", doing="approve copy")
    locked = campaign_lock_for_copy(campaign.pk, doing="approve another text")
    candidates = list(locked.variants.select_related("draft", "segment").exclude(status="rejected"))
    neighbours = Neighbours()
    best = [_best_of(candidates, cell, neighbours) for cell in launch_cells(locked)]
    return [_approve(*one, actor=actor, now=now) for one in best if one]


def _best_of(
    candidates: Iterable[Variant], cell: Cell, neighbours: Neighbours
) -> tuple[Variant, list[dict[str, Any]]] | None:
    """With what the guardrails say of it."""
    rivals = [
        variant
        for variant in candidates
        if variant.segment_id == cell.segment_id and variant.angle == cell.angle
    ]
    if any(variant.status == Status.APPROVED for variant in rivals):
        return None
    judged = [(rival, variant_findings(rival, neighbours)) for rival in rivals]
    usable = [one for one in judged if not blocking_sentences(one[1])]
    return min(usable, key=lambda one: _rank(one[0]), default=None)


def _rank(variant: Variant) -> tuple[int, float, int]:
    score = variant.draft.score if variant.draft and variant.draft.score is not None else 0.0
    return (len(variant.findings), -score, variant.pk)


def _cell_vacate(variant: Variant, *, now: datetime) -> list[int]:
    """Send the cell's approved copy back to review; the ids of what was sent back."""
    approved = Variant.objects.filter(
        campaign_id=variant.campaign_id,
        segment=variant.segment,
        angle=variant.angle,
        status=Status.APPROVED,
    )
    ids = list(approved.values_list("pk", flat=True))
    approved.update(status=Status.IN_REVIEW, reviewed_by=None, reviewed_at=None, updated_at=now)
    return ids


def _review(
    variant: Variant, to: str, *, actor: User, now: datetime, note: str, **fields: object
) -> None:
    fields |= {
        "status": to, "reviewed_by": actor, "reviewed_at": now, "review_note": note,
        "updated_at": now,
    }  # fmt: skip
    if not Variant.objects.filter(pk=variant.pk).exclude(status=to).update(**fields):
        raise CampaignClosed(f"“{variant.opening}” is {Status(to).label.lower()} already")
    for name, value in fields.items():
        setattr(variant, name, value)


def _wrote(actor: User, variant: Variant) -> bool:
    return AuditEntry.objects.filter(
        actor=actor,
        action__in=AUTHORING,
        target_type=variant._meta.label_lower,
        target_id=str(variant.pk),
    ).exists()


def _refuse_foreign(campaign: Campaign, cell: Cell) -> None:
    if cell.angle not in [CONTROL, *campaign.angles]:
        raise InputRefused(
            f"angle: “{cell.angle}” is not one of {', '.join([CONTROL, *campaign.angles])}; "
            "add it to the campaign first",
            field="angle",
        )
    if cell.segment is not None and cell.segment not in segments_of(campaign):
        raise InputRefused(
            f"segment: “{cell.segment}” is not a segment of “{campaign.name}”; add it first",
            field="segment",
        )


def _refuse_unusable(copy: Copy, campaign: Campaign) -> None:
    if copy.channel != campaign.channel:
        raise InputRefused(
            f"channel: “{campaign.name}” is a campaign of {CHANNEL_NAMES[campaign.channel]}, and "
            f"this is copy of {CHANNEL_NAMES[copy.channel]}",
            field="channel",
        )
    for field, text in copy.texts():
        _refuse_long(field, text, limit=LIMITS.get(field))
        if not text.strip() and (copy.channel, field) not in MAY_BE_EMPTY:
            raise InputRefused(
                f"{field}: write something; only the preheader may be empty", field=field
            )


def _refuse_long(field: str, text: str, *, limit: int | None) -> None:
    if "\x00" in text:
        raise InputRefused(f"{field}: take the NUL character out", field=field)
    if limit is not None and len(text) > limit:
        raise InputRefused(
            f"{field}: {len(text)} characters are too many; keep it to {limit}", field=field
        )
