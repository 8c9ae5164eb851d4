"""Reads of experiments."""

from __future__ import annotations

from experiments.plans import ArmPlan, ExperimentPlan
from experiments.selectors.analyses import latest_analysis
from experiments.selectors.history import UnitHistory, commonest_events, unit_history
from experiments.selectors.plans import experiment_plan, metric_specs
from experiments.selectors.samples import samples_by_arm

__all__ = [
    "ArmPlan",
    "ExperimentPlan",
    "UnitHistory",
    "commonest_events",
    "experiment_plan",
    "latest_analysis",
    "metric_specs",
    "samples_by_arm",
    "unit_history",
]
