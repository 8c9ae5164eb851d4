"""Differences and lifts of two arms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments import stats
from experiments.stats.proportions import Method
from experiments.vectors.answers.kinds import NotCovered, Vector, mean_of_sums, proportion

SIDES: Mapping[str, stats.Alternative] = {
    "TwoSidedTTest": "two-sided",
    "OneSidedTreatmentGreaterTTest": "greater",
    "OneSidedTreatmentLesserTTest": "less",
}
# Pearson's chi-square without correction is the square of the score test.
TEA_METHODS: Mapping[tuple[str, bool], Method] = {
    ("norm", False): "score",
    ("pearson", False): "score",
    ("fisher", True): "fisher",
    ("fisher", False): "fisher",
    ("barnard", True): "barnard",
    ("barnard", False): "barnard",
}


def growthbook_t(vector: Vector) -> Mapping[str, Any]:
    """Welch's test of the difference; GrowthBook's test of the lift is biased, and not ours."""
    inputs = vector["inputs"]
    if inputs["difference"] != "absolute" or inputs["test"] not in SIDES:
        raise NotCovered("the delta-method test of a lift")
    found = stats.compare_means(
        mean_of_sums(inputs["control"]),
        mean_of_sums(inputs["treatment"]),
        confidence=1 - inputs["alpha"],
        alternative=SIDES[inputs["test"]],
    )
    return {
        "effect": found.estimate,
        "ci_low": found.low,
        "ci_high": found.high,
        "std_err": found.standard_error,
        "p_value": found.p_value,
        "dof": found.degrees_of_freedom,
    }


def tea_mean(vector: Vector) -> Mapping[str, Any]:
    """Welch's test, and the lift on the scale of the log ratio."""
    control, treatment = (
        stats.Mean.from_variance(units=arm["n"], mean=arm["mean"]["y"], variance=arm["var"]["y"])
        for arm in (vector["inputs"]["control"], vector["inputs"]["treatment"])
    )
    return tea_result(control, treatment)


def tea_result(control: stats.Mean, treatment: stats.Mean) -> Mapping[str, Any]:
    """What they report of two means, or of two ratios."""
    found = stats.compare_means(control, treatment)
    lift = stats.relative_mean_lift(control, treatment)
    return {
        "control": control.mean,
        "treatment": treatment.mean,
        "effect_size": found.estimate,
        "effect_size_ci_lower": found.low,
        "effect_size_ci_upper": found.high,
        "rel_effect_size": lift.estimate,
        "rel_effect_size_ci_lower": lift.low,
        "rel_effect_size_ci_upper": lift.high,
        "pvalue": found.p_value,
        "statistic": found.estimate / found.standard_error,
    }


def tea_proportion(vector: Vector) -> Mapping[str, Any]:
    """Tests of two proportions; the intervals are Newcombe's with us, and not compared."""
    inputs = vector["inputs"]
    asked = (inputs["metric"]["method"], bool(inputs["metric"]["correction"]))
    if asked not in TEA_METHODS:
        raise NotCovered(f"the method {asked[0]}{' with correction' * asked[1]}")
    control, treatment = (
        proportion(arm["mean"]["p"] * arm["n"], arm["n"])
        for arm in (inputs["control"], inputs["treatment"])
    )
    found = stats.compare_proportions(control, treatment, method=TEA_METHODS[asked])
    return {
        "control": control.rate,
        "treatment": treatment.rate,
        "effect_size": found.estimate,
        "rel_effect_size": stats.relative_lift(control, treatment).estimate,
        "pvalue": found.p_value,
    }


def r_sleep(vector: Vector) -> Mapping[str, Any]:
    """R's t.test, which subtracts the other way round."""
    control, treatment = (stats.Mean.of(vector["inputs"][arm]) for arm in ("control", "treatment"))
    found = stats.compare_means(control, treatment)
    return {
        "t_control_minus_treatment": -found.estimate / found.standard_error,
        "dof": found.degrees_of_freedom,
        "p_value": found.p_value,
        "ci_control_minus_treatment": [-found.high, -found.low],
    }


def lift_intervals(vector: Vector) -> Mapping[str, Any]:
    """A lift from two means and their variances."""
    inputs = vector["inputs"]
    lift = stats.log_ratio_lift(
        inputs["mean_c"],
        inputs["mean_t"],
        control_variance=inputs["var_of_mean_c"],
        treatment_variance=inputs["var_of_mean_t"],
    )
    exact = stats.fieller_lift(
        inputs["mean_c"],
        inputs["mean_t"],
        control_variance=inputs["var_of_mean_c"],
        treatment_variance=inputs["var_of_mean_t"],
    )
    return {
        "effect": lift.estimate,
        "log_ratio": [lift.low, lift.high],
        "fieller": [exact.low, exact.high],
    }
