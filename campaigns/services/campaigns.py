"""A campaign's life: written for, launched, paused, finished."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

import orjson
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F

from campaigns import live_plans
from campaigns.briefs import angle_name, briefs_for
from campaigns.cells import CONTROL, launch_cells
from campaigns.errors import CellsMissing, CopyBlocked, OfferOver
from campaigns.models import Campaign, Variant
from campaigns.services.drafts import control_ensure
from campaigns.services.guard import blocking_sentences, variant_findings
from campaigns.services.members import members_keep
from campaigns.services.neighbours import Neighbours
from campaigns.services.rights import require
from campaigns.services.states import campaign_lock, campaign_move, require_state
from campaigns.services.voices import brand_voice_keep
from campaigns.webhook_kinds import tell_of_campaign
from campaigns.wording import copy_of
from catalog.selectors import offer_state
from core.audit import audit
from core.errors import InputRefused
from experiments.models import Experiment
from experiments.services import (
    ArmSpec,
    MetricSpec,
    experiment_create,
    experiment_decide,
    experiment_pause,
    experiment_ramp,
    experiment_resume,
    experiment_start,
)
from generation.models import GenerationJob
from generation.services import job_create

Status = Campaign.Status
COLLECT_TASK = "campaigns.tasks.variants_collect"


@transaction.atomic
def campaign_generate(
    campaign: Campaign,
    *,
    actor: User,
    now: datetime,
    seed: int | None = None,
    keys: Collection[str] | None = None,
) -> GenerationJob:
    """Order candidates for every cell; a worker writes them and `variants_collect` takes them in.

    `seed` decides what is written; left out, it is the second of the order. `keys` names the cells
    to write for, where not all.
    """
    require(actor, "change_campaign", doing="have copy written")
    brand_voice_keep(campaign.brand_voice, actor=actor, now=now)
    briefs = [brief for brief in briefs_for(campaign) if keys is None or brief.key in keys]
    campaign_move(
        campaign,
        Status.GENERATING,
        out_of=(Status.DRAFT, Status.REVIEW),
        doing="have copy written",
        now=now,
    )
    control_ensure(campaign)
    job = job_create(
        briefs,
        requested_by=f"campaign:{campaign.pk}",
        candidates=campaign.candidates,
        seed=int(now.timestamp()) if seed is None else seed,
        then=COLLECT_TASK,
        then_id=campaign.pk,
    )
    campaign.job = job
    campaign.save(update_fields=["job", "updated_at"])
    audit(actor, "campaign_generate", campaign, job=job.pk, briefs=len(briefs), seed=job.seed)
    return job


@transaction.atomic
def campaign_launch(
    campaign: Campaign,
    *,
    actor: User,
    now: datetime,
    assignment: str = Experiment.Assignment.HASH,
    weights: Mapping[str, float] | None = None,
    metrics: Sequence[MetricSpec] | None = None,
    **settings: object,
) -> Experiment:
    """Put the approved copy under test. From here on its text is frozen.

    `weights` is the share of every arm by key ("control" and the angles), equal when left out;
    `settings` go to the experiment: confidence, planned_units, coverage, holdout_share, layer, …
    """
    require(actor, "launch_campaign", doing="launch a campaign")
    require_state(campaign_lock(campaign.pk), (Status.REVIEW,), doing="launch it")
    approved = _approved(campaign)
    _refuse_missing(campaign, approved)
    _refuse_blocked(campaign, approved.values())
    _refuse_over(campaign, now)
    experiment = experiment_create(
        key=campaign.key,
        name=campaign.name,
        salt=f"{campaign.key}:{campaign.pk}",
        arms=_arms(campaign, weights),
        metrics=metrics or default_metrics(campaign.goal_event),
        assignment=assignment,
        actor=actor,
        **settings,
    )
    campaign_move(
        campaign,
        Status.LIVE,
        out_of=(Status.REVIEW,),
        doing="launch it",
        now=now,
        experiment=experiment,
        launched_at=now,
    )
    experiment_start(experiment, now=now, actor=actor)
    kept = members_keep(campaign, now=now)
    audit(actor, "campaign_launch", campaign, texts=_digests(approved.values()), members=kept)
    tell_of_campaign(campaign, "campaign.launched", now=now)
    live_plans.forget_after_commit(campaign.key)
    return experiment


@transaction.atomic
def campaign_pause(campaign: Campaign, *, actor: User, now: datetime) -> None:
    """Everyone gets the control copy, and nobody new is assigned, until `campaign_resume`."""
    require(actor, "launch_campaign", doing="pause a campaign")
    campaign_move(campaign, Status.PAUSED, out_of=(Status.LIVE,), doing="pause it", now=now)
    experiment_pause(experiment_of(campaign), now=now, actor=actor)
    audit(actor, "campaign_pause", campaign)
    tell_of_campaign(campaign, "campaign.paused", now=now)
    live_plans.forget_after_commit(campaign.key)


@transaction.atomic
def campaign_resume(campaign: Campaign, *, actor: User, now: datetime) -> None:
    require(actor, "launch_campaign", doing="resume a campaign")
    campaign_move(campaign, Status.LIVE, out_of=(Status.PAUSED,), doing="resume it", now=now)
    experiment_resume(experiment_of(campaign), now=now, actor=actor)
    audit(actor, "campaign_resume", campaign)
    tell_of_campaign(campaign, "campaign.resumed", now=now)
    live_plans.forget_after_commit(campaign.key)


@transaction.atomic
def campaign_ramp(campaign: Campaign, *, coverage: float, actor: User, now: datetime) -> None:
    """Let another share of the people take part; who was given a copy keeps it."""
    require(actor, "launch_campaign", doing="ramp a campaign")
    experiment_ramp(experiment_of(campaign), coverage=coverage, now=now, actor=actor)
    live_plans.forget_after_commit(campaign.key)


@transaction.atomic
def campaign_finish(campaign: Campaign, *, actor: User, now: datetime, reason: str = "") -> None:
    """End the test for good; the verdict stands as it is, and everyone gets the control copy."""
    require(actor, "launch_campaign", doing="finish a campaign")
    campaign_move(
        campaign,
        Status.FINISHED,
        out_of=(Status.LIVE, Status.PAUSED),
        doing="finish it",
        now=now,
    )
    experiment_decide(experiment_of(campaign), now=now, actor=actor, reason=reason)
    audit(actor, "campaign_finish", campaign, reason=reason)
    tell_of_campaign(campaign, "campaign.finished", now=now)
    live_plans.forget_after_commit(campaign.key)


@transaction.atomic
def campaign_token_renew(campaign: Campaign, *, actor: User) -> None:
    """Make the campaign's token another one; the old one opens nothing any more."""
    require(actor, "launch_campaign", doing="renew its token")
    Campaign.objects.filter(pk=campaign.pk).update(token_version=F("token_version") + 1)
    campaign.refresh_from_db(fields=["token_version"])
    audit(actor, "campaign_token_renew", campaign)
    live_plans.forget_after_commit(campaign.key)


def experiment_of(campaign: Campaign) -> Experiment:
    """The experiment of a campaign that was launched."""
    if campaign.experiment is None:
        raise CellsMissing(f"“{campaign.name}” was never launched, so it has no experiment", [])
    return campaign.experiment


def default_metrics(goal_event: str) -> list[MetricSpec]:
    """Who did the goal event, and how much it was worth."""
    return [
        MetricSpec(
            key="conversion",
            name="Conversion",
            kind="conversion",
            role="goal",
            event_name=goal_event,
        ),
        MetricSpec(
            key="revenue", name="Revenue", kind="sum", role="secondary", event_name=goal_event
        ),
    ]


def _arms(campaign: Campaign, weights: Mapping[str, float] | None) -> list[ArmSpec]:
    keys = [CONTROL, *campaign.angles]
    shares = weights if weights is not None else dict.fromkeys(keys, 1 / len(keys))
    if set(shares) != set(keys):
        raise InputRefused(
            f"weights: give a share to each of {', '.join(keys)}, and to nothing else",
            field="weights",
        )
    return [
        ArmSpec(key=key, name=angle_name(key), weight=shares[key], is_control=key == CONTROL)
        for key in keys
    ]


def _approved(campaign: Campaign) -> dict[tuple[int | None, str], Variant]:
    variants = campaign.variants.filter(status=Variant.Status.APPROVED).select_related(
        "segment", "campaign__template", "campaign__brand_voice", "campaign__offer"
    )
    return {(variant.segment_id, variant.angle): variant for variant in variants}


def _refuse_over(campaign: Campaign, now: datetime) -> None:
    """An offer that is yet to begin is no promise broken; one that has ended is."""
    state = offer_state(campaign.offer, now) if campaign.offer else "running"
    if state not in ("running", "not yet"):
        raise OfferOver(
            f"“{campaign.name}” cannot go live: its offer “{campaign.offer}” is no longer given "
            f"({state}). Prolong the offer, or choose another."
        )


def _refuse_missing(campaign: Campaign, approved: Mapping[tuple[int | None, str], Variant]) -> None:
    missing = [
        cell.name
        for cell in launch_cells(campaign)
        if (cell.segment_id, cell.angle) not in approved
    ]
    if missing:
        raise CellsMissing(
            f"“{campaign.name}” cannot go live: no approved copy for {', '.join(missing)}. "
            "Approve a candidate for each, or take the angle or the segment out.",
            missing,
        )


def _refuse_blocked(campaign: Campaign, variants: Iterable[Variant]) -> None:
    neighbours = Neighbours()
    blocking = [
        f"{variant.opening!r} ({sentence})"
        for variant in variants
        for sentence in blocking_sentences(variant_findings(variant, neighbours))
    ]
    if blocking:
        raise CopyBlocked(
            f"“{campaign.name}” cannot go live: its guardrails refuse {'; '.join(blocking)}. "
            "Edit and approve these texts again.",
            blocking,
        )


def _digests(variants: Iterable[Variant]) -> dict[str, str]:
    """What went live, so that it can be proved later: SHA-256 of every text by variant."""
    return {
        str(variant.pk): hashlib.sha256(orjson.dumps(copy_of(variant).to_json())).hexdigest()
        for variant in variants
    }
