"""Looking early: anytime-valid and group-sequential."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from experiments import stats
from tests.oracles.stat_vectors.joint import growthbook_moments
from tests.oracles.stat_vectors.shapes import Pairs, Vector


def growthbook_sequential(vector: Vector) -> Pairs:
    """The peer watches its symmetric lift; the interval around any estimate is ours.

    The one-sided p is the peer's bisection, right to three digits, with .4999 for no evidence;
    ours is the exact root.
    """
    inputs, theirs = vector["inputs"], vector["expected"]
    control, treatment = (growthbook_moments(inputs[arm]) for arm in ("control", "treatment"))
    estimate, error = theirs["effect"], theirs["std_err"]
    if inputs["difference"] == "absolute":
        fixed = stats.compare_means(control, treatment)
        estimate, error = fixed.estimate, fixed.standard_error
    options = {
        "confidence": 1 - inputs["alpha"],
        "alternative": (
            "greater"
            if "Greater" in inputs["test"]
            else "less"
            if "Lesser" in inputs["test"]
            else "two-sided"
        ),
        "tuned_for": inputs["sequential_tuning_parameter"],
    }
    units = control.units + treatment.units
    half = error * stats.anytime_multiplier(units, **options)
    for end, ours in (("ci_low", estimate - half), ("ci_high", estimate + half)):
        if not isinstance(theirs[end], str):
            yield ours, theirs[end]
    p_value = stats.anytime_p_value(estimate / error, units, **options)
    if options["alternative"] == "two-sided":
        yield p_value, theirs["p_value"]
    else:
        yield round(min(p_value, 0.4999), 3), round(theirs["p_value"], 3)


def growthbook_cuped_sequential(vector: Vector) -> Pairs:
    inputs, theirs = vector["inputs"], vector["expected"]
    units = inputs["control"]["n"] + inputs["treatment"]["n"]
    half = theirs["std_err"] * stats.anytime_multiplier(units)
    yield theirs["effect"] - half, theirs["ci_low"]
    yield theirs["effect"] + half, theirs["ci_high"]
    yield stats.anytime_p_value(theirs["effect"] / theirs["std_err"], units), theirs["p_value"]


def anytime_p_values(vector: Vector) -> Pairs:
    inputs = vector["inputs"]
    for (statistic, units), expected in zip(
        inputs["z_and_N"], vector["expected"]["p"], strict=True
    ):
        ours = stats.anytime_p_value(
            statistic,
            units,
            confidence=1 - inputs["alpha_for_rho"],
            tuned_for=inputs["N_tune"],
        )
        yield ours, expected


def anytime_multipliers(vector: Vector) -> Pairs:
    inputs = vector["inputs"]
    for units, expected in zip(
        inputs["N"], vector["expected"]["halfwidth_over_standard_error"], strict=True
    ):
        ours = stats.anytime_multiplier(
            units, confidence=1 - inputs["alpha"], tuned_for=inputs["N_tune"]
        )
        yield ours, expected


def johari(vector: Vector) -> Pairs:
    theirs = vector["expected"]
    for case, ratio, p_value in zip(
        vector["inputs"]["cases"], theirs["Lambda"], theirs["p"], strict=True
    ):
        ours = stats.mixture_test(
            case["mean_difference"],
            units_per_arm=case["n_per_arm"],
            variance=case["sigma2"],
            effect_variance=case["tau2"],
        )
        yield ours.likelihood_ratio, ratio
        yield ours.p_value, p_value


def howard_mixture(alternative: Any) -> Callable[[Vector], Pairs]:
    def pairs(vector: Vector) -> Pairs:
        inputs, theirs = vector["inputs"], vector["expected"]
        rho = stats.best_mixture(
            inputs["v_opt"], level=inputs["alpha_opt"], alternative=alternative
        )
        options = {"variance": inputs["v"], "rho": rho, "alternative": alternative}
        yield rho, theirs.get("best_rho", rho)
        yield stats.log_mixture(inputs["s"], **options), theirs["log_mixture"]
        yield stats.mixture_boundary(level=inputs["alpha"], **options), theirs["bound"]

    return pairs


def classic_designs(vector: Vector) -> Pairs:
    inputs, theirs = vector["inputs"], vector["expected"]
    for shape in ("pocock", "obrien-fleming"):
        ours = stats.classic_constant(
            inputs["looks"], shape=shape, level=inputs["alpha"], sides=inputs["sides"]
        )
        yield ours, theirs[f"{shape.replace('-', '_')}_constant"]


def spending_bounds(spending: Any) -> Callable[[Vector], Pairs]:
    def pairs(vector: Vector) -> Pairs:
        inputs = vector["inputs"]
        plan = stats.plan_looks(
            inputs["information"],
            level=inputs["alpha"],
            sides=inputs["sides"],
            spending=spending,
        )
        yield from zip(plan.bounds, vector["expected"]["z_bounds"], strict=True)

    return pairs
