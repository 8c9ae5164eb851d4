"""What is answered to an email tool: an arm's copy, the control copy and why, or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from campaigns import live_plans
from campaigns.cells import CONTROL
from campaigns.live_plans import LivePlan, PlannedText
from campaigns.rendering import rendered, variables_for
from campaigns.selectors.contacts import KnownContact
from campaigns.selectors.picks import picks_for
from catalog.offer_limits import who_may_not
from catalog.selectors import offer_state
from experiments.assignment import Reason
from experiments.plans import ExperimentPlan
from generation.briefs import Copy
from generation.channels import EMAIL
from generation.liquid import TemplateRefused

log = structlog.get_logger(__name__)

NO_COPY = Copy.empty()
KEPT_OUT = {
    Reason.GLOBAL_HOLDOUT: "global_holdout",
    Reason.HOLDOUT: "holdout",
    Reason.OUTSIDE_LAYER: "outside_layer",
    Reason.OUTSIDE_COVERAGE: "not_covered",
}
# An offer that is yet to begin may be announced.
OVER = ("off", "over", "budget used up")
HOLDOUTS = (Reason.GLOBAL_HOLDOUT, Reason.HOLDOUT)


@dataclass(frozen=True)
class Decision:
    """`arm` is the arm whose copy `content` is; `assignment` is empty where none was made;
    `contact` is who it is for, where that is known.
    """

    campaign: str
    experiment: str
    arm: str
    segment: str
    variant_id: int | None
    content: Copy
    assignment: str
    fallback: bool
    reason: str
    holdout: bool = False
    suppressed: bool = False
    contact: KnownContact | None = None


def answered(
    plan: LivePlan, contact: KnownContact, segment: str, *, arm_id: int, reason: str
) -> Decision:
    arm = plan.arm_by_id(arm_id)
    text = plan.text(segment, arm.key) if arm else None
    if arm is None or text is None:
        return control(plan, contact=contact, segment=segment, reason="text_missing", fallback=True)
    try:
        content = rendered(text.copy, _variables(plan, contact))
    except TemplateRefused as refused:
        log.warning("decide_text_refused", variant=text.variant_id, error=str(refused))
        return control(
            plan, contact=contact, segment=segment, reason="render_failed", fallback=True
        )
    return Decision(
        campaign=plan.campaign_key,
        experiment=plan.experiment.key if plan.experiment else "",
        arm=arm.key,
        segment=segment,
        variant_id=text.variant_id,
        content=content,
        assignment=assignment_id(plan, contact),
        fallback=False,
        reason=reason,
        contact=contact,
    )


def control(
    plan: LivePlan,
    *,
    reason: str,
    contact: KnownContact | None = None,
    segment: str = "",
    fallback: bool = False,
    suppressed: bool = False,
    holdout: bool = False,
) -> Decision:
    text = plan.text(segment, CONTROL)
    if text is None:
        return nothing(plan.campaign_key, reason, channel=plan.channel)
    content = _safely_rendered(text, plan, contact)
    return Decision(
        campaign=plan.campaign_key,
        experiment=plan.experiment.key if plan.experiment else "",
        arm=CONTROL,
        segment=segment,
        variant_id=text.variant_id,
        content=content,
        assignment="",
        fallback=fallback,
        reason=reason,
        holdout=holdout,
        suppressed=suppressed,
        contact=contact,
    )


def offer_refused(plan: LivePlan, reason: str) -> Decision:
    """Nothing, since every copy promises the offer, the control's too: not to be sent."""
    answer = nothing(plan.campaign_key, reason, channel=plan.channel)
    return replace(answer, suppressed=True, fallback=False)


def offer_problems(plan: LivePlan, unit_ids: Sequence[str], *, now: datetime) -> Mapping[str, str]:
    """Which of the units may not be promised the campaign's offer, and why; costs one query where
    the offer has a limit, and none elsewhere.
    """
    if plan.offer is None:
        return {}
    if offer_state(plan.offer, now) in OVER:
        return dict.fromkeys(unit_ids, "offer_over")
    limits = plan.offer_limits
    return who_may_not(limits, unit_ids, now=now) if limits else {}


def kept_out(plan: LivePlan, contact: KnownContact, segment: str, reason: Reason) -> Decision:
    return control(
        plan,
        contact=contact,
        segment=segment,
        reason=KEPT_OUT[reason],
        holdout=reason in HOLDOUTS,
    )


def forced(
    plan: LivePlan, experiment: ExperimentPlan, contact: KnownContact, position: int
) -> Decision:
    """Shown for testing, never counted; who is in no segment sees the first one's wording."""
    arm = experiment.arms[position]
    segment = plan.segment_of(contact)
    if segment is None:
        segment = plan.segments[0][1]
    answer = answered(plan, contact, segment, arm_id=arm.id, reason="forced")
    return replace(answer, assignment="")


def last_resort(campaign_key: str, reason: str) -> Decision:
    plan = live_plans.last_known(campaign_key)
    return control(plan, reason=reason, fallback=True) if plan else nothing(campaign_key, reason)


def nothing(campaign_key: str, reason: str, *, channel: str = EMAIL) -> Decision:
    return Decision(
        campaign=campaign_key,
        experiment="",
        arm="",
        segment="",
        variant_id=None,
        content=Copy.empty(channel),
        assignment="",
        fallback=True,
        reason=reason,
    )


def assignment_id(plan: LivePlan, contact: KnownContact) -> str:
    """The same for the same experiment and contact, and says nothing of who they are."""
    experiment_id = plan.experiment.id if plan.experiment else 0
    digest = hashlib.sha256(f"{experiment_id}\x1f{contact.subject_id}".encode()).hexdigest()
    return f"asg_{digest[:26]}"


def _variables(plan: LivePlan, contact: KnownContact | None) -> dict[str, object]:
    """What merge tags see; recommended products are looked up only where some copy asks."""
    variables = variables_for(plan.shop, contact)
    if contact is not None and plan.has_picks:
        variables[live_plans.PICKS] = picks_for(contact.external_id)
    return variables


def _safely_rendered(text: PlannedText, plan: LivePlan, contact: KnownContact | None) -> Copy:
    for known in (contact, None):
        try:
            return rendered(text.copy, _variables(plan, known))
        except TemplateRefused as refused:
            log.error("control_text_refused", variant=text.variant_id, error=str(refused))  # noqa: TRY400 (the sentence says it all)
    return Copy.empty(text.copy.channel)
