"""Policies as arms of an experiment: assigned, exposed and counted like the arms of any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache

from django.contrib.auth.models import User
from django.db import connection, transaction

from assistant.models import Conversation, KnowledgeBase, Policy, PolicyArm, PolicyTrial
from assistant.services.happenings import Happening, unit_of
from assistant.services.policies import policy_frozen, refuse_generator
from core.errors import DomainError, InputRefused
from core.prepared import Prepared
from core.written_out import columns, instance
from experiments.models import Experiment, Exposure
from experiments.plans import ArmSpec, MetricSpec
from experiments.selectors import experiment_plan
from experiments.services import (
    experiment_create,
    experiment_decide,
    experiment_start,
    units_decide_bulk,
)

Status = Experiment.Status

RESOLVED = MetricSpec(
    key="resolved",
    name="Solved, says the visitor",
    kind="conversion",
    event_name=Happening.RESOLVED.value,
)
HELPFUL = MetricSpec(
    key="helpful", name="Thumbs up", kind="sum", event_name=Happening.FEEDBACK.value
)
HANDED_OVER = MetricSpec(
    key="handed_over",
    name="A person was asked for",
    kind="conversion",
    event_name=Happening.HANDED_OVER.value,
    is_lower_better=True,
)
UNRESOLVED = MetricSpec(
    key="unresolved",
    name="Not solved, says the visitor",
    kind="conversion",
    event_name=Happening.UNRESOLVED.value,
    is_lower_better=True,
)
SOURCE_CLICKS = MetricSpec(
    key="source_clicks",
    name="Opened a source",
    kind="conversion",
    event_name=Happening.SOURCE_CLICKED.value,
)
PRODUCT_CLICKS = MetricSpec(
    key="product_clicks",
    name="Opened a product",
    kind="conversion",
    event_name=Happening.PRODUCT_CLICKED.value,
)
METRICS = (RESOLVED, HELPFUL, HANDED_OVER, UNRESOLVED, SOURCE_CLICKS, PRODUCT_CLICKS)
GOALS = {metric.key: metric.name for metric in METRICS}


@transaction.atomic
def policy_trial_start(
    control: Policy, rivals: Sequence[Policy], *, goal: str, now: datetime, actor: User | None
) -> PolicyTrial:
    """Compare policies of one base: each conversation, or known contact, gets one and keeps it.

    Raises:
        InputRefused: The policies are not two or more of one base, or the goal is unknown.
        DomainError: The base has an experiment under way.
    """
    policies = [control, *rivals]
    _refuse(policies, goal)
    base = KnowledgeBase.objects.select_for_update(no_key=True).get(pk=control.base_id)
    _close_ended(base)
    if base.trials.filter(is_open=True).exists():
        raise DomainError(f"“{base}” has an experiment under way: end it first")
    experiment = experiment_create(
        key=f"assistant-{base.key[:50]}-{base.trials.count() + 1}",
        name=f"{base.name}: {' or '.join(str(policy) for policy in policies)}"[:120],
        salt=f"assistant-{base.pk}-{now:%Y%m%d%H%M%S}",
        arms=_arms(policies),
        metrics=_metrics(goal),
        actor=actor,
    )
    trial = PolicyTrial.objects.create(base=base, experiment=experiment)
    arms = {arm.position: arm for arm in experiment.arms.all()}
    PolicyArm.objects.bulk_create(
        PolicyArm(trial=trial, arm=arms[place], policy=policy)
        for place, policy in enumerate(policies)
    )
    experiment_start(experiment, now=now, actor=actor)
    return trial


@transaction.atomic
def policy_trial_end(trial: PolicyTrial, *, reason: str, now: datetime, actor: User | None) -> None:
    """End the experiment; the base answers by its live policy again."""
    experiment_decide(trial.experiment, now=now, actor=actor, reason=reason)
    PolicyTrial.objects.filter(pk=trial.pk).update(is_open=False)


def policy_for(conversation: Conversation, *, now: datetime) -> Policy | None:
    """Which policy answers: its arm's while an experiment runs, else the live one, else none.

    Who got an arm keeps it while the experiment is paused; nobody new is let in.
    """
    held = _live_or_tried(conversation.base_id)
    live = next((policy for policy in held if policy.is_live), None)
    # A trial has policies beside the one that is live.
    is_tried = any(not policy.is_live for policy in held)
    policy = _of_trial(conversation, now=now) if is_tried else None
    policy = policy or live
    return policy_frozen(policy, now=now) if policy else None


def _live_or_tried(base: int) -> list[Policy]:
    with connection.cursor() as cursor:
        _asked().run(cursor, {"base": base})
        return [instance(Policy, row) for row in cursor.fetchall()]


@cache
def _asked() -> Prepared:
    """In one query, written out: every answer asks, and most bases have neither."""
    asked = f"""
        SELECT {columns(Policy, "policy")} FROM assistant_policy policy
        WHERE policy.base_id = %(base)s AND (policy.is_live OR EXISTS (
            SELECT FROM assistant_policyarm arm
            JOIN assistant_policytrial trial ON trial.id = arm.trial_id
            WHERE arm.policy_id = policy.id AND trial.is_open
        ))
        ORDER BY policy.id
    """  # noqa: S608 (columns' names, no value)
    return Prepared("assistant_policies", asked, base="bigint")


def _of_trial(conversation: Conversation, *, now: datetime) -> Policy | None:
    trial = (
        PolicyTrial.objects.select_related("experiment__layer")
        .filter(base=conversation.base_id, is_open=True)
        .first()
    )
    if trial is None:
        return None
    experiment = trial.experiment
    if experiment.status not in (Status.RUNNING, Status.PAUSED):
        return None
    # Under its own id first: it may have become known on the way, and keeps what it has.
    names = [str(conversation.pk), unit_of(conversation)]
    given = dict(
        Exposure.objects.filter(experiment=experiment, unit_id__in=names).values_list(
            "unit_id", "arm_id"
        )
    )
    arm_id = next((given[name] for name in names if name in given), None)
    if arm_id is None and experiment.status == Status.RUNNING:
        arm_id = _decided(experiment, names[-1], now=now)
    return Policy.objects.filter(arms__arm=arm_id).first() if arm_id else None


def _decided(experiment: Experiment, unit: str, *, now: datetime) -> int | None:
    try:
        [decided] = units_decide_bulk(experiment_plan(experiment), {unit: ""}, now=now)
    except DomainError:
        # Ended between the look and the decision: nobody is let in any more.
        return None
    return decided.arm_id


def _close_ended(base: KnowledgeBase) -> None:
    """Experiments can be ended on their own page too."""
    ended = [Status.DECIDED, Status.ARCHIVED]
    base.trials.filter(is_open=True, experiment__status__in=ended).update(is_open=False)


def _refuse(policies: Sequence[Policy], goal: str) -> None:
    if len({policy.pk for policy in policies}) != len(policies) or len(policies) < 2:
        raise InputRefused("rival: choose another policy than the control", field="rival")
    if len({policy.base_id for policy in policies}) > 1:
        raise InputRefused("rival: it is of another knowledge base", field="rival")
    if goal not in GOALS:
        raise InputRefused(f"goal: choose one of {', '.join(GOALS)}", field="goal")
    for policy in policies:
        refuse_generator(policy.generator)


def _arms(policies: Sequence[Policy]) -> list[ArmSpec]:
    share = 1 / len(policies)
    return [
        ArmSpec(
            key="control" if place == 0 else f"policy-{policy.pk}",
            name=str(policy)[:100],
            weight=share,
            is_control=place == 0,
        )
        for place, policy in enumerate(policies)
    ]


def _metrics(goal: str) -> list[MetricSpec]:
    """The goal first; a person asked for more often is harm, unless that is the goal itself."""
    roles = {HANDED_OVER.key: "guardrail", goal: "goal"}
    ordered = sorted(METRICS, key=lambda metric: metric.key != goal)
    return [replace(metric, role=roles.get(metric.key, "secondary")) for metric in ordered]
