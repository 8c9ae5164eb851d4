"""Reads of experiments."""

from __future__ import annotations

from experiments.plans import ArmPlan, ExperimentPlan
from experiments.selectors.analyses import latest_analysis
from experiments.selectors.health import health_context, other_arm_counts
from experiments.selectors.history import UnitHistory, commonest_events, unit_history
from experiments.selectors.lifts import LiftOverTime, LiftPoint, lift_over_time
from experiments.selectors.metrics import metric_from, saved_metrics
from experiments.selectors.plans import arm_plans, experiment_plan, metric_specs, weight_history
from experiments.selectors.samples import samples_by_arm
from experiments.selectors.setups import setup_of, weights_by_period

__all__ = [
    "ArmPlan",
    "ExperimentPlan",
    "LiftOverTime",
    "LiftPoint",
    "UnitHistory",
    "arm_plans",
    "commonest_events",
    "experiment_plan",
    "health_context",
    "latest_analysis",
    "lift_over_time",
    "metric_from",
    "metric_specs",
    "other_arm_counts",
    "samples_by_arm",
    "saved_metrics",
    "setup_of",
    "unit_history",
    "weight_history",
    "weights_by_period",
]
