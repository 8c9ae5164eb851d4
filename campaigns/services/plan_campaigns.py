"""Campaigns of a running plan: one for each action that somebody gets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db import transaction

from campaigns.errors import PlanClosed
from campaigns.models import BrandVoice, Campaign, Plan, PlanAction, Template
from campaigns.services.plan_states import plan_lock
from campaigns.services.rights import require
from core.audit import audit
from core.errors import InputRefused
from core.free_keys import free_key
from generation.angles import ANGLES

FALLBACK_ANGLE = "benefit_first"


@dataclass(frozen=True)
class PlannedCampaigns:
    """What was made, and what is to be known of it, in sentences."""

    made: tuple[Campaign, ...]
    notes: tuple[str, ...]


@transaction.atomic
def plan_campaigns_make(
    plan: Plan, *, template: Template, brand_voice: BrandVoice, actor: User
) -> PlannedCampaigns:
    """A draft campaign for each action that somebody gets and that has none, with their segment.

    Raises:
        PlanClosed: The plan does not run, or every action has its campaign.
        InputRefused: The template is for another channel.
    """
    require(actor, "add_campaign", doing="make campaigns")
    locked = plan_lock(plan, (Plan.Status.RUNNING,), doing="make campaigns from it")
    if template.channel != locked.channel:
        raise InputRefused(
            f"template: “{template}” is not for {locked.over}, over which the plan is and to which "
            "its people agreed. Choose another one",
            field="template",
        )
    given = list(locked.actions.exclude(people=0).select_related("arm", "offer", "segment"))
    due = [action for action in given if action.campaign_id is None and action.segment]
    if not due:
        raise PlanClosed(_nothing_due(given))
    made = [_campaign(locked, action, template, brand_voice, actor) for action in due]
    lost = [action for action in given if action.campaign_id is None and not action.segment]
    return PlannedCampaigns(tuple(made), tuple(_notes(locked, due, lost)))


def _nothing_due(given: list[PlanAction]) -> str:
    if not any(action.campaign_id for action in given):
        return "nobody gets an action whose segment is still there, so there is nothing to make"
    return "every action has its campaign already: you find them on the plan's page"


def _campaign(
    plan: Plan, action: PlanAction, template: Template, brand_voice: BrandVoice, actor: User
) -> Campaign:
    campaign = Campaign.objects.create(
        key=free_key(Campaign, _wanted_key(plan, action)),
        name=f"{plan.name}: {action.name}"[:120],
        template=template,
        brand_voice=brand_voice,
        offer=action.offer,
        angles=[action.arm.key if action.arm.key in ANGLES else FALLBACK_ANGLE],
        goal_event=plan.goal_event,
        owner=actor,
    )
    assert action.segment is not None, "only such actions are due"  # noqa: S101
    campaign.segments.add(action.segment, through_defaults={"position": 0})
    action.campaign = campaign
    action.save(update_fields=["campaign"])
    audit(actor, "plan_campaigns_make", campaign, plan=plan.key)
    return campaign


def _wanted_key(plan: Plan, action: PlanAction) -> str:
    return f"{plan.key}-{action.position}"


def _notes(plan: Plan, made: list[PlanAction], lost: list[PlanAction]) -> Iterator[str]:
    for action in made:
        wanted = _wanted_key(plan, action)
        if action.campaign is not None and action.campaign.key != wanted:
            yield (
                f"The key “{wanted}” belongs to another campaign, so that of “{action.name}” is "
                f"“{action.campaign.key}”."
            )
    for action in lost:
        yield f"“{action.name}” gets no campaign: its segment was deleted."
