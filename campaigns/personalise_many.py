"""`decide` for many contacts at once: the same answers, in a few queries for a thousand of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from django.db import DatabaseError, InterfaceError, connection

from campaigns import live_plans
from campaigns.decisions import (
    Decision,
    answered,
    control,
    forced,
    kept_out,
    last_resort,
    offer_problems,
    offer_refused,
)
from campaigns.live_plans import LivePlan
from campaigns.models import Campaign
from campaigns.personalise import breaker, decide
from campaigns.selectors.contacts import KnownContact, known_contacts
from core.errors import DomainError
from experiments.assignment import NOT_ENROLLED, Reason, decide_arms
from experiments.models import Experiment
from experiments.plans import ArmPlan, ExperimentPlan
from experiments.services import UnitArm, units_assign_bulk

log = structlog.get_logger(__name__)

CONTACTS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A contact, and the arm that a tool which splits by itself has chosen."""

    contact: str
    arm: str | None = None


@dataclass(frozen=True, slots=True)
class _Assigned:
    """What the database says of a list: the rest of a decision is words."""

    plan: LivePlan
    experiment: ExperimentPlan
    asked: Sequence[Asked]
    told: Mapping[str, ArmPlan | None]
    suppressed: Sequence[KnownContact]
    refused: Mapping[str, str]
    placed: Sequence[tuple[KnownContact, int, Reason]]
    stored: Mapping[str, tuple[int, str]] | None


def decide_many(
    campaign_key: str, asked: Sequence[Asked], *, now: datetime
) -> Iterator[list[Decision]]:
    """A decision for each of `asked`, in their order, in lists. Never raises."""
    starts = range(0, len(asked), CONTACTS_AT_ONCE)
    lists = (asked[start : start + CONTACTS_AT_ONCE] for start in starts)
    return decide_lists(campaign_key, lists, clock=lambda: now)


def decide_lists(
    campaign_key: str, lists: Iterable[Sequence[Asked]], *, clock: Callable[[], datetime]
) -> Iterator[list[Decision]]:
    """The decisions of each list. While one is put into words, the next is assigned. Never raises.

    In a transaction, which no other connection sees into, one comes after the other.
    """
    with _helper() as begin:
        begun: deque[tuple[Sequence[Asked], Callable[[], _Assigned | None]]] = deque()
        for few in lists:
            work = partial(_assigned, campaign_key, few, now=clock())
            # The first is done here: a request of one list, as most are, needs no helper.
            begun.append((few, begin(work) if begun else work))
            if len(begun) > 1:
                yield _decisions(campaign_key, *begun.popleft(), now=clock())
        while begun:
            yield _decisions(campaign_key, *begun.popleft(), now=clock())


@contextmanager
def _helper() -> Iterator[Callable[[Callable[[], Any]], Callable[[], Any]]]:
    """Begins a work on a thread with a connection of its own; what it returns waits for the end."""
    if connection.in_atomic_block:
        yield lambda work: work
        return
    begun: list[Future[Any]] = []
    with ThreadPoolExecutor(1, thread_name_prefix="bulk") as pool:

        def begin(work: Callable[[], Any]) -> Callable[[], Any]:
            begun.append(pool.submit(work))
            return begun[-1].result

        try:
            yield begin
        finally:
            if begun:
                pool.submit(connection.close)


def _decisions(
    campaign_key: str,
    asked: Sequence[Asked],
    assigned: Callable[[], _Assigned | None],
    *,
    now: datetime,
) -> list[Decision]:
    try:
        found = assigned()
        return _in_words(found, now=now) if found else _one_by_one(campaign_key, asked, now=now)
    except (DatabaseError, InterfaceError):
        log.warning("decide_many_without_database", campaign=campaign_key, exc_info=True)
        breaker.trip()
        return [last_resort(campaign_key, "database_unavailable")] * len(asked)
    except Exception:
        log.exception("decide_many_failed", campaign=campaign_key)
        return _one_by_one(campaign_key, asked, now=now)


def _one_by_one(campaign_key: str, asked: Sequence[Asked], *, now: datetime) -> list[Decision]:
    return [decide(campaign_key, one.contact, now=now, arm=one.arm) for one in asked]


def _assigned(campaign_key: str, asked: Sequence[Asked], *, now: datetime) -> _Assigned | None:
    """Read who they are, and store who is new to the test; None: no test is running."""
    plan = live_plans.current(campaign_key) if breaker.is_closed() else None
    experiment = plan.experiment if plan else None
    if plan is None or experiment is None or not _is_running(plan, experiment):
        return None
    told = _told(plan, experiment, asked)
    ids = [one.contact for one in asked]
    contacts = known_contacts(
        ids,
        segment_ids=plan.segment_ids,
        snapshot_ids=plan.snapshot_ids,
        experiment_id=experiment.id,
        channel=plan.channel,
    )
    reachable = [one for one in contacts.values() if not one.is_suppressed]
    refused = offer_problems(plan, [one.external_id for one in reachable], now=now)
    placed = _placed(experiment, [one for one in reachable if one.external_id not in refused])
    new = {
        contact.external_id: (contact, arm.id, segment)
        for contact, place, reason in placed
        if reason is Reason.ASSIGNED
        and (segment := plan.segment_of(contact)) is not None
        and (arm := _arm(experiment, contact, place, told)) is not None
    }
    return _Assigned(
        plan,
        experiment,
        asked,
        told=told,
        suppressed=[one for one in contacts.values() if one.is_suppressed],
        refused=refused,
        placed=placed,
        stored=_assign(experiment, new, now=now),
    )


def _told(
    plan: LivePlan, experiment: ExperimentPlan, asked: Sequence[Asked]
) -> dict[str, ArmPlan | None]:
    """The arm that a tool named for each contact; None: none of ours, or the contact twice."""
    told: dict[str, ArmPlan | None] = {}
    for one in asked:
        if one.arm or _is_told(experiment):
            told[one.contact] = plan.arm(one.arm or "") if one.contact not in told else None
    return told


def _arm(
    experiment: ExperimentPlan,
    contact: KnownContact,
    place: int,
    told: Mapping[str, ArmPlan | None],
) -> ArmPlan | None:
    """The arm of somebody new: by our split, or as the tool says that splits by itself."""
    return told.get(contact.external_id) if _is_told(experiment) else experiment.arms[place]


def _is_told(experiment: ExperimentPlan) -> bool:
    return experiment.assignment == Experiment.Assignment.EXTERNAL


def _in_words(found: _Assigned, *, now: datetime) -> list[Decision]:
    plan = found.plan
    decisions: dict[str, Decision | None] = {
        one.external_id: control(plan, contact=one, reason="suppressed", suppressed=True)
        for one in found.suppressed
    }
    decisions |= {unit: offer_refused(plan, reason) for unit, reason in found.refused.items()}
    for contact, place, reason in found.placed:
        decisions[contact.external_id] = _decision(
            plan, found.experiment, contact, place, reason, found.stored, found.told
        )
    unknown = control(plan, reason="unknown_contact", fallback=True)
    return [
        decisions.get(one.contact, unknown)
        or decide(plan.campaign_key, one.contact, now=now, arm=one.arm)
        for one in found.asked
    ]


def _is_running(plan: LivePlan, experiment: ExperimentPlan) -> bool:
    return plan.status == Campaign.Status.LIVE and experiment.status == Experiment.Status.RUNNING


def _placed(
    experiment: ExperimentPlan, contacts: Sequence[KnownContact]
) -> list[tuple[KnownContact, int, Reason]]:
    """Each contact with the position of their arm and why, as `decide_arm` says."""
    places = {arm.id: place for place, arm in enumerate(experiment.arms)}
    units = [contact.external_id for contact in contacts]
    sticky = [places[one.given.arm_id] if one.given else NOT_ENROLLED for one in contacts]
    decided = decide_arms(units, experiment.split, forced=experiment.forced, sticky=sticky)
    reasons = [Reason(number) for number in decided.reasons.tolist()]
    return list(zip(contacts, decided.arms.tolist(), reasons, strict=True))


def _assign(
    experiment: ExperimentPlan,
    new: Mapping[str, tuple[KnownContact, int, str]],
    *,
    now: datetime,
) -> dict[str, tuple[int, str]] | None:
    """Arm and segment as stored, by contact; None: the test takes nobody in any more."""
    asked = [
        UnitArm(unit_id=unit, arm_id=arm_id, stratum=segment, period=experiment.period)
        for unit, (_, arm_id, segment) in new.items()
    ]
    if not asked:
        return {}
    try:
        stored = units_assign_bulk(experiment.id, asked, now=now)
    except DomainError:
        log.info("decide_many_not_running", experiment=experiment.key)
        return None
    return {
        unit.unit_id: (row.arm_id, row.stratum) for unit, row in zip(asked, stored, strict=True)
    }


def _decision(
    plan: LivePlan,
    experiment: ExperimentPlan,
    contact: KnownContact,
    place: int,
    reason: Reason,
    stored: Mapping[str, tuple[int, str]] | None,
    told: Mapping[str, ArmPlan | None],
) -> Decision | None:
    """None: what the tool says needs a note, so the contact is decided for alone."""
    ignored = "arm_ignored" if contact.external_id in told and not _is_told(experiment) else ""
    if reason is Reason.FORCED:
        return forced(plan, experiment, contact, place)
    if _is_told(experiment) and not _is_as_told(contact, told, stored):
        return None
    if contact.given is not None:
        return answered(
            plan, contact, contact.given.stratum, arm_id=contact.given.arm_id, reason=ignored
        )
    segment = plan.segment_of(contact)
    if segment is None:
        return control(plan, contact=contact, reason="no_segment")
    if place == NOT_ENROLLED:
        return kept_out(plan, contact, segment, reason)
    if stored is None:
        return control(plan, contact=contact, reason="experiment_not_running", fallback=True)
    arm_id, stratum = stored[contact.external_id]
    return answered(plan, contact, stratum, arm_id=arm_id, reason=ignored)


def _is_as_told(
    contact: KnownContact,
    told: Mapping[str, ArmPlan | None],
    stored: Mapping[str, tuple[int, str]] | None,
) -> bool:
    """Whether the tool named one arm of ours, and no other than the contact has."""
    arm = told.get(contact.external_id)
    if arm is None:
        return False
    if contact.given is not None:
        return contact.given.arm_id == arm.id
    arm_id, _ = (stored or {}).get(contact.external_id, (arm.id, ""))
    return arm_id == arm.id
