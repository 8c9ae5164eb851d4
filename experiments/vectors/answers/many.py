"""Many comparisons at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments import stats
from experiments.vectors.answers.kinds import Vector


def tea_holm(vector: Vector) -> Mapping[str, Any]:
    """Holm's step-down p-values."""
    p_values = vector["inputs"]["pvalues"]
    adjusted = stats.holm(list(p_values.values()))
    return {name: {"pvalue_adj": p_value} for name, p_value in zip(p_values, adjusted, strict=True)}
