"""Arms with covariates, as ratios, and by segment."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from experiments import stats
from tests.oracles.stat_vectors.comparisons import _tea_pairs, mean_of_sums
from tests.oracles.stat_vectors.shapes import Pairs, Vector

RATIO = stats.Measure(numerator=0, denominator=1)


def joint(n: int, totals: Any, products: Any) -> stats.Moments:
    """Joint moments from sums and sums of products, the peer's form."""
    sums = np.asarray(totals, dtype=np.float64)
    centred = np.asarray(products, dtype=np.float64) - np.outer(sums, sums) / n
    return stats.Moments.from_covariance(units=n, means=sums / n, covariance=centred / (n - 1))


def growthbook_ratio_moments(arm: Mapping[str, Any]) -> stats.Moments:
    above, below, cross = arm["m_statistic"], arm["d_statistic"], arm["m_d_sum_of_products"]
    return joint(
        arm["n"],
        [above["sum"], below["sum"]],
        [[above["sum_squares"], cross], [cross, below["sum_squares"]]],
    )


def growthbook_cuped_moments(arm: Mapping[str, Any]) -> stats.Moments:
    post, pre, cross = arm["post_statistic"], arm["pre_statistic"], arm["post_pre_sum_of_products"]
    return joint(
        arm["n"],
        [post["sum"], pre["sum"]],
        [[post["sum_squares"], cross], [cross, pre["sum_squares"]]],
    )


def growthbook_cuped(vector: Vector) -> Pairs:
    control, treatment = (
        growthbook_cuped_moments(vector["inputs"][arm]) for arm in ("control", "treatment")
    )
    adjusted = stats.adjust_for_covariates(
        control,
        treatment,
        outcome=stats.Measure(numerator=0),
        covariates=[stats.Measure(numerator=1)],
    )
    ours, theirs = stats.compare_means(adjusted.control, adjusted.treatment), vector["expected"]
    yield adjusted.coefficients[0], theirs["theta"]
    yield ours.estimate, theirs["effect"]
    yield ours.low, theirs["ci_low"]
    yield ours.high, theirs["ci_high"]
    yield ours.standard_error, theirs["std_err"]
    yield ours.p_value, theirs["p_value"]
    yield ours.degrees_of_freedom, theirs["dof"]


def growthbook_ratio_lift(vector: Vector) -> Pairs:
    """Its lift has a symmetric error, which is ours on the log scale times the ratio."""
    control, treatment = (
        growthbook_ratio_moments(vector["inputs"][arm]).sample(RATIO)
        for arm in ("control", "treatment")
    )
    theirs = vector["expected"]
    difference = stats.compare_means(control, treatment)
    yield stats.relative_mean_lift(control, treatment).estimate, theirs["effect"]
    yield difference.degrees_of_freedom, theirs["dof"]
    squared = treatment.variance_of_mean + control.variance_of_mean * (
        treatment.mean**2 / control.mean**2
    )
    yield squared**0.5 / control.mean, theirs["std_err"]


def tea_ratio(vector: Vector) -> Pairs:
    arms = []
    for name in ("control", "treatment"):
        arm = vector["inputs"][name]
        cross = arm["cov"]["den|num"]
        arms.append(
            stats.Moments.from_covariance(
                units=arm["n"],
                means=[arm["mean"]["num"], arm["mean"]["den"]],
                covariance=[[arm["var"]["num"], cross], [cross, arm["var"]["den"]]],
            ).sample(RATIO)
        )
    yield arms[0].mean, vector["expected"]["control"]
    yield from _tea_pairs(arms, vector["expected"])


def post_stratified(moments: Callable[[Any], stats.Moments], outcome: stats.Measure) -> Any:
    def pairs(vector: Vector) -> Pairs:
        ours = stats.post_stratify(
            [
                (moments(cell["control"]), moments(cell["treatment"]))
                for cell in vector["inputs"]["strata"]
            ],
            outcome=outcome,
        )
        theirs, difference = vector["expected"], ours.difference()
        if vector["inputs"]["difference"] == "absolute":
            yield difference.estimate, theirs["effect"]
            yield difference.standard_error, theirs["std_err"]
            return
        ratio = ours.treatment / ours.control
        yield ratio - 1, theirs["effect"]
        variance = (
            ours.treatment_variance - 2 * ratio * ours.covariance + ratio**2 * ours.control_variance
        )
        yield variance**0.5 / ours.control, theirs["std_err"]

    return pairs


def growthbook_mean_moments(arm: Mapping[str, Any]) -> stats.Moments:
    return joint(arm["n"], [arm["sum"]], [[arm["sum_squares"]]])


def growthbook_moments(arm: Mapping[str, Any]) -> stats.Mean:
    """A proportion's variance is p (1 - p) there, so its unit has the weight n and not n - 1."""
    if arm["type"] == "SampleMeanStatistic":
        return mean_of_sums(arm["n"], arm["sum"], arm["sum_squares"])
    rate = arm["sum"] / arm["n"]
    return stats.Mean.from_variance(units=arm["n"], mean=rate, variance=rate * (1 - rate))
