"""How many units a test needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments import stats
from experiments.vectors.answers.kinds import Vector


def spotify_sample_size(vector: Vector) -> Mapping[str, Any]:
    """Two arms of a rate, counted together."""
    inputs = {"alpha": 0.05, "power": 0.8} | vector["inputs"]
    baseline = inputs["baseline_proportion"]
    each = stats.units_needed(
        baseline,
        baseline + inputs["absolute_percentage_mde"],
        power=inputs["power"],
        confidence=1 - inputs["alpha"],
    )
    return {"total_n_gpower": 2 * each, "total_n_spotify": 2 * each}
