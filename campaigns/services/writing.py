"""Writing, taken up again: what failed goes on where it stopped, what fell short is asked anew."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from campaigns.models import Campaign
from campaigns.services.campaigns import campaign_generate
from campaigns.services.rights import require
from campaigns.services.states import campaign_move
from core.audit import audit
from core.errors import InputRefused
from generation.models import GenerationJob
from generation.selectors import job_progress
from generation.services import job_retry

STOPPED = (GenerationJob.Status.FAILED, GenerationJob.Status.CANCELLED)


@transaction.atomic
def campaign_write_again(campaign: Campaign, *, actor: User, now: datetime) -> GenerationJob:
    """Have written what the last job did not write: its drafts stay, and none comes twice."""
    require(actor, "change_campaign", doing="have copy written")
    job = campaign.job
    if job is None:
        raise InputRefused("Nothing was written for this campaign yet.")
    if job.status not in STOPPED:
        return _shortfalls_rewrite(campaign, job, actor=actor, now=now)
    campaign_move(
        campaign,
        Campaign.Status.GENERATING,
        out_of=(Campaign.Status.DRAFT, Campaign.Status.REVIEW),
        doing="have copy written",
        now=now,
    )
    job_retry(job)
    audit(actor, "campaign_write_again", campaign, job=job.pk)
    return job


def _shortfalls_rewrite(
    campaign: Campaign, job: GenerationJob, *, actor: User, now: datetime
) -> GenerationJob:
    short = {key for key, _ in job_progress(job).shortfalls}
    if not short:
        raise InputRefused("No brief of the last job fell short.")
    return campaign_generate(campaign, actor=actor, now=now, keys=short)
