"""A bandit's hour: what is believed of the arms decides who gets more of the traffic to come."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from experiments import stats
from experiments.models import Experiment, Metric, WeightChange
from experiments.outcomes import AnyOutcome, Samples
from experiments.plans import ExperimentPlan, MetricSpec
from experiments.selectors import experiment_plan, metric_specs, samples_by_arm
from experiments.services.rollups import roll_up_refresh
from experiments.services.weights import experiment_reweigh

Strategy = Literal["thompson", "top-two"]

# Weights that hardly move are left alone: every change is a period, and periods cost precision.
LEAST_MOVE = 0.01
STRATEGIES: Mapping[str, Strategy] = {
    Experiment.Traffic.THOMPSON: "thompson",
    Experiment.Traffic.TOP_TWO: "top-two",
}


def traffic_refresh(experiment: Experiment, *, now: datetime) -> WeightChange | None:
    """Give a bandit's arms the weights that its goal speaks for; None where they stay.

    Nothing is drawn: the weights are probabilities, computed. They are computed without a lock, and
    refused at the end if somebody else's were faster.
    """
    strategy = STRATEGIES.get(experiment.traffic)
    if strategy is None or experiment.status != Experiment.Status.RUNNING:
        return None
    plan = experiment_plan(experiment)
    goal = next(one for one in metric_specs(experiment) if one.role == Metric.Role.GOAL)
    roll_up_refresh(experiment, now=now)
    allocation = _allocation(
        experiment, plan, goal, samples_by_arm(experiment, now=now), strategy=strategy
    )
    if allocation is None or not _has_moved(plan, allocation):
        return None
    keys = [arm.key for arm in plan.arms]
    return experiment_reweigh(
        experiment,
        weights=dict(zip(keys, allocation.weights, strict=True)),
        reason=_reason(plan, allocation, strategy),
        now=now,
        actor=None,
        after_period=plan.period,
    )


def goal_posteriors(samples: Samples, metric: MetricSpec) -> dict[str, stats.Posterior]:
    """What is believed of each arm's goal: a rate, or the mean of a count or a sum.

    Of all periods together, and of the units whose window is over. Arms of which nothing is
    known yet have a rate's prior, or are left out of means.
    """
    outcomes = _outcomes(samples, metric)
    if metric.is_share:
        return {
            arm: stats.proportion_posterior(outcome.proportion())
            for arm, outcome in outcomes.items()
        }
    means = {arm: outcome.mean() for arm, outcome in outcomes.items()}
    spread = {arm: mean for arm, mean in means.items() if mean.centred_squares}
    if not spread:
        return {}
    prior = stats.unit_information_prior(list(means.values()))
    return {arm: stats.mean_posterior(mean, prior=prior) for arm, mean in spread.items()}


def _outcomes(samples: Samples, metric: MetricSpec) -> dict[str, AnyOutcome]:
    arms = dict.fromkeys(arm for _, arm in samples.units)
    return {arm: samples.overall(metric.key, arm) for arm in arms}


def _allocation(
    experiment: Experiment,
    plan: ExperimentPlan,
    goal: MetricSpec,
    samples: Samples,
    *,
    strategy: Strategy,
) -> stats.Allocation | None:
    """None while an arm has too few units, or nothing yet that tells the arms apart."""
    outcomes, posteriors = _outcomes(samples, goal), goal_posteriors(samples, goal)
    keys = [arm.key for arm in plan.arms]
    if any(key not in posteriors for key in keys):
        return None
    allocation = stats.allocate_traffic(
        [posteriors[key] for key in keys],
        units=[outcomes[key].units for key in keys],
        strategy=strategy,
        is_lower_better=goal.is_lower_better,
        floor=experiment.floor,
        control=next(place for place, arm in enumerate(plan.arms) if arm.is_control),
        control_floor=experiment.control_floor,
        warm_up=experiment.warm_up,
    )
    # Warming up, the arms keep the weights they were planned with, whatever they are.
    return None if allocation.is_warming_up else allocation


def _has_moved(plan: ExperimentPlan, allocation: stats.Allocation) -> bool:
    return any(
        abs(new - old) > LEAST_MOVE
        for new, old in zip(allocation.weights, plan.split.weights, strict=True)
    )


def _reason(plan: ExperimentPlan, allocation: stats.Allocation, strategy: str) -> str:
    chance, best = max(zip(allocation.is_best, (arm.key for arm in plan.arms), strict=True))
    return f"{strategy}: {best} is the best with {chance:.1%}"
