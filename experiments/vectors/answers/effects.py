"""Differences and lifts of two arms: tea-tasting's, R's and the published ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import scipy

from experiments import stats
from experiments.stats.proportions import Method
from experiments.vectors.answers.kinds import NotCovered, Vector, first_of, proportion

# Pearson's chi-square is the square of the score test.
TEA_METHODS: Mapping[str, Method] = {
    "norm": "score",
    "pearson": "score",
    "log-likelihood": "log-likelihood",
    "fisher": "fisher",
    "barnard": "barnard",
    "boschloo": "boschloo",
}
# Below so many units in both arms together, tea-tasting's "auto" is exact.
TEA_EXACT_BELOW = 1_000


def tea_mean(vector: Vector) -> Mapping[str, Any]:
    """A mean or a ratio of means, plain or adjusted by one covariate of the same kind."""
    inputs = vector["inputs"]
    metric = inputs["metric"]
    names = list(inputs["control"]["mean"])
    control, treatment = (_tea_moments(inputs[arm], names) for arm in ("control", "treatment"))
    if "numer" not in metric:
        metric = {**metric, **_single_columns(vector["id"], metric, names)}
    outcome = _measure(names, metric, "numer", "denom", "value")
    covariate = _measure(names, metric, "numer_covariate", "denom_covariate", "covariate")
    if covariate is None:
        found = control.sample(outcome), treatment.sample(outcome)
    else:
        adjusted = stats.adjust_for_covariates(
            control, treatment, outcome=outcome, covariates=[covariate]
        )
        found = adjusted.control, adjusted.treatment
    return _tea_result(*found, metric)


def tea_figure(inputs: Mapping[str, Any]) -> tuple[float, float]:
    """A past sample's mean, and the deviation a plan counts with, after a covariate if there is."""
    sample, name = inputs["sample"], inputs.get("covariate")
    outcome = inputs.get("value", _outcome(list(sample["mean"]), name))
    names = [outcome] if name is None else [outcome, name]
    moments, measure = _tea_moments(sample, names), stats.Measure(numerator=0)
    covariates = [] if name is None else [stats.Measure(numerator=1)]
    explained = 0.0
    if covariates:
        explained = stats.variance_explained(moments, outcome=measure, covariates=covariates)
    deviation = moments.sample(measure).variance ** 0.5
    return moments.means[0], stats.effective_deviation(deviation, explained=explained)


def _outcome(names: list[str], covariate: str | None) -> str:
    """Theirs is called y where the vector does not say."""
    return next(each for each in ("y", *names) if each in names and each != covariate)


def _single_columns(
    vector: str, metric: Mapping[str, Any], names: list[str]
) -> Mapping[str, str | None]:
    """Columns of a mean's value and covariate, which a vector may leave to be guessed."""
    covariate = metric.get("covariate")
    value = metric.get("value") or _outcome(names, covariate)
    if covariate is None and "cuped" in vector:
        covariate = next(each for each in names if each != value)
    return {"value": value, "covariate": covariate}


def _measure(
    names: list[str], metric: Mapping[str, Any], above: str, below: str, single: str
) -> Any:
    name = metric.get(single, metric.get(above))
    if name is None:
        return None
    under = metric.get(below)
    return stats.Measure(
        numerator=names.index(name), denominator=None if under is None else names.index(under)
    )


def _tea_moments(arm: Mapping[str, Any], names: list[str]) -> stats.Moments:
    covariance = [[_tea_covariance(arm, one, other) for other in names] for one in names]
    return stats.Moments.from_covariance(
        units=arm["n"],
        means=[arm["mean"][name] for name in names],
        covariance=np.array(covariance),
    )


def _tea_covariance(arm: Mapping[str, Any], one: str, other: str) -> float:
    if one == other:
        return float(arm["var"][one])
    keys = f"{one}|{other}", f"{other}|{one}"
    # A pair that is not written down is not used by the metric either.
    return float(next((arm["cov"][key] for key in keys if key in arm["cov"]), 0.0))


def _tea_result(
    control: stats.Mean, treatment: stats.Mean, metric: Mapping[str, Any]
) -> Mapping[str, Any]:
    method = "student" if metric.get("equal_var") else "welch"
    if metric.get("use_t") is False:
        method = "normal"
    options: dict[str, Any] = {
        "confidence": metric.get("confidence_level", 0.95),
        "alternative": metric.get("alternative", "two-sided"),
        "method": method,
    }
    found = stats.compare_means(control, treatment, **options)
    lift = stats.relative_mean_lift(control, treatment, **options)
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
    """Tests of two proportions; the z test's intervals take its pooled error too, as theirs do."""
    inputs = vector["inputs"]
    metric = inputs["metric"]
    control, treatment = (
        proportion(next(iter(arm["mean"].values())) * arm["n"], arm["n"])
        for arm in (inputs["control"], inputs["treatment"])
    )
    method = metric["method"]
    if method == "auto":
        small = control.trials + treatment.trials < TEA_EXACT_BELOW
        method = "barnard" if small else "norm"
    if method not in TEA_METHODS:
        raise NotCovered(f"the method {method}")
    options: dict[str, Any] = {
        "confidence": metric.get("confidence_level", 0.95),
        "alternative": metric.get("alternative", "two-sided"),
        "is_corrected": bool(metric.get("correction", True)),
    }
    found = stats.compare_proportions(control, treatment, method=TEA_METHODS[method], **options)
    difference, lift = stats.pooled_rates(control, treatment, **options)
    return {
        "control": control.rate,
        "treatment": treatment.rate,
        "effect_size": found.estimate,
        "effect_size_ci_lower": difference.low,
        "effect_size_ci_upper": difference.high,
        "rel_effect_size": lift.estimate,
        "rel_effect_size_ci_lower": lift.low,
        "rel_effect_size_ci_upper": lift.high,
        "pvalue": found.p_value,
        "statistic": difference.estimate / difference.standard_error,
    }


def tea_ranks(vector: Vector) -> Mapping[str, Any]:
    """Mann and Whitney's test."""
    inputs = vector["inputs"]
    found = stats.compare_ranks(
        inputs["control"],
        inputs["treatment"],
        alternative=inputs.get("alternative", "two-sided"),
        method=inputs.get("method", "auto"),
        is_corrected=inputs.get("correction", True),
    )
    return {
        "control": 1 - found.treatment_above,
        "treatment": found.treatment_above,
        "effect_size": 2 * found.treatment_above - 1,
        "pvalue": found.p_value,
        "statistic": found.statistic,
    }


def r_t_test(vector: Vector) -> Mapping[str, Any]:
    """R's t.test, which subtracts the other way round."""
    inputs = vector["inputs"]
    control, treatment = (stats.Mean.of(inputs[arm]) for arm in ("control", "treatment"))
    found = stats.compare_means(
        control, treatment, method="student" if inputs.get("var_equal") else "welch"
    )
    return {
        "t_control_minus_treatment": -found.estimate / found.standard_error,
        "t": -found.estimate / found.standard_error,
        "dof": found.degrees_of_freedom,
        "df": found.degrees_of_freedom,
        "p_value": found.p_value,
        "ci_control_minus_treatment": [-found.high, -found.low],
    }


def r_rates(vector: Vector) -> Mapping[str, Any]:
    """R's prop.test: of two rates corrected for continuity, of more not."""
    inputs = vector["inputs"]
    samples = [
        proportion(successes, trials)
        for successes, trials in zip(
            first_of(inputs, "successes", "x"),
            first_of(inputs, "totals", "trials", "n"),
            strict=True,
        )
    ]
    found = stats.equal_rates(samples)
    p_value, statistic = found.p_value, found.statistic
    if len(samples) == 2 and inputs.get("correct", inputs.get("correction", True)):
        p_value = stats.compare_proportions(*samples, method="score", is_corrected=True).p_value
        # The chi-square of one degree whose p-value this is.
        statistic = float(scipy.special.ndtri(p_value / 2)) ** 2
    return {"chi2": statistic, "df": found.degrees_of_freedom, "p_value": p_value}


def r_fisher(vector: Vector) -> Mapping[str, Any]:
    """R's fisher.test of a table of two rows."""
    inputs = vector["inputs"]
    first, second = first_of(inputs, "table", "matrix", "counts")
    found = stats.compare_proportions(
        proportion(second[0], sum(second)),
        proportion(first[0], sum(first)),
        method="fisher",
        alternative=inputs.get("alternative", "two-sided"),
    )
    return {"p_value": found.p_value, "p": found.p_value, "pvalue": found.p_value}


def lift_intervals(vector: Vector) -> Mapping[str, Any]:
    """A lift from two means and their variances, in three ways."""
    inputs = vector["inputs"]
    means = inputs["mean_c"], inputs["mean_t"]
    options = {
        "control_variance": inputs["var_of_mean_c"],
        "treatment_variance": inputs["var_of_mean_t"],
    }
    ours = stats.log_ratio_lift(*means, **options)
    exact = stats.fieller_lift(*means, **options)
    symmetric = stats.delta_lift(*means, **options)
    return {
        "effect": ours.estimate,
        "delta": [symmetric.low, symmetric.high],
        "log_ratio": [ours.low, ours.high],
        "fieller": [exact.low, exact.high],
    }


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
