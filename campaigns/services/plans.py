"""A plan's life: draft, proposed, approved, running, proven."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction

from audience.models import Segment
from audience.services.segments import segment_build
from campaigns.briefs import angle_name
from campaigns.errors import PlanClosed
from campaigns.models import Plan, PlanAction, PlanContact
from campaigns.services.campaigns import default_metrics
from campaigns.services.plan_states import plan_lock, refuse_working
from campaigns.services.plan_work import action_of, plan_salt
from campaigns.services.plans_following import contacts_mark
from campaigns.services.rights import require
from core.audit import audit
from core.errors import InputRefused
from core.free_keys import free_key
from core.jobs import wake
from experiments.models import Arm, Experiment
from experiments.services import (
    ArmSpec,
    UnitArm,
    analysis_refresh,
    experiment_create,
    experiment_decide,
    experiment_start,
    units_assign_bulk,
)

Status = Plan.Status
FINISHED = (Experiment.Status.DECIDED, Experiment.Status.ARCHIVED)
HOLDOUT, PLAN = "holdout", "plan"
UNITS_AT_ONCE = 10_000
MARK = "plan_action"


@transaction.atomic
def plan_create(plan: Plan, experiments: Sequence[Experiment], *, actor: User) -> Plan:
    """Draft a plan with one action for each arm of the experiments, but their controls."""
    require(actor, "add_plan", doing="make a plan")
    _refuse_sources(experiments)
    _refuse_protected(plan)
    plan.owner = actor
    plan.save()
    arms = [
        arm
        for experiment in experiments
        for arm in experiment.arms.filter(is_control=False).order_by("position")
    ]
    PlanAction.objects.bulk_create(
        PlanAction(plan=plan, arm=arm, position=position, name=name, message_cost=plan.message_cost)
        for position, (arm, name) in enumerate(zip(arms, _told_apart(arms), strict=True), start=1)
    )
    audit(actor, "plan_create", plan, experiments=[one.key for one in experiments])
    return plan


@transaction.atomic
def plan_change(plan: Plan, actions: Sequence[PlanAction], *, actor: User) -> None:
    """Save a draft's limits and actions; what was proposed before no longer holds."""
    require(actor, "change_plan", doing="change a plan")
    _refuse_protected(plan)
    locked = plan_lock(plan, (Status.DRAFT, Status.PROPOSED), doing="change it")
    refuse_working(locked)
    for action in actions:
        action_of(plan, action)
        action.save()
    _refuse_namesakes(plan)
    plan.status, plan.results, plan.done = Status.DRAFT, {}, 0
    plan.save()
    PlanContact.objects.filter(plan=plan).delete()
    audit(actor, "plan_change", plan)


@transaction.atomic
def plan_propose(
    plan: Plan, *, actor: User, now: datetime, random_state: int | None = None
) -> None:
    """Have the plan worked out by a worker."""
    require(actor, "change_plan", doing="have a plan worked out")
    plan_lock(plan, (Status.DRAFT, Status.PROPOSED), doing="have it worked out")
    # Who is protected is a setting, and may have changed since the draft was saved.
    _refuse_protected(plan)
    for row in plan.actions.select_related("arm", "offer"):
        action_of(plan, row)
    seed = int(now.timestamp()) if random_state is None else random_state
    changed = Plan.objects.filter(pk=plan.pk, requested_at=None).update(
        requested_at=now, claimed_at=None, random_state=seed, error="", stage="Waiting", done=0
    )
    if not changed:
        raise PlanClosed("the plan is being worked out already")
    audit(actor, "plan_propose", plan, random_state=seed)
    wake("campaigns.tasks.plan_work", plan_id=plan.pk)


@transaction.atomic
def plan_approve(plan: Plan, *, actor: User, now: datetime) -> None:
    """Say yes to what was proposed, as it stands and with its warnings."""
    require(actor, "approve_plan", doing="approve a plan")
    locked = plan_lock(plan, (Status.PROPOSED,), doing="approve it")
    refuse_working(locked)
    if not locked.results["is_fair"]:
        raise PlanClosed(
            "the plan treats protected groups more differently than its tolerances allow. Have it "
            "brought within the rule, or change what it may do"
        )
    locked.status, locked.approved_by, locked.approved_at = Status.APPROVED, actor, now
    locked.save()
    audit(actor, "plan_approve", plan, warnings=locked.results["warnings"])


@transaction.atomic
def plan_start(plan: Plan, *, actor: User, now: datetime) -> Experiment:
    """Let the plan begin: an experiment that proves it, and a segment for each action.

    Everybody of the plan is in the experiment from now on, those it leaves alone too: what is
    proved is the plan as a whole, against people it was kept from.
    """
    require(actor, "approve_plan", doing="start a plan")
    locked = plan_lock(plan, (Status.APPROVED,), doing="start it")
    experiment = experiment_create(
        key=free_key(Experiment, f"plan-{locked.key}"),
        name=f"Proof of the plan “{locked.name}”",
        salt=plan_salt(locked),
        arms=[
            ArmSpec(
                key=HOLDOUT, name="Kept from the plan", weight=locked.holdout_share, is_control=True
            ),
            ArmSpec(key=PLAN, name="The plan", weight=1 - locked.holdout_share),
        ],
        metrics=default_metrics(locked.goal_event),
        actor=actor,
    )
    experiment_start(experiment, now=now, actor=actor)
    _assign(locked, experiment, now=now)
    contacts_mark(locked, MARK)
    _segments_make(locked, now=now)
    locked.status, locked.experiment, locked.started_at = Status.RUNNING, experiment, now
    locked.save()
    audit(actor, "plan_start", plan, experiment=experiment.key)
    return experiment


@transaction.atomic
def plan_prove(plan: Plan, *, actor: User, now: datetime) -> None:
    """End the proof: the figures stand as they are."""
    require(actor, "approve_plan", doing="end a plan's proof")
    locked = plan_lock(plan, (Status.RUNNING,), doing="end its proof")
    assert locked.experiment is not None, "a constraint says so"  # noqa: S101
    analysis_refresh(locked.experiment, now=now)
    experiment_decide(locked.experiment, now=now, actor=actor, reason="the plan's proof is over")
    locked.status, locked.proven_at = Status.PROVEN, now
    locked.save()
    audit(actor, "plan_prove", plan)


def _refuse_sources(experiments: Sequence[Experiment]) -> None:
    if not experiments:
        raise InputRefused(
            "experiments: choose one or more finished ones to learn from", field="experiments"
        )
    for experiment in experiments:
        if experiment.status not in FINISHED:
            raise InputRefused(
                f"experiments: “{experiment.name}” is {experiment.status}; finish it first",
                field="experiments",
            )


def _told_apart(arms: Sequence[Arm]) -> list[str]:
    """The arms' names; of namesakes, with their experiment's."""
    names = Counter(arm.name for arm in arms)
    longest = PlanAction._meta.get_field("name").max_length
    return [
        arm.name if names[arm.name] == 1 else f"{arm.name} ({arm.experiment.name})"[:longest]
        for arm in arms
    ]


def _refuse_namesakes(plan: Plan) -> None:
    names = Counter(plan.actions.values_list("name", flat=True))
    name, times = names.most_common(1)[0]
    if times > 1:
        raise InputRefused(
            f"{times} actions are called “{name}”: give each a name of its own", field="actions"
        )


def _refuse_protected(plan: Plan) -> None:
    protected = [name for name in plan.attribute_names if name in settings.PROTECTED_ATTRIBUTES]
    if protected:
        raise InputRefused(
            f"attribute_names: {', '.join(protected)} is protected, and no plan may decide by it",
            field="attribute_names",
        )


def _assign(plan: Plan, experiment: Experiment, *, now: datetime) -> None:
    arms: Mapping[str, int] = dict(experiment.arms.values_list("key", "pk"))
    rows = plan.contacts.order_by("pk").values_list("contact__external_id", "is_held_out")
    units: list[UnitArm] = []
    for unit_id, is_held_out in rows.iterator(chunk_size=UNITS_AT_ONCE):
        units.append(UnitArm(unit_id=unit_id, arm_id=arms[HOLDOUT if is_held_out else PLAN]))
        if len(units) == UNITS_AT_ONCE:
            units_assign_bulk(experiment.pk, units, now=now)
            units = []
    if units:
        units_assign_bulk(experiment.pk, units, now=now)


def _segments_make(plan: Plan, *, now: datetime) -> None:
    for action in plan.actions.select_related("arm").exclude(people=0):
        segment = Segment.objects.create(
            key=free_key(Segment, f"plan-{plan.key}-{action.position}"),
            name=f"{plan.name}: {action.name}"[:120],
            kind=Segment.Kind.RULE,
            rule={"attribute": MARK, "is": f"{plan.key}/{action.position}"},
            portrait=f"The people for whom the plan “{plan.name}” has {angle_name(action.name)}.",
        )
        segment_build(segment, now=now)
        action.segment = segment
        action.save(update_fields=["segment"])
