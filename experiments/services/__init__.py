"""Writes of experiments: their life, who was given what, and what was found."""

from __future__ import annotations

from experiments.plans import ArmSpec, Assigned, MetricSpec, UnitArm
from experiments.services.analyses import analysis_refresh
from experiments.services.decisions import units_decide_bulk
from experiments.services.experiments import (
    experiment_archive,
    experiment_arms_replace,
    experiment_create,
    experiment_decide,
    experiment_pause,
    experiment_resume,
    experiment_start,
)
from experiments.services.exposure_buffer import (
    BufferFull,
    ExposureBuffer,
    Waiting,
    exposures_store,
    the_buffer,
    waiting_exposure,
)
from experiments.services.exposures import (
    exposure_note_other_arm,
    unit_assign,
    units_assign_bulk,
    unknown_arm_note,
)
from experiments.services.forced import forced_arm_clear, forced_arm_set
from experiments.services.layers import (
    experiment_slice_set,
    holdout_change,
    holdout_create,
    layer_create,
    layer_rename,
)
from experiments.services.recomputing import Recomputed, results_recompute
from experiments.services.renaming import exposures_follow_names
from experiments.services.rollups import roll_up_refresh, unit_forget
from experiments.services.saved_metrics import (
    saved_metric_create,
    saved_metric_delete,
    saved_metric_update,
    saved_metrics_import,
)
from experiments.services.traffic import traffic_refresh
from experiments.services.weights import experiment_ramp, experiment_reweigh

__all__ = [
    "ArmSpec",
    "Assigned",
    "BufferFull",
    "ExposureBuffer",
    "MetricSpec",
    "Recomputed",
    "UnitArm",
    "Waiting",
    "analysis_refresh",
    "experiment_archive",
    "experiment_arms_replace",
    "experiment_create",
    "experiment_decide",
    "experiment_pause",
    "experiment_ramp",
    "experiment_resume",
    "experiment_reweigh",
    "experiment_slice_set",
    "experiment_start",
    "exposure_note_other_arm",
    "exposures_follow_names",
    "exposures_store",
    "forced_arm_clear",
    "forced_arm_set",
    "holdout_change",
    "holdout_create",
    "layer_create",
    "layer_rename",
    "results_recompute",
    "roll_up_refresh",
    "saved_metric_create",
    "saved_metric_delete",
    "saved_metric_update",
    "saved_metrics_import",
    "the_buffer",
    "traffic_refresh",
    "unit_assign",
    "unit_forget",
    "units_assign_bulk",
    "units_decide_bulk",
    "unknown_arm_note",
    "waiting_exposure",
]
