from __future__ import annotations

from collections.abc import Sequence

from experiments import assignment
from experiments.models import Arm, Experiment, Holdout, WeightChange
from experiments.plans import (
    ArmPlan,
    ExperimentPlan,
    MetricSpec,
    WeightPeriod,
    metric_fields,
)


def experiment_plan(experiment: Experiment) -> ExperimentPlan:
    """What a decision needs, in four queries (five where the layer was not selected along)."""
    arms = list(experiment.arms.order_by("position"))
    change = experiment.weight_changes.order_by("-period").first()
    # The weights, the coverage and the period are of one row: a change that commits between two
    # queries cannot put one period's number on another's weights.
    weights = change.weights if change else {arm.key: arm.weight for arm in arms}
    return ExperimentPlan(
        id=experiment.pk,
        key=experiment.key,
        salt=experiment.salt,
        status=experiment.status,
        assignment=experiment.assignment,
        arms=tuple(_arm_plan(arm, weights[arm.key]) for arm in arms),
        split=_split(experiment, [weights[arm.key] for arm in arms], change),
        forced=dict(experiment.forced.values_list("unit_id", "arm__position")),
        period=change.period if change else 0,
    )


def arm_plans(experiment: Experiment) -> tuple[ArmPlan, ...]:
    """The arms in the order of the hash: all that a reader of results wants, in one query."""
    return tuple(_arm_plan(arm, arm.weight) for arm in experiment.arms.order_by("position"))


def weight_history(experiment: Experiment) -> tuple[WeightPeriod, ...]:
    """How the traffic was divided since when, the first period first."""
    return tuple(
        WeightPeriod(
            period=change.period,
            weights=change.weights,
            coverage=change.coverage,
            reason=change.reason,
            since=change.created_at,
        )
        for change in experiment.weight_changes.order_by("period")
    )


def metric_specs(experiment: Experiment) -> tuple[MetricSpec, ...]:
    return tuple(
        MetricSpec(**metric_fields(metric))
        for metric in experiment.metrics.order_by("position", "pk")
    )


def _arm_plan(arm: Arm, weight: float) -> ArmPlan:
    return ArmPlan(id=arm.pk, key=arm.key, weight=weight, is_control=arm.is_control, name=arm.name)


def _split(
    experiment: Experiment, weights: Sequence[float], change: WeightChange | None
) -> assignment.Split:
    layer = experiment.layer
    return assignment.Split(
        salt=experiment.salt,
        weights=tuple(weights),
        coverage=change.coverage if change else experiment.coverage,
        layer=assignment.Layer(
            key=layer.key, start=experiment.layer_start, end=experiment.layer_end
        )
        if layer
        else None,
        holdout=_own_holdout(experiment),
        global_holdout=_global_holdout(),
    )


def _own_holdout(experiment: Experiment) -> assignment.Holdout | None:
    if not experiment.holdout_share:
        return None
    # A global holdout's key is a slug, without a colon: the two never share a salt.
    return assignment.Holdout(key=f"experiment:{experiment.salt}", share=experiment.holdout_share)


def _global_holdout() -> assignment.Holdout | None:
    found = Holdout.objects.filter(is_active=True).first()
    return assignment.Holdout(key=found.key, share=found.share) if found else None
