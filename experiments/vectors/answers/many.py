"""Many comparisons at once, and many tests over time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any

import numpy as np

from experiments import stats
from experiments.vectors.answers.kinds import NotCovered, Vector, first_of

Adjust = Callable[[Sequence[float]], tuple[float, ...]]

# What each correction compares the k-th smallest of m p-values with, and which end it begins at.
ADJUSTMENTS: Mapping[str, Adjust] = {
    "holm_bonferroni": stats.holm,
    "holm_sidak": stats.holm_sidak,
    "hochberg_bonferroni": stats.hochberg,
    "bonferroni": stats.bonferroni,
    "holm": stats.holm,
    "hochberg": stats.hochberg,
    "benjamini_hochberg": stats.benjamini_hochberg,
    "benjamini_yekutieli": stats.benjamini_yekutieli,
    "bh": stats.benjamini_hochberg,
    "by": stats.benjamini_yekutieli,
}


def tea_adjusted(vector: Vector) -> Mapping[str, Any]:
    """Adjusted p-values, the level each is held against, and whether it is rejected."""
    correction = vector["id"].rpartition(".")[2]
    p_values, level = vector["inputs"]["pvalues"], vector["inputs"].get("alpha", 0.05)
    if correction not in ADJUSTMENTS:
        raise NotCovered(f"the correction {correction}")
    adjusted = ADJUSTMENTS[correction](list(p_values.values()))
    levels = _levels(list(p_values.values()), correction, level)
    return {
        name: {
            "pvalue_adj": p_value,
            "alpha_adj": held_against,
            "null_rejected": int(p_value <= level),
        }
        for name, p_value, held_against in zip(p_values, adjusted, levels, strict=True)
    }


def _levels(p_values: Sequence[float], correction: str, level: float) -> list[float]:
    """Each p-value's own level: past the first that stops a procedure it stays the same."""
    count = len(p_values)
    order = sorted(range(count), key=p_values.__getitem__)
    own = [_level(rank, count, correction, level) for rank in range(1, count + 1)]
    if correction.startswith("holm"):
        stopped = next((at for at in range(count) if p_values[order[at]] > own[at]), count - 1)
        used = [own[min(rank, stopped)] for rank in range(count)]
    else:
        passed = [at for at in range(count) if p_values[order[at]] <= own[at]]
        floor = own[passed[-1]] if passed else 0.0
        used = list(accumulate((max(each, floor) for each in own), lambda _, each: each))
    found = [0.0] * count
    for rank, index in enumerate(order):
        found[index] = used[rank]
    return found


def _level(rank: int, count: int, correction: str, level: float) -> float:
    left = count - rank + 1
    if correction == "bonferroni":
        return level / count
    if "sidak" in correction:
        return float(-np.expm1(np.log1p(-level) / left))
    if correction in ("benjamini_hochberg", "bh"):
        return level * rank / count
    if correction in ("benjamini_yekutieli", "by"):
        return level * rank / (count * sum(1 / each for each in range(1, count + 1)))
    return level / left


def rejections(vector: Vector) -> Mapping[str, Any]:
    """How many of a list each correction rejects, or its adjusted p-values, by what is asked."""
    inputs = vector["inputs"]
    p_values = first_of(inputs, "pvalues", "p_values", "p")
    level = inputs.get("alpha", inputs.get("q", 0.05))
    found: dict[str, Any] = {}
    for name, expected in vector["expected"].items():
        correction = next(
            (
                key
                for key in sorted(ADJUSTMENTS, key=len, reverse=True)
                if key in name.lower().replace("-", "_")
            ),
            None,
        )
        if correction is not None:
            adjusted = ADJUSTMENTS[correction](p_values)
            is_list = isinstance(expected, list)
            found[name] = list(adjusted) if is_list else sum(p <= level for p in adjusted)
    return found


def spotify_bonferroni(vector: Vector) -> Any:
    """The peer's z test has unpooled variances p (1 - p) / n and the normal distribution."""
    inputs = vector["inputs"]
    level = 1 - inputs.get("alpha", 0.05)
    rates = [s / n for s, n in zip(inputs["success"], inputs["total"], strict=True)]
    means = [
        stats.Mean(units=n, mean=rate, centred_squares=rate * (1 - rate) * (n - 1))
        for rate, n in zip(rates, inputs["total"], strict=True)
    ]
    treatments = means[1:]
    share = 1 / len(treatments)
    wider = stats.simultaneous_confidence(level, share=share)
    raw = [_z_test(means[0], arm, level) for arm in treatments]
    wide = [_z_test(means[0], arm, wider) for arm in treatments]
    adjusted = stats.bonferroni([each.p_value for each in raw])
    return [
        {
            "level_2": name,
            "difference": plain.estimate,
            "ci_lower": plain.low,
            "ci_upper": plain.high,
            "p-value": plain.p_value,
            "adjusted p-value": p_value,
            "adjusted ci_lower": together.low,
            "adjusted ci_upper": together.high,
        }
        for name, plain, together, p_value in zip(
            inputs["group"][1:], raw, wide, adjusted, strict=True
        )
    ]


def _z_test(control: stats.Mean, treatment: stats.Mean, confidence: float) -> stats.Difference:
    return stats.compare_means(control, treatment, confidence=confidence, method="normal")


def dunnett(vector: Vector) -> Mapping[str, Any]:
    """Critical values of many arms against one control."""
    inputs = vector["inputs"]
    counts = first_of(inputs, "treatments", "k", "comparisons", "arms")
    degrees = first_of({**inputs, "default": "inf"}, "dof", "df", "degrees", "default")
    level = 1 - inputs.get("alpha", 0.05)
    sides = inputs.get("sides", 2)
    found = [
        stats.dunnett_quantile(
            # Arms of one size: each difference shares half of its variance with the control.
            [0.5**0.5] * count,
            confidence=level,
            degrees=float(degrees),
            alternative="two-sided" if sides == 2 else "greater",
        )
        for count in (counts if isinstance(counts, list) else [counts])
    ]
    return dict.fromkeys(vector["expected"], found if isinstance(counts, list) else found[0])


def past_tests(vector: Vector) -> Mapping[str, Any]:
    """Random-effects meta-analysis of log risk ratios."""
    table = np.array(vector["inputs"]["tpos_tneg_cpos_cneg"], dtype=np.float64)
    treated, control = table[:, :2].sum(axis=1), table[:, 2:].sum(axis=1)
    effects = np.log(table[:, 0] / treated) - np.log(table[:, 2] / control)
    errors = np.sqrt(1 / table[:, 0] - 1 / treated + 1 / table[:, 2] - 1 / control)
    found = stats.combine_effects(effects.tolist(), errors.tolist())
    return {
        "fixed": found.fixed,
        "fixed_se": found.fixed_error,
        "Q": found.statistic,
        "tau2_DL": found.tau_squared,
        "random": found.mean,
        "random_se": found.mean_error,
        "I2_percent": 100 * found.i_squared,
    }
