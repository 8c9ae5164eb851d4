"""Looking early: bounds and p-values that hold at every look, or at the planned ones."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

import scipy

from experiments import stats
from experiments.vectors.answers.kinds import (
    NotCovered,
    Vector,
    first_of,
    proportion,
    under_its_name,
)

# What a spending function is written as: by its beginning, after the spaces are gone.
POWER = re.compile(r"alpha\*t(?:\*\*|\^)?([\d.]*)$")


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
    """Lan and DeMets' bounds, for any of our spending functions."""
    inputs = vector["inputs"]
    options: dict[str, Any] = {"level": inputs["alpha"], "sides": inputs.get("sides", 2)}
    plan = stats.plan_looks(inputs["information"], **options, **_spending(inputs["spending"]))
    return {"z_bounds": list(plan.bounds)}


def _spending(written: str) -> Mapping[str, Any]:
    close = written.replace(" ", "").lower()
    power = POWER.match(close)
    if power:
        return {"spending": "power", "exponent": float(power[1] or 1)}
    if "phi" in close or "obf" in close or "brien" in close:
        return {"spending": "obrien-fleming"}
    if "pocock" in close or ("log" in close or "ln" in close):
        return {"spending": "pocock"}
    raise NotCovered(f"spending as {written}")


def peeking(vector: Vector) -> Mapping[str, Any]:
    """How often a fixed-horizon test is wrong somewhere, when looked at so many times."""
    inputs = vector["inputs"]
    asked = first_of(inputs, "looks", "n_looks", "K", "k")
    level = inputs.get("alpha", 0.05)
    found = [_wrong_somewhere(looks, level) for looks in (asked if _is_list(asked) else [asked])]
    return under_its_name(vector, found if _is_list(asked) else found[0])


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _wrong_somewhere(looks: int, level: float) -> float:
    edge = -float(scipy.special.ndtri(level / 2))
    information = tuple((look + 1) / looks for look in range(looks))
    plan = stats.Looks(information=information, bounds=(edge,) * looks, spent=(), sides=2)
    return sum(plan.crossing())


def howard_boundary(vector: Vector) -> Mapping[str, Any]:
    """The mixtures for other tails than the normal; the id says which, and of how many sides."""
    inputs, name = vector["inputs"], vector["id"]
    side: stats.Alternative = "two-sided" if "two_sided" in name else "greater"
    rho = stats.best_mixture(inputs["v_opt"], level=inputs.get("alpha_opt", 0.05), alternative=side)
    mixture: stats.GammaExponential | stats.GammaPoisson | stats.BetaBinomial
    if "gamma_exp" in name:
        mixture = stats.GammaExponential(rho=rho, scale=inputs["c"])
    elif "gamma_poisson" in name:
        mixture = stats.GammaPoisson(rho=rho, scale=inputs["c"])
    else:
        mixture = stats.BetaBinomial(
            rho=rho, below=inputs["g"], above=inputs["h"], alternative=side
        )
    return {
        "log_mixture": mixture.log_value(inputs["s"], inputs["v"]),
        "bound": stats.crossing_boundary(mixture, inputs["v"], level=inputs["alpha"]),
    }


def howard_stitching(vector: Vector) -> Mapping[str, Any]:
    """The closed boundary of polynomial stitching."""
    inputs = vector["inputs"]
    bound = stats.stitched_boundary(
        inputs["v"],
        first_variance=first_of(inputs, "v_min", "m"),
        level=inputs["alpha"],
        scale=inputs.get("c", 0.0),
        exponent=first_of({**inputs, "default": 1.4}, "s", "default"),
        ratio=inputs.get("eta", 2.0),
    )
    return {"bound": bound}


def howard_rate(vector: Vector) -> Mapping[str, Any]:
    """A confidence sequence of one rate."""
    inputs = vector["inputs"]
    found = stats.watch_rate(
        proportion(inputs["successes"], inputs["trials"]),
        confidence=1 - inputs["alpha"],
        tuned_for=inputs["t_opt"],
    )
    return {"ci_low": found.low, "ci_high": found.high}


def howard_quantiles(vector: Vector) -> Mapping[str, Any]:
    """p of equal quantiles at any time."""
    inputs = vector["inputs"]
    p_value = stats.watch_quantiles(
        first_of(inputs, "a", "a_values", "control", "arm1", "x"),
        first_of(inputs, "b", "b_values", "treatment", "arm2", "y"),
        share=first_of(inputs, "quantile_p", "quantile", "p", "nu"),
        confidence=1 - inputs.get("alpha_opt", 0.05),
        tuned_for=first_of(inputs, "t_opt"),
    )
    return dict.fromkeys(("p", "p_value", "pvalue"), p_value)


def regression(vector: Vector) -> Mapping[str, Any]:
    """The t mixture of a linear model."""
    inputs = vector["inputs"]
    found = stats.regression_mixture(
        first_of(inputs, "t", "t_stat", "statistic"),
        degrees=first_of(inputs, "nu", "dof", "df"),
        information=first_of(inputs, "z2", "z_squared", "information"),
        prior_information=first_of(inputs, "phi", "prior_precision"),
    )
    return {
        "log_bf": math.log(found.likelihood_ratio),
        "log_bayes_factor": math.log(found.likelihood_ratio),
        "bayes_factor": found.likelihood_ratio,
        "p_value": found.p_value,
        "p": found.p_value,
    }


def race(vector: Vector) -> Mapping[str, Any]:
    """Evan Miller's simple sequential test."""
    inputs = vector["inputs"]
    found = [
        stats.plan_race(effect, level=inputs.get("alpha", 0.05), power=inputs.get("power", 0.8))
        for effect in inputs["relative_mde"]
    ]
    return {"N": [each.most for each in found], "d": [each.lead for each in found]}
