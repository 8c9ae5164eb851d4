"""Which copy a contact gets: asked at send time, for every email, by a tool that cannot wait.

`decide` always answers. What goes wrong leads to the human control copy, with `fallback` and a
`reason`; who is kept out of the test on purpose gets it too, with a `reason` alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from campaigns import live_plans
from campaigns.breaker import Breaker
from campaigns.cells import CONTROL
from campaigns.live_plans import LivePlan, PlannedText
from campaigns.models import Campaign
from campaigns.selectors.contacts import KnownContact, known_contact
from campaigns.selectors.picks import picks_for
from core.errors import DomainError
from experiments.assignment import Decision as ArmDecision
from experiments.assignment import Reason, decide_arm
from experiments.models import Experiment
from experiments.selectors import ArmPlan, ExperimentPlan
from experiments.services import exposure_note_other_arm, unit_assign, unknown_arm_note
from generation.briefs import Copy
from generation.channels import EMAIL, IN_HTML, MANY_LINES
from generation.liquid import TemplateRefused, render

log = structlog.get_logger(__name__)

NO_COPY = Copy.empty()
BREAKER_PAUSE_SECONDS = 2.0
KEPT_OUT = {
    Reason.GLOBAL_HOLDOUT: "global_holdout",
    Reason.HOLDOUT: "holdout",
    Reason.OUTSIDE_LAYER: "outside_layer",
    Reason.OUTSIDE_COVERAGE: "not_covered",
}
HOLDOUTS = (Reason.GLOBAL_HOLDOUT, Reason.HOLDOUT)


@dataclass(frozen=True)
class Decision:
    """`arm` is the arm whose copy `content` is; `assignment` is empty where none was made."""

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


class _DatabaseResting(Exception):
    """The breaker is open: answer from what is known."""


def _probe_database() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


breaker = Breaker(
    _probe_database, pause_seconds=BREAKER_PAUSE_SECONDS, failures=(DatabaseError, InterfaceError)
)


def decide(
    campaign_key: str, contact_id: str, *, now: datetime, arm: str | None = None
) -> Decision:
    """The copy of `campaign_key` for a contact: the same one however often it is asked for.

    `arm` is what the email tool assigned, for experiments with external assignment. Never raises.
    """
    try:
        return _decide(campaign_key, contact_id, now=now, arm=arm)
    except _DatabaseResting:
        return _last_resort(campaign_key, "database_unavailable")
    except (OperationalError, InterfaceError):
        log.warning("decide_without_database", campaign=campaign_key, exc_info=True)
        breaker.trip()
        connection.close_if_unusable_or_obsolete()
        return _last_resort(campaign_key, "database_unavailable")
    except Exception:
        # An email is about to leave: whatever broke, the person must get the human copy.
        log.exception("decide_failed", campaign=campaign_key)
        return _last_resort(campaign_key, "internal_error")


def _decide(campaign_key: str, contact_id: str, *, now: datetime, arm: str | None) -> Decision:
    if not breaker.is_closed():
        raise _DatabaseResting
    plan = live_plans.current(campaign_key)
    if plan is None:
        return _nothing(campaign_key, "unknown_campaign")
    if plan.status != Campaign.Status.LIVE or plan.experiment is None:
        return _control(plan, reason=f"campaign_{plan.status}", fallback=True)
    if plan.experiment.status != Experiment.Status.RUNNING:
        return _control(plan, reason=f"experiment_{plan.experiment.status}", fallback=True)
    contact = known_contact(
        contact_id,
        segment_ids=plan.segment_ids,
        experiment_id=plan.experiment.id,
        channel=plan.channel,
    )
    if contact is None:
        return _control(plan, reason="unknown_contact", fallback=True)
    if contact.is_suppressed:
        return _control(plan, contact=contact, reason="suppressed", suppressed=True)
    return _assigned(plan, plan.experiment, contact, now=now, wanted=arm)


def _assigned(
    plan: LivePlan,
    experiment: ExperimentPlan,
    contact: KnownContact,
    *,
    now: datetime,
    wanted: str | None,
) -> Decision:
    """Forced, sticky, holdouts, layer, coverage, hash: the first that applies ends the matter."""
    given = contact.given
    decided = decide_arm(
        contact.external_id,
        experiment.split,
        forced=experiment.forced,
        sticky=experiment.position_of(given.arm_id) if given else None,
    )
    if decided.reason is Reason.FORCED:
        return _forced(plan, experiment, contact, decided)
    told, reason = _told(plan, experiment, wanted, now=now)
    if given is not None:
        # Segments are rebuilt while a test runs: who left theirs keeps the copy they were given.
        if told is not None and told.id != given.arm_id and not given.has_other_arm:
            exposure_note_other_arm(experiment.id, contact.external_id)
        return _answer(plan, contact, given.stratum, arm_id=given.arm_id, reason=reason)
    segment = plan.segment_of(contact)
    if segment is None:
        return _control(plan, contact=contact, reason="no_segment")
    if decided.arm is None:
        return _kept_out(plan, contact, segment, decided.reason)
    if experiment.assignment != Experiment.Assignment.EXTERNAL:
        told = experiment.arms[decided.arm]
    if told is None:
        return _control(plan, contact=contact, segment=segment, reason=reason, fallback=True)
    return _exposed(plan, experiment, contact, told, segment=segment, now=now, reason=reason)


def _told(
    plan: LivePlan, experiment: ExperimentPlan, wanted: str | None, *, now: datetime
) -> tuple[ArmPlan | None, str]:
    """The arm that a tool which splits by itself has named; and what is to say about it."""
    if experiment.assignment != Experiment.Assignment.EXTERNAL:
        return None, "arm_ignored" if wanted else ""
    if not wanted:
        return None, "arm_missing"
    arm = plan.arm(wanted)
    if arm is None:
        unknown_arm_note(experiment.id, wanted, now=now)
        return None, "unknown_arm"
    return arm, ""


def _exposed(
    plan: LivePlan,
    experiment: ExperimentPlan,
    contact: KnownContact,
    arm: ArmPlan,
    *,
    segment: str,
    now: datetime,
    reason: str,
) -> Decision:
    try:
        stored = unit_assign(
            experiment.id,
            contact.external_id,
            arm_id=arm.id,
            stratum=segment,
            now=now,
            period=experiment.period,
        )
    except DomainError:
        # It was paused or ended since the plan was read, or the contact was forced to an arm.
        live_plans.forget(plan.campaign_key)
        return _control(plan, contact=contact, reason="experiment_not_running", fallback=True)
    is_told = experiment.assignment == Experiment.Assignment.EXTERNAL
    if is_told and stored.arm_id != arm.id:
        # A twin of this call, with another arm, was first.
        exposure_note_other_arm(experiment.id, contact.external_id)
    return _answer(plan, contact, stored.stratum, arm_id=stored.arm_id, reason=reason)


def _forced(
    plan: LivePlan, experiment: ExperimentPlan, contact: KnownContact, decided: ArmDecision
) -> Decision:
    """Shown for testing, never counted; who is in no segment sees the first one's wording."""
    arm = experiment.arms[decided.arm or 0]
    segment = plan.segment_of(contact)
    if segment is None:
        segment = plan.segments[0][1]
    answer = _answer(plan, contact, segment, arm_id=arm.id, reason="forced")
    return replace(answer, assignment="")


def _kept_out(plan: LivePlan, contact: KnownContact, segment: str, reason: Reason) -> Decision:
    return _control(
        plan,
        contact=contact,
        segment=segment,
        reason=KEPT_OUT[reason],
        holdout=reason in HOLDOUTS,
    )


def _answer(
    plan: LivePlan, contact: KnownContact, segment: str, *, arm_id: int, reason: str
) -> Decision:
    arm = plan.arm_by_id(arm_id)
    text = plan.text(segment, arm.key) if arm else None
    if arm is None or text is None:
        return _control(
            plan, contact=contact, segment=segment, reason="text_missing", fallback=True
        )
    try:
        content = rendered(text.copy, variables_for(plan.shop, contact) | _picks(plan, contact))
    except TemplateRefused as refused:
        log.warning("decide_text_refused", variant=text.variant_id, error=str(refused))
        return _control(
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
    )


def _control(
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
        return _nothing(plan.campaign_key, reason, channel=plan.channel)
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
    )


def _last_resort(campaign_key: str, reason: str) -> Decision:
    plan = live_plans.last_known(campaign_key)
    return _control(plan, reason=reason, fallback=True) if plan else _nothing(campaign_key, reason)


def _nothing(campaign_key: str, reason: str, *, channel: str = EMAIL) -> Decision:
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


def variables_for(shop: Mapping[str, str], contact: KnownContact | None) -> dict[str, object]:
    """What merge tags can ask for. Of an unknown contact: only what the shop itself says."""
    if contact is None:
        return {"attributes": {}, **shop}
    return {
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "attributes": contact.attributes,
        **shop,
    }


def _picks(plan: LivePlan, contact: KnownContact | None) -> dict[str, object]:
    """Products recommended to the contact; looked up only where some copy of the plan asks."""
    if contact is None or not plan.has_picks:
        return {}
    return {live_plans.PICKS: picks_for(contact.external_id)}


def rendered(copy: Copy, variables: Mapping[str, object]) -> Copy:
    """The copy with its merge tags filled in; values are escaped where they stand in HTML."""
    return copy.changed(
        **{
            field: _rendered_text(text, variables, place=(copy.channel, field))
            for field, text in copy.texts()
        }
    )


def _rendered_text(text: str, variables: Mapping[str, object], *, place: tuple[str, str]) -> str:
    filled = render(text, variables, escape_html=place in IN_HTML)
    return filled if place in MANY_LINES else " ".join(filled.split())


def _safely_rendered(text: PlannedText, plan: LivePlan, contact: KnownContact | None) -> Copy:
    for known in (contact, None):
        try:
            return rendered(text.copy, variables_for(plan.shop, known) | _picks(plan, known))
        except TemplateRefused as refused:
            log.error("control_text_refused", variant=text.variant_id, error=str(refused))  # noqa: TRY400 (the sentence says it all)
    return Copy.empty(text.copy.channel)
