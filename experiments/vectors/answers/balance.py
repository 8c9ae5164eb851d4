"""Sample-ratio mismatch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments import stats
from experiments.stats.balance import EXACT_BELOW_UNITS, Method
from experiments.vectors.answers.kinds import Vector, first_of


def growthbook_sample_ratio(vector: Vector) -> Mapping[str, Any]:
    """Pearson's chi-square."""
    inputs = vector["inputs"]
    found = stats.check_sample_ratio(
        first_of(inputs, "users", "counts"), inputs["weights"], method="chi-square"
    )
    return {"p_value": found.p_value}


def tea_sample_ratio(vector: Vector) -> Mapping[str, Any]:
    """The exact binomial test, or a z test, corrected for continuity or not."""
    inputs = vector["inputs"]
    metric = inputs["metric"]
    sizes = [inputs["control"]["n"], inputs["treatment"]["n"]]
    asked = metric["method"]
    if asked == "auto":
        asked = "binom" if sum(sizes) < EXACT_BELOW_UNITS else "norm"
    method: Method = "corrected" if metric.get("correction", True) else "chi-square"
    if asked == "binom":
        method = "exact"
    ratio = metric["ratio"]
    weights = [ratio[key] for key in ratio] if isinstance(ratio, Mapping) else [1, ratio]
    found = stats.check_sample_ratio(sizes, weights, method=method)
    return {"control": sizes[0], "treatment": sizes[1], "pvalue": found.p_value}


def sequential_sample_ratio(vector: Vector) -> Mapping[str, Any]:
    """The multinomial mixture; of several looks the least p so far."""
    inputs = vector["inputs"]
    counts = inputs["counts"]
    looks = counts if isinstance(counts[0], list) else [counts]
    found = [
        stats.watch_sample_ratio(
            look, inputs["weights"], prior_units=inputs.get("concentration_k", 100)
        ).p_value
        for look in looks
    ]
    p_values: Any = list(stats.running_minimum(found))
    return {"sequential_p": p_values if len(looks) > 1 else p_values[0]}
