"""From drafts to variants: what a writing job brought becomes copy in review."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction

from campaigns.briefs import brief_for
from campaigns.cells import CONTROL, Cell, cells_by_key
from campaigns.models import Campaign, Variant
from campaigns.services.guard import findings_for
from campaigns.services.states import OPEN_TO_COPY, campaign_lock
from campaigns.wording import columns_of, copy_of
from core.audit import audit
from generation.briefs import Copy
from generation.models import Draft, GenerationJob
from generation.selectors import drafts_of, job_progress

log = structlog.get_logger(__name__)


def control_ensure(campaign: Campaign) -> Variant:
    """The campaign's human control copy; made from the template where nobody wrote one."""
    control = campaign.variants.filter(segment=None, angle=CONTROL).first()
    if control is not None:
        return control
    copy = copy_of(campaign.template)
    return Variant.objects.create(
        campaign=campaign,
        angle=CONTROL,
        origin=Variant.Origin.HUMAN,
        **columns_of(copy),
        findings=findings_for(copy, brief_for(campaign, Cell(None, CONTROL))),
    )


@transaction.atomic
def variants_collect(campaign_id: int, *, now: datetime, job_id: int | None = None) -> int:
    """Take the finished job's drafts into review; how many were new. Running it again adds none.

    `job_id` is the job that ended: a job that is no longer the campaign's is left alone.
    """
    campaign = campaign_lock(campaign_id)
    job = campaign.job
    if job_id is not None and job_id != campaign.job_id:
        log.info("variants_collect_skipped", campaign=campaign_id, job=job_id, reason="replaced")
        return 0
    if job is not None and job.finished_at is None:
        return 0
    if campaign.status not in OPEN_TO_COPY:
        # A failed job may be tried again while the campaign goes its way without it.
        return 0
    control_ensure(campaign)
    collected = _collect(campaign, job) if job else 0
    _enter_review(campaign, job, collected, now=now)
    return collected


def _enter_review(
    campaign: Campaign, job: GenerationJob | None, collected: int, *, now: datetime
) -> None:
    entered = Campaign.objects.filter(pk=campaign.pk, status=Campaign.Status.GENERATING).update(
        status=Campaign.Status.REVIEW, updated_at=now
    )
    if entered:
        audit(
            None,
            "variants_collect",
            campaign,
            job=job.pk if job else None,
            job_status=job.status if job else "gone",
            variants=collected,
            shortfalls=[list(pair) for pair in job_progress(job).shortfalls] if job else [],
        )


def _collect(campaign: Campaign, job: GenerationJob) -> int:
    cells = cells_by_key(campaign)
    taken = set(campaign.variants.exclude(draft=None).values_list("draft_id", flat=True))
    known = {_content(variant) for variant in campaign.variants.all()}
    fresh: list[Variant] = []
    for draft in drafts_of(job):
        cell = cells.get(draft.brief.key)
        if cell is None or draft.pk in taken:
            continue
        variant = _variant_of(campaign, cell, draft)
        if _content(variant) not in known:
            known.add(_content(variant))
            fresh.append(variant)
    return len(Variant.objects.bulk_create(fresh))


def _variant_of(campaign: Campaign, cell: Cell, draft: Draft) -> Variant:
    return Variant(
        campaign=campaign,
        segment=cell.segment,
        angle=cell.angle,
        draft=draft,
        origin=Variant.Origin.GENERATED,
        **columns_of(Copy.from_json(draft.content)),
        findings=draft.findings,
    )


def _content(variant: Variant) -> tuple[object, ...]:
    return (variant.segment_id, variant.angle, *copy_of(variant).to_json().values())


def campaigns_sweep(*, now: datetime) -> int:
    """Collect for campaigns whose job ended unheard: a lost message costs a delay, no more."""
    waiting = Campaign.objects.filter(status=Campaign.Status.GENERATING).exclude(
        job__isnull=False, job__finished_at=None
    )
    ids = list(waiting.values_list("pk", flat=True))
    for campaign_id in ids:
        variants_collect(campaign_id, now=now)
    return len(ids)
