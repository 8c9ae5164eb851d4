"""Ratios, covariates, segments and margins: effects that need more than one moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from experiments import stats
from experiments.vectors.answers.effects import tea_result
from experiments.vectors.answers.kinds import NotCovered, Vector, proportion

PLAIN = stats.Measure(numerator=0)
RATIO = stats.Measure(numerator=0, denominator=1)


def joint_of_sums(units: int, totals: Any, products: Any) -> stats.Moments:
    """Joint moments from GrowthBook's sums and sums of products."""
    sums = np.asarray(totals, dtype=np.float64)
    centred = np.asarray(products, dtype=np.float64) - np.outer(sums, sums) / units
    return stats.Moments.from_covariance(
        units=units, means=(sums / units).tolist(), covariance=centred / (units - 1)
    )


def pair_of_sums(arm: Mapping[str, Any], first: str, second: str, cross: str) -> stats.Moments:
    """Joint moments of two of an arm's statistics."""
    one, other, product = arm[first], arm[second], arm[cross]
    return joint_of_sums(
        arm["n"],
        [one["sum"], other["sum"]],
        [[one["sum_squares"], product], [product, other["sum_squares"]]],
    )


def growthbook_cuped(vector: Vector) -> Mapping[str, Any]:
    """CUPED of a difference; of a lift they divide by the unadjusted mean, and we do not."""
    inputs = vector["inputs"]
    kind = inputs["control"]["type"]
    if inputs["difference"] != "absolute" or kind != "RegressionAdjustedStatistic":
        raise NotCovered("CUPED of a lift, or of a ratio")
    control, treatment = (
        pair_of_sums(inputs[arm], "post_statistic", "pre_statistic", "post_pre_sum_of_products")
        for arm in ("control", "treatment")
    )
    covariate = stats.Measure(numerator=1)
    adjusted = stats.adjust_for_covariates(
        control, treatment, outcome=PLAIN, covariates=[covariate]
    )
    found = stats.compare_means(
        adjusted.control, adjusted.treatment, confidence=1 - inputs["alpha"]
    )
    return {
        "theta": adjusted.coefficients[0],
        "effect": found.estimate,
        "ci_low": found.low,
        "ci_high": found.high,
        "std_err": found.standard_error,
        "p_value": found.p_value,
        "dof": found.degrees_of_freedom,
    }


def growthbook_strata(vector: Vector) -> Mapping[str, Any]:
    """Post-stratified difference of means or of ratios."""
    inputs = vector["inputs"]
    kind = inputs["strata"][0]["control"]["type"]
    if inputs["difference"] != "absolute" or kind not in ("SampleMeanStatistic", "RatioStatistic"):
        raise NotCovered("post-stratification of a lift, or with covariates")
    cells = [(_cell(one["control"]), _cell(one["treatment"])) for one in inputs["strata"]]
    found = stats.post_stratify(
        cells, outcome=RATIO if kind == "RatioStatistic" else PLAIN
    ).difference()
    return {"effect": found.estimate, "std_err": found.standard_error}


def _cell(arm: Mapping[str, Any]) -> stats.Moments:
    if arm["type"] == "RatioStatistic":
        return pair_of_sums(arm, "m_statistic", "d_statistic", "m_d_sum_of_products")
    return joint_of_sums(arm["n"], [arm["sum"]], [[arm["sum_squares"]]])


def tea_ratio(vector: Vector) -> Mapping[str, Any]:
    """A ratio of two means by the delta method."""
    above, below = (vector["inputs"]["metric"][part] for part in ("numer", "denom"))
    arms = []
    for name in ("control", "treatment"):
        arm = vector["inputs"][name]
        names = f"{above}|{below}", f"{below}|{above}"
        cross = next(arm["cov"][key] for key in names if key in arm["cov"])
        moments = stats.Moments.from_covariance(
            units=arm["n"],
            means=[arm["mean"][above], arm["mean"][below]],
            covariance=[[arm["var"][above], cross], [cross, arm["var"][below]]],
        )
        arms.append(moments.sample(RATIO))
    return tea_result(*arms)


def spotify_margin(vector: Vector) -> Mapping[str, Any]:
    """Non-inferiority; they take the margin of the control seen as known: to us an absolute one."""
    inputs = vector["inputs"]
    control, treatment = (proportion(*inputs[arm]) for arm in ("control", "treatment"))
    is_lower_better = inputs["preferred_direction"] == "decrease"
    found = stats.not_worse(
        control,
        treatment,
        margin=inputs["margin_relative"] * control.rate,
        is_lower_better=is_lower_better,
        confidence=1 - inputs["alpha"],
    )
    return {
        "difference": found.estimate,
        "ci_lower": None if is_lower_better else found.low,
        "ci_upper": found.high if is_lower_better else None,
        "p-value": found.p_value,
        "null_hypothesis": found.margin if is_lower_better else -found.margin,
        "is_significant": found.is_shown,
    }
