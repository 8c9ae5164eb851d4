"""Writes of experiments: their life, who was given what, and what was found."""

from __future__ import annotations

from experiments.plans import ArmSpec, Assigned, MetricSpec, UnitArm
from experiments.services.analyses import analysis_refresh
from experiments.services.experiments import (
    experiment_archive,
    experiment_arms_replace,
    experiment_create,
    experiment_decide,
    experiment_pause,
    experiment_resume,
    experiment_start,
)
from experiments.services.exposures import unit_assign, units_assign_bulk
from experiments.services.rollups import roll_up_refresh, unit_forget
from experiments.services.saved_metrics import (
    saved_metric_create,
    saved_metric_delete,
    saved_metric_update,
    saved_metrics_import,
)

__all__ = [
    "ArmSpec",
    "Assigned",
    "MetricSpec",
    "UnitArm",
    "analysis_refresh",
    "experiment_archive",
    "experiment_arms_replace",
    "experiment_create",
    "experiment_decide",
    "experiment_pause",
    "experiment_resume",
    "experiment_start",
    "roll_up_refresh",
    "saved_metric_create",
    "saved_metric_delete",
    "saved_metric_update",
    "saved_metrics_import",
    "unit_assign",
    "unit_forget",
    "units_assign_bulk",
]
