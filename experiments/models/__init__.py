"""Experiments, their arms, who was assigned what, what counts as success, and what was found."""

from __future__ import annotations

from experiments.models.analyses import Analysis, Look
from experiments.models.experiments import Arm, Experiment, Holdout, Layer
from experiments.models.exposures import Exposure, ForcedArm, UnknownArm, WeightChange
from experiments.models.metrics import Metric, MetricDefinition, SavedMetric
from experiments.models.rollups import ExposureCell, OutcomeCell, RollUp, UnitOutcome

__all__ = [
    "Analysis",
    "Arm",
    "Experiment",
    "Exposure",
    "ExposureCell",
    "ForcedArm",
    "Holdout",
    "Layer",
    "Look",
    "Metric",
    "MetricDefinition",
    "OutcomeCell",
    "RollUp",
    "SavedMetric",
    "UnitOutcome",
    "UnknownArm",
    "WeightChange",
]
