"""Sample-ratio mismatch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments import stats
from experiments.stats.balance import EXACT_BELOW_UNITS
from experiments.vectors.answers.kinds import NotCovered, Vector


def growthbook_sample_ratio(vector: Vector) -> Mapping[str, Any]:
    """Pearson's chi-square."""
    users, weights = vector["inputs"]["users"], vector["inputs"]["weights"]
    if not sum(users):
        raise NotCovered("without units there is a named error, and no p of 1")
    return {"p_value": stats.check_sample_ratio(users, weights, method="chi-square").p_value}


def tea_sample_ratio(vector: Vector) -> Mapping[str, Any]:
    """The exact binomial test; with a z test they correct for continuity, and we do not."""
    inputs = vector["inputs"]
    sizes = [inputs["control"]["n"], inputs["treatment"]["n"]]
    method = inputs["metric"]["method"]
    if method == "norm" or (method == "auto" and sum(sizes) >= EXACT_BELOW_UNITS):
        raise NotCovered("a z test with a correction for continuity")
    found = stats.check_sample_ratio(sizes, [1, inputs["metric"]["ratio"]], method="exact")
    return {"control": sizes[0], "treatment": sizes[1], "pvalue": found.p_value}
