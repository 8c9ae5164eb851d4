"""Looking early: bounds and p-values that hold at every look, or at the planned ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from experiments import stats
from experiments.vectors.answers.kinds import NotCovered, Vector, mean_of_sums

SEQUENTIAL: Mapping[str, stats.Alternative] = {
    "SequentialTwoSidedTTest": "two-sided",
    "SequentialOneSidedTreatmentGreaterTTest": "greater",
    "SequentialOneSidedTreatmentLesserTTest": "less",
}
Spending = Literal["obrien-fleming", "power"]


def growthbook_sequential(vector: Vector) -> Mapping[str, Any]:
    """Of a difference; their one-sided p is a bisection good for three digits, and not compared."""
    inputs = vector["inputs"]
    if inputs["difference"] != "absolute" or inputs["test"] not in SEQUENTIAL:
        raise NotCovered("the delta-method error of a lift")
    side = SEQUENTIAL[inputs["test"]]
    control, treatment = (mean_of_sums(inputs[arm]) for arm in ("control", "treatment"))
    fixed = stats.compare_means(control, treatment)
    units = control.units + treatment.units
    level, tuned_for = 1 - inputs["alpha"], inputs["sequential_tuning_parameter"]
    half = fixed.standard_error * stats.anytime_multiplier(
        units, confidence=level, alternative=side, tuned_for=tuned_for
    )
    found: dict[str, Any] = {
        "effect": fixed.estimate,
        "std_err": fixed.standard_error,
        "dof": fixed.degrees_of_freedom,
        "ci_low": float("-inf") if side == "less" else fixed.estimate - half,
        "ci_high": float("inf") if side == "greater" else fixed.estimate + half,
    }
    if side == "two-sided":
        found["p_value"] = stats.anytime_p_value(
            fixed.estimate / fixed.standard_error, units, confidence=level, tuned_for=tuned_for
        )
    return found


def anytime_p_values(vector: Vector) -> Mapping[str, Any]:
    """Of standardised statistics."""
    inputs = vector["inputs"]
    level, tuned_for = 1 - inputs["alpha_for_rho"], inputs["N_tune"]
    return {
        "p": [
            stats.anytime_p_value(statistic, units, confidence=level, tuned_for=tuned_for)
            for statistic, units in inputs["z_and_N"]
        ]
    }


def anytime_multipliers(vector: Vector) -> Mapping[str, Any]:
    """Half widths in standard errors."""
    inputs = vector["inputs"]
    level, tuned_for = 1 - inputs["alpha"], inputs["N_tune"]
    return {
        "halfwidth_over_standard_error": [
            stats.anytime_multiplier(units, confidence=level, tuned_for=tuned_for)
            for units in inputs["N"]
        ]
    }


def johari(vector: Vector) -> Mapping[str, Any]:
    """The mixture sequential probability ratio test."""
    found = [
        stats.mixture_test(
            case["mean_difference"],
            units_per_arm=case["n_per_arm"],
            variance=case["sigma2"],
            effect_variance=case["tau2"],
        )
        for case in vector["inputs"]["cases"]
    ]
    return {
        "Lambda": [one.likelihood_ratio for one in found],
        "p": [one.p_value for one in found],
    }


def howard_mixture(vector: Vector) -> Mapping[str, Any]:
    """The normal mixture's boundary; the id says which sides it has."""
    inputs = vector["inputs"]
    side: stats.Alternative = "greater" if "one_sided" in vector["id"] else "two-sided"
    rho = stats.best_mixture(inputs["v_opt"], level=inputs["alpha_opt"], alternative=side)
    variance = inputs["v"]
    return {
        "best_rho": rho,
        "log_mixture": stats.log_mixture(inputs["s"], variance=variance, rho=rho, alternative=side),
        "bound": stats.mixture_boundary(
            level=inputs["alpha"], variance=variance, rho=rho, alternative=side
        ),
    }


def classic_designs(vector: Vector) -> Mapping[str, Any]:
    """Pocock's and O'Brien and Fleming's constants."""
    inputs = vector["inputs"]
    looks, level, sides = inputs["looks"], inputs["alpha"], inputs["sides"]
    return {
        "pocock_constant": stats.classic_constant(looks, shape="pocock", level=level, sides=sides),
        "obrien_fleming_constant": stats.classic_constant(
            looks, shape="obrien-fleming", level=level, sides=sides
        ),
    }


def spending_bounds(vector: Vector) -> Mapping[str, Any]:
    """Lan and DeMets' bounds, for spending as t squared and in O'Brien and Fleming's way."""
    inputs = vector["inputs"]
    spending: Spending | None = None
    if inputs["spending"] == "alpha*t**2":
        spending = "power"
    elif "Phi" in inputs["spending"]:
        spending = "obrien-fleming"
    if spending is None:
        raise NotCovered(f"spending as {inputs['spending']}")
    plan = stats.plan_looks(
        inputs["information"], level=inputs["alpha"], sides=inputs["sides"], spending=spending
    )
    return {"z_bounds": list(plan.bounds)}
