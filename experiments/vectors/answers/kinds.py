"""What an answer is, and the samples that vectors write down in their own ways."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import scipy

from experiments import stats

Vector = Mapping[str, Any]
Answer = Callable[[Vector], Mapping[str, Any]]

PLAIN = stats.Measure(numerator=0)
RATIO = stats.Measure(numerator=0, denominator=1)

# Columns of GrowthBook's ratio with a covariate, and the names of their sums of products.
RATIO_COLUMNS = ("m_statistic_post", "d_statistic_post", "m_statistic_pre", "d_statistic_pre")
RATIO_PRODUCTS = ("m_post", "d_post", "m_pre", "d_pre")


class NotCovered(Exception):
    """The vector asks for a variety of the statistic that we do not have, or not on purpose."""


def proportion(successes: float, trials: float) -> stats.Proportion:
    """From counts that were written as floats.

    >>> proportion(0.3 * 100, 100)
    Proportion(trials=100, successes=30)
    """
    return stats.Proportion(trials=round(trials), successes=round(successes))


def first_of(inputs: Mapping[str, Any], *names: str) -> Any:
    """The first of these names that there is: sources call the same thing by different ones.

    >>> first_of({"power": 0.8}, "target_power", "power")
    0.8
    """
    for name in names:
        if name in inputs:
            return inputs[name]
    raise NotCovered(f"none of {', '.join(names)} is given")


def under_its_name(vector: Vector, value: Any) -> Mapping[str, Any]:
    """A single number under the one name that the vector expects it by.

    >>> under_its_name({"expected": {"n": 77}}, 77)
    {'n': 77}
    """
    names = list(vector["expected"])
    if len(names) != 1:
        raise NotCovered(f"we have one number, and {', '.join(names)} are asked for")
    return {names[0]: value}


def growthbook_mean(arm: Mapping[str, Any]) -> stats.Mean:
    """An arm of GrowthBook's as a mean: its variance of a unit over its units.

    >>> arm = {"type": "SampleMeanStatistic", "n": 3, "sum": 9.0, "sum_squares": 41.0}
    >>> growthbook_mean(arm)
    Mean(units=3, mean=3.0, centred_squares=14.0)
    """
    if arm["type"] in ("SampleMeanStatistic", "ProportionStatistic"):
        return stats.Mean(
            units=arm["n"], mean=arm["sum"] / arm["n"], centred_squares=centred_squares(arm)
        )
    if arm["type"] == "RatioStatistic":
        return _ratio(arm)
    if arm["type"] in ("QuantileStatistic", "QuantileClusteredStatistic"):
        return _quantile(arm)
    raise NotCovered(f"a {arm['type']}")


def centred_squares(statistic: Mapping[str, Any]) -> float:
    """Sum of squared deviations; a proportion's variance is p (1 - p) there, not over n - 1."""
    units, total = statistic["n"], statistic["sum"]
    if statistic["type"] == "ProportionStatistic":
        rate = total / units
        return float(rate * (1 - rate) * (units - 1))
    return float(statistic["sum_squares"] - total * total / units)


def moments_of(statistics: Sequence[Mapping[str, Any]], products: Any) -> stats.Moments:
    """Joint moments from single statistics and the sums of products of all pairs.

    Args:
        statistics: One a column.
        products: A function of two columns, or a matrix of their sums of products.
    """
    units = statistics[0]["n"]
    means = [statistic["sum"] / units for statistic in statistics]
    centred = np.asarray(products, dtype=np.float64) - units * np.outer(means, means)
    np.fill_diagonal(centred, [centred_squares(statistic) for statistic in statistics])
    return stats.Moments.from_covariance(
        units=units, means=means, covariance=centred / max(units - 1, 1)
    )


def growthbook_moments(arm: Mapping[str, Any]) -> stats.Moments:
    """An arm of GrowthBook's as joint moments: the outcome's columns, then the covariate's."""
    kind = arm["type"]
    if kind in ("SampleMeanStatistic", "ProportionStatistic"):
        return moments_of([arm], [[0.0]])
    if kind == "RatioStatistic":
        return _pair(arm, "m_statistic", "d_statistic", "m_d_sum_of_products")
    if kind == "RegressionAdjustedStatistic":
        return _pair(arm, "post_statistic", "pre_statistic", "post_pre_sum_of_products")
    if kind == "RegressionAdjustedRatioStatistic":
        products = [[_product(arm, one, other) for other in range(4)] for one in range(4)]
        return moments_of([arm[name] for name in RATIO_COLUMNS], products)
    raise NotCovered(f"a {kind}")


def _pair(arm: Mapping[str, Any], first: str, second: str, cross: str) -> stats.Moments:
    product = arm[cross]
    return moments_of([arm[first], arm[second]], [[0.0, product], [product, 0.0]])


def _product(arm: Mapping[str, Any], one: int, other: int) -> float:
    names = RATIO_PRODUCTS[one], RATIO_PRODUCTS[other]
    if one == other:
        return 0.0
    keys = f"{names[0]}_{names[1]}_sum_of_products", f"{names[1]}_{names[0]}_sum_of_products"
    return float(arm[keys[0]] if keys[0] in arm else arm[keys[1]])


def _ratio(arm: Mapping[str, Any]) -> stats.Mean:
    """By our moments; where no units could have such sums, by the bare formula of the variance."""
    try:
        return growthbook_moments(arm).sample(RATIO)
    except stats.SampleImpossible:
        units = arm["n"]
        above, below = arm["m_statistic"], arm["d_statistic"]
        ratio, scale = above["sum"] / below["sum"], below["sum"] / units
        cross = arm["m_d_sum_of_products"] - above["sum"] * below["sum"] / units
        squares = centred_squares(above) - 2 * ratio * cross + ratio**2 * centred_squares(below)
        return stats.Mean(units=units, mean=ratio, centred_squares=squares / scale**2)


def _quantile(arm: Mapping[str, Any]) -> stats.Mean:
    """Theirs: ((U - L) / 2 z)^2 (n - 1) / n, n* for the n that the interval was made with.

    Ours counts the ranks between both ends, which the vector does not tell.
    """
    units = arm["n"]
    half = (arm["quantile_upper"] - arm["quantile_lower"]) / 2
    variance = (
        (half / float(scipy.special.ndtri(0.975))) ** 2 * first_of(arm, "n_star", "n") / units
    )
    if arm["type"] == "QuantileClusteredStatistic":
        variance *= _clusters(arm)
    squares = variance * (units - 1) ** 2
    return stats.Mean(units=units, mean=arm["quantile_hat"], centred_squares=squares)


def _clusters(arm: Mapping[str, Any]) -> float:
    below, events = arm["main_sum"], arm["denominator_sum"]
    clusters, cross = arm["n_clusters"], arm["main_denominator_sum_product"]
    moments = stats.Moments.from_covariance(
        units=clusters,
        means=[below / clusters, events / clusters],
        covariance=(
            np.array(
                [
                    [arm["main_sum_squares"], cross],
                    [cross, arm["denominator_sum_squares"]],
                ]
            )
            - np.outer([below, events], [below, events]) / clusters
        )
        / (clusters - 1),
    )
    return stats.cluster_factor(moments, share=arm["nu"])


def open_ends(found: stats.Difference) -> Mapping[str, float]:
    """Ends of an interval of a difference, infinite where it is open."""
    return {
        "ci_low": -math.inf if found.alternative == "less" else found.low,
        "ci_high": math.inf if found.alternative == "greater" else found.high,
    }
