from __future__ import annotations

from experiments.models import Experiment
from experiments.plans import ArmPlan, ExperimentPlan, MetricSpec, metric_fields


def experiment_plan(experiment: Experiment) -> ExperimentPlan:
    arms = experiment.arms.order_by("position")
    return ExperimentPlan(
        id=experiment.pk,
        key=experiment.key,
        salt=experiment.salt,
        status=experiment.status,
        assignment=experiment.assignment,
        arms=tuple(
            ArmPlan(
                id=arm.pk,
                key=arm.key,
                weight=arm.weight,
                is_control=arm.is_control,
                name=arm.name,
            )
            for arm in arms
        ),
    )


def metric_specs(experiment: Experiment) -> tuple[MetricSpec, ...]:
    return tuple(
        MetricSpec(**metric_fields(metric))
        for metric in experiment.metrics.order_by("position", "pk")
    )
