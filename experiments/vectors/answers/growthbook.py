"""GrowthBook's tests: of a difference or of a lift, fixed or sequential, adjusted or by segment."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from experiments import stats
from experiments.vectors.answers.kinds import (
    PLAIN,
    RATIO,
    NotCovered,
    Vector,
    growthbook_mean,
    growthbook_moments,
)

# The names of their tests, by what they look for.
SIDES: Mapping[str, stats.Alternative] = {
    "TwoSidedTTest": "two-sided",
    "OneSidedTreatmentGreaterTTest": "greater",
    "OneSidedTreatmentLesserTTest": "less",
}
SEQUENTIAL = "Sequential"
# Their one-sided sequential p is searched for up to here, which stands for "no evidence".
LARGEST_SOUGHT_P = 0.4999


def growthbook_effect(inputs: Mapping[str, Any]) -> stats.Difference:
    """Difference or lift of two arms at the vector's level, before any look is paid for."""
    options: dict[str, Any] = {
        "confidence": 1 - inputs.get("alpha", 0.05),
        "alternative": _side(inputs),
    }
    arms = inputs["control"], inputs["treatment"]
    if "RegressionAdjusted" in arms[0]["type"]:
        return _adjusted(inputs, options)[0]
    control, treatment = map(growthbook_mean, arms)
    difference = stats.compare_means(control, treatment, **options)
    return _relative(inputs, control, treatment, difference)


def _side(inputs: Mapping[str, Any]) -> stats.Alternative:
    name = inputs.get("test", "TwoSidedTTest").removeprefix(SEQUENTIAL)
    if name not in SIDES:
        raise NotCovered(f"the test {name}")
    return SIDES[name]


def _relative(
    inputs: Mapping[str, Any],
    control: stats.Mean,
    treatment: stats.Mean,
    difference: stats.Difference,
) -> stats.Difference:
    if inputs["difference"] == "absolute":
        return difference
    if inputs["difference"] != "relative":
        raise NotCovered(f"a {inputs['difference']} difference")
    return stats.delta_lift(
        control.mean,
        treatment.mean,
        control_variance=control.variance_of_mean,
        treatment_variance=treatment.variance_of_mean,
        confidence=difference.confidence,
        alternative=difference.alternative,
        degrees=difference.degrees_of_freedom,
    )


def _adjusted(
    inputs: Mapping[str, Any], options: Mapping[str, Any]
) -> tuple[stats.Difference, float]:
    """CUPED: the effect, and theta; a ratio's from the covariances inside the arms."""
    control, treatment = (growthbook_moments(inputs[arm]) for arm in ("control", "treatment"))
    is_ratio = "Ratio" in inputs["control"]["type"]
    outcome = RATIO if is_ratio else PLAIN
    covariate = (
        stats.Measure(numerator=2, denominator=3) if is_ratio else stats.Measure(numerator=1)
    )
    adjusted = stats.adjust_for_covariates(
        control,
        treatment,
        outcome=outcome,
        covariates=[covariate],
        slopes_from="within" if is_ratio else "together",
    )
    if inputs["difference"] == "absolute":
        found = stats.compare_means(adjusted.control, adjusted.treatment, **options)
    else:
        found = stats.adjusted_delta_lift(
            control, treatment, adjusted, outcome=outcome, covariate=covariate, **options
        )
    return found, adjusted.coefficients[0]


def growthbook_test(vector: Vector) -> Mapping[str, Any]:
    """Any of their t tests, and its sequential form."""
    inputs = vector["inputs"]
    found = growthbook_effect(inputs)
    more: dict[str, Any] = {}
    if "RegressionAdjusted" in inputs["control"]["type"]:
        options = {"confidence": found.confidence, "alternative": found.alternative}
        more["theta"] = _adjusted(inputs, options)[1]
    degrees = found.degrees_of_freedom
    if inputs.get("test", "").startswith(SEQUENTIAL):
        found, more["rho"] = _watched(inputs, found)
    return {
        "effect": found.estimate,
        "ci_low": found.low,
        "ci_high": found.high,
        "std_err": found.standard_error,
        "p_value": found.p_value,
        "dof": degrees,
        **more,
    }


def _watched(inputs: Mapping[str, Any], found: stats.Difference) -> tuple[stats.Difference, float]:
    """The anytime interval and p-value; rho is the root of their mixture's precision."""
    tuned_for = inputs.get("sequential_tuning_parameter", 5_000)
    units = inputs["control"]["n"] + inputs["treatment"]["n"]
    watched = stats.watch(found, units=units, tuned_for=tuned_for)
    p_value = watched.p_value
    if found.alternative != "two-sided":
        p_value = min(p_value, LARGEST_SOUGHT_P)
    rho = stats.best_mixture(1.0, level=1 - found.confidence, alternative=found.alternative)
    return replace(watched, p_value=p_value), 1 / math.sqrt(rho * tuned_for)


def growthbook_strata(vector: Vector) -> Mapping[str, Any]:
    """Post-stratified, with a covariate or without."""
    inputs = vector["inputs"]
    kind = inputs["strata"][0]["control"]["type"]
    covariates, spent = [], None
    if kind == "RegressionAdjustedStatistic":
        covariates, spent = [1], 3
    elif kind == "RegressionAdjustedRatioStatistic":
        # They pay three coefficients for each of numerator and denominator.
        covariates, spent = [2, 3], 6
    cells = [
        (growthbook_moments(cell["control"]), growthbook_moments(cell["treatment"]))
        for cell in inputs["strata"]
    ]
    together = stats.post_stratify(
        cells,
        outcome=RATIO if "Ratio" in kind else PLAIN,
        covariates=covariates,
        degrees_spent=spent,
    )
    options: dict[str, Any] = {"confidence": 1 - inputs.get("alpha", 0.05)}
    if inputs["difference"] == "absolute":
        found = together.difference(**options)
    else:
        found = stats.delta_lift(
            together.control,
            together.treatment,
            control_variance=together.control_variance,
            treatment_variance=together.treatment_variance,
            covariance=together.covariance,
            **options,
        )
    return {
        "effect": found.estimate,
        "std_err": found.standard_error,
        "ci_low": found.low,
        "ci_high": found.high,
        "p_value": found.p_value,
        "n": sum(arm.units for cell in cells for arm in cell),
    }


def growthbook_belief(vector: Vector) -> Mapping[str, Any]:
    """Chance to win, risks and interval; a prior of the other scale is brought to the effect's."""
    inputs = vector["inputs"]
    effect = growthbook_effect({**inputs, "test": "TwoSidedTTest"})
    prior = inputs.get("prior") or {}
    believed = None
    if prior.get("proper"):
        scale = prior_scale(inputs, prior)
        believed = stats.NormalPosterior(
            mean=prior["mean"] * scale, deviation=math.sqrt(prior["variance"]) * scale
        )
    posterior = stats.effect_posterior(effect.estimate, effect.standard_error, prior=believed)
    found = stats.judge_effect(
        posterior,
        confidence=1 - inputs.get("alpha", 0.05),
        is_lower_better=bool(inputs.get("inverse")),
    )
    return {
        "effect": found.effect,
        "ci_low": found.low,
        "ci_high": found.high,
        "posterior_sd": posterior.deviation,
        "chance_to_win": found.beats_control,
        "risk_control": found.loss_of_control,
        "risk_treatment": found.loss_of_treatment,
    }


def prior_scale(inputs: Mapping[str, Any], prior: Mapping[str, Any]) -> float:
    """What the prior's numbers are multiplied by to be on the scale of the effect."""
    asked, given = inputs.get("difference", "relative"), prior.get("scale", asked_scale(prior))
    if asked == given:
        return 1.0
    arm = inputs["control"]
    if "RegressionAdjusted" in arm["type"]:
        base = growthbook_moments(arm).figure(RATIO if "Ratio" in arm["type"] else PLAIN)
    else:
        base = growthbook_mean(arm).mean
    return abs(base) if given == "relative" else 1 / abs(base)


def asked_scale(prior: Mapping[str, Any]) -> str:
    """Their own name of it, and their default."""
    return str(prior.get("type", "relative"))


def growthbook_midway(vector: Vector) -> Mapping[str, Any]:
    """Power of a running test, now and with more units."""
    inputs = vector["inputs"]
    effect = growthbook_effect({"difference": "relative", **inputs, "test": "TwoSidedTTest"})
    prior = inputs.get("prior") or {}
    is_watched = inputs.get("sequential", "sequential" in vector["id"])
    goals = inputs.get("num_goal_metrics", 1)
    options: dict[str, Any] = {
        "error": effect.standard_error,
        "units": inputs["control"]["n"] + inputs["treatment"]["n"],
        "confidence": 1 - inputs["alpha"],
        "comparisons": (inputs.get("num_variations", 2) - 1) * goals,
        "rule": "anytime" if is_watched else "fixed",
        "tuned_for": inputs.get("sequential_tuning_parameter", 5_000),
    }
    if prior.get("proper"):
        options["prior"] = stats.NormalPosterior(
            mean=prior["mean"], deviation=math.sqrt(prior["variance"])
        )
    target = inputs["target_mde"]
    wanted = inputs.get("target_power", 0.8) ** (1 / goals)
    growth = stats.growth_needed(target, power=wanted, **options)
    found: dict[str, Any] = {
        "power_now": stats.power_midway(target, **options),
        "scaling_factor": growth,
        "additional_users": growth * options["units"],
    }
    for name in vector["expected"]:
        head, _, scaling = name.rpartition("_scaling_")
        if head:
            found[name] = stats.power_midway(target, growth=float(scaling), **options)
    return found
