"""Which arm a unit gets: deterministic, compatible with GrowthBook's hashing, pure.

`hashing` makes an id a bucket, `splitting` a bucket an arm, `deciding` puts forced and sticky arms,
holdouts and layers before it, and `growthbook` runs an experiment written in GrowthBook's words.
Scalar and NumPy versions agree on every id.
"""

from __future__ import annotations

from experiments.assignment.deciding import (
    Decision,
    Decisions,
    Holdout,
    Layer,
    Reason,
    Split,
    are_held_out,
    decide_arm,
    decide_arms,
    in_namespace,
    in_namespaces,
    is_held_out,
)
from experiments.assignment.hashing import (
    BLOCK,
    AssignmentImpossible,
    HashVersion,
    Salting,
    Units,
    bucket,
    buckets,
    buckets_by_salt,
)
from experiments.assignment.splitting import (
    NOT_ENROLLED,
    Range,
    arm_for,
    arms_for,
    bucket_ranges,
    choose_range,
    equal_weights,
)

__all__ = [
    "BLOCK",
    "NOT_ENROLLED",
    "AssignmentImpossible",
    "Decision",
    "Decisions",
    "HashVersion",
    "Holdout",
    "Layer",
    "Range",
    "Reason",
    "Salting",
    "Split",
    "Units",
    "are_held_out",
    "arm_for",
    "arms_for",
    "bucket",
    "bucket_ranges",
    "buckets",
    "buckets_by_salt",
    "choose_range",
    "decide_arm",
    "decide_arms",
    "equal_weights",
    "in_namespace",
    "in_namespaces",
    "is_held_out",
]
