"""What the brand has said before, and what won: examples for whoever writes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from campaigns.cells import CONTROL
from campaigns.models import Campaign, Variant
from campaigns.wording import copy_of
from experiments.models import Analysis
from generation.briefs import Copy

EXAMPLES = 3
CAMPAIGNS_LOOKED_AT = 20
SHIP = "ship"


@dataclass(frozen=True)
class PastCopy:
    """Copy of the same brand voice and channel, the newest first."""

    approved: tuple[Copy, ...] = ()
    winners: tuple[Copy, ...] = ()


def past_copy_of(campaign: Campaign) -> PastCopy:
    """Approved copy of the voice's finished campaigns; `winners` is that of arms which won."""
    finished = list(
        Campaign.objects.filter(
            brand_voice=campaign.brand_voice,
            template__channel=campaign.channel,
            status=Campaign.Status.FINISHED,
        )
        .exclude(pk=campaign.pk)
        .order_by("-launched_at", "-pk")[:CAMPAIGNS_LOOKED_AT]
    )
    won = _winning_places(finished)
    approved = _approved(Q(campaign__in=finished))
    winners = [copy_of(one) for one in approved if (one.campaign_id, one.angle) in won]
    others = [
        copy_of(one)
        for one in approved
        if (one.campaign_id, one.angle) not in won and one.angle != CONTROL
    ]
    return PastCopy(approved=_first(others), winners=_first(winners))


def _winning_places(campaigns: Iterable[Campaign]) -> set[tuple[int, str]]:
    by_experiment = {one.experiment_id: one.pk for one in campaigns if one.experiment_id}
    latest = (
        Analysis.objects.filter(experiment__in=by_experiment)
        .order_by("experiment", "-created_at", "-pk")
        .distinct("experiment")
    )
    verdicts = ((one.experiment_id, one.results.get("verdict", {})) for one in latest)
    return {
        (by_experiment[experiment_id], verdict.get("arm", ""))
        for experiment_id, verdict in verdicts
        if verdict.get("kind") == SHIP
    }


def _approved(where: Q) -> list[Variant]:
    return list(Variant.objects.filter(where, status=Variant.Status.APPROVED).order_by("-pk"))


def _first(copies: Iterable[Copy]) -> tuple[Copy, ...]:
    return tuple(dict.fromkeys(copies))[:EXAMPLES]
