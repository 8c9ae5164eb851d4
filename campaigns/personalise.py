"""Which copy a contact gets: asked at send time, for every email, by a tool that cannot wait.

`decide` always answers. What goes wrong leads to the human control copy, with `fallback` and a
`reason`; who is kept out of the test on purpose gets it too, with a `reason` alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from campaigns import known_contacts, live_plans
from campaigns.breaker import Breaker
from campaigns.decisions import (
    NO_COPY,
    Decision,
    answered,
    control,
    forced,
    kept_out,
    last_resort,
    nothing,
    offer_problems,
    offer_refused,
)
from campaigns.live_plans import LivePlan
from campaigns.models import Campaign
from campaigns.rendering import rendered
from campaigns.selectors.contacts import Given, KnownContact
from core.errors import DomainError
from experiments.assignment import Reason, decide_arm
from experiments.models import Experiment
from experiments.selectors import ArmPlan, ExperimentPlan
from experiments.services import (
    BufferFull,
    Waiting,
    exposure_note_other_arm,
    the_buffer,
    unit_assign,
    unknown_arm_note,
    waiting_exposure,
)

__all__ = ["NO_COPY", "Decision", "breaker", "control_of", "decide", "nothing", "rendered"]

log = structlog.get_logger(__name__)

BREAKER_PAUSE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Asked:
    contact: str
    arm: str | None
    by_email: bool
    is_counted: bool


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
    campaign_key: str,
    contact_id: str,
    *,
    now: datetime,
    arm: str | None = None,
    by_email: bool = False,
    is_counted: bool = True,
) -> Decision:
    """The copy of `campaign_key` for a contact: the same one however often it is asked for.

    `arm` is what the email tool assigned, for experiments with external assignment; `by_email` says
    that `contact_id` is an address. Where it is not `is_counted`, somebody new to the test is told
    the arm they would get, and is not in the test by that. Never raises.
    """
    try:
        asked = _Asked(contact_id, arm, by_email, is_counted)
        return _decide(campaign_key, asked, now=now)
    except _DatabaseResting:
        return last_resort(campaign_key, "database_unavailable")
    except (OperationalError, InterfaceError):
        log.warning("decide_without_database", campaign=campaign_key, exc_info=True)
        breaker.trip()
        connection.close_if_unusable_or_obsolete()
        return last_resort(campaign_key, "database_unavailable")
    except Exception:
        # An email is about to leave: whatever broke, the person must get the human copy.
        log.exception("decide_failed", campaign=campaign_key)
        return last_resort(campaign_key, "internal_error")


def control_of(campaign_key: str, reason: str) -> Decision:
    """The control copy as last known, for who asks too often; asks nobody."""
    return last_resort(campaign_key, reason)


def _decide(campaign_key: str, asked: _Asked, *, now: datetime) -> Decision:
    if not breaker.is_closed():
        raise _DatabaseResting
    plan = live_plans.current(campaign_key)
    if plan is None:
        return nothing(campaign_key, "unknown_campaign")
    if plan.status != Campaign.Status.LIVE or plan.experiment is None:
        return control(plan, reason=f"campaign_{plan.status}", fallback=True)
    if plan.experiment.status != Experiment.Status.RUNNING:
        return control(plan, reason=f"experiment_{plan.experiment.status}", fallback=True)
    known = known_contacts.get_by_email if asked.by_email else known_contacts.get
    contact = known(
        asked.contact,
        segment_ids=plan.segment_ids,
        snapshot_ids=plan.snapshot_ids,
        experiment_id=plan.experiment.id,
        channel=plan.channel,
    )
    if contact is None:
        return control(plan, reason="unknown_contact", fallback=True)
    if contact.is_suppressed:
        return control(plan, contact=contact, reason="suppressed", suppressed=True)
    refused = offer_problems(plan, [contact.external_id], now=now)
    if refused:
        return offer_refused(plan, refused[contact.external_id])
    return _assigned(plan, plan.experiment, contact, asked, now=now)


def _assigned(
    plan: LivePlan,
    experiment: ExperimentPlan,
    contact: KnownContact,
    asked: _Asked,
    *,
    now: datetime,
) -> Decision:
    """Forced, sticky, holdouts, layer, coverage, hash: the first that applies ends the matter."""
    given = contact.given or _waiting(experiment, contact)
    decided = decide_arm(
        contact.external_id,
        experiment.split,
        forced=experiment.forced,
        sticky=experiment.position_of(given.arm_id) if given else None,
    )
    if decided.reason is Reason.FORCED:
        return forced(plan, experiment, contact, decided.arm or 0)
    told, reason = _told(plan, experiment, asked.arm, now=now)
    if given is not None:
        # Segments are rebuilt while a test runs: who left theirs keeps the copy they were given.
        if told is not None and told.id != given.arm_id and not given.has_other_arm:
            exposure_note_other_arm(experiment.id, contact.external_id)
            noted = replace(given, has_other_arm=True)
            known_contacts.note_given(contact, experiment_id=experiment.id, given=noted)
        return answered(plan, contact, given.stratum, arm_id=given.arm_id, reason=reason)
    segment = plan.segment_of(contact)
    if segment is None:
        return control(plan, contact=contact, reason="no_segment")
    if decided.arm is None:
        return kept_out(plan, contact, segment, decided.reason)
    if experiment.assignment != Experiment.Assignment.EXTERNAL:
        told = experiment.arms[decided.arm]
    if told is None:
        return control(plan, contact=contact, segment=segment, reason=reason, fallback=True)
    if not asked.is_counted:
        return answered(plan, contact, segment, arm_id=told.id, reason=reason)
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
    is_told = experiment.assignment == Experiment.Assignment.EXTERNAL
    if not is_told and settings.DECIDE_BUFFER_SECONDS > 0:
        waiting = Waiting(
            experiment.id, contact.external_id, arm.id, segment, now, experiment.period
        )
        try:
            given = _given(the_buffer().add(waiting))
        except BufferFull:
            log.warning("exposure_buffer_full", experiment=experiment.key)
        else:
            known_contacts.note_given(contact, experiment_id=experiment.id, given=given)
            return answered(plan, contact, given.stratum, arm_id=given.arm_id, reason=reason)
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
        return control(plan, contact=contact, reason="experiment_not_running", fallback=True)
    given = Given(stored.arm_id, stored.stratum)
    known_contacts.note_given(contact, experiment_id=experiment.id, given=given)
    if is_told and stored.arm_id != arm.id:
        # A twin of this call, with another arm, was first.
        exposure_note_other_arm(experiment.id, contact.external_id)
    return answered(plan, contact, stored.stratum, arm_id=stored.arm_id, reason=reason)


def _waiting(experiment: ExperimentPlan, contact: KnownContact) -> Given | None:
    """What this process gave the contact a moment ago and has not stored yet."""
    waiting = waiting_exposure(experiment.id, contact.external_id)
    return _given(waiting) if waiting else None


def _given(waiting: Waiting) -> Given:
    return Given(waiting.arm_id, waiting.stratum)
