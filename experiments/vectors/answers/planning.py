"""How many units a test needs, what it finds, and how surely."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from experiments import stats
from experiments.vectors.answers.effects import tea_figure
from experiments.vectors.answers.kinds import NotCovered, Vector, first_of, under_its_name

# Of Spotify's SampleSize class, as its own expectations show (see the disputes).
SPOTIFY_POWER = 0.85


def spotify_sample_size(vector: Vector) -> Mapping[str, Any]:
    """Two arms of a rate or of a mean, counted together."""
    inputs = {"alpha": 0.05, "power": SPOTIFY_POWER} | vector["inputs"]
    options = {"power": inputs["power"], "confidence": 1 - inputs["alpha"]}
    if inputs.get("treatments", 2) != 2:
        raise NotCovered("several arms at once")
    if "baseline_proportion" in inputs:
        baseline = inputs["baseline_proportion"]
        changed = baseline + inputs["absolute_percentage_mde"]
        each: float = stats.units_needed(baseline, changed, **options)
    else:
        effect = first_of(inputs, "average_absolute_mde", "absolute_mde", "mde")
        deviation = math.sqrt(first_of(inputs, "baseline_variance", "variance"))
        each = stats.units_for_means(effect, deviation=deviation, **options)
    return {"total_n_gpower": 2 * each, "total_n_spotify": 2 * each}


def tea_power(vector: Vector) -> Any:
    """What tea-tasting's `solve_power` gives, in every combination that is asked for."""
    inputs = vector["inputs"]
    mean, deviation = tea_figure(inputs)
    return [
        _solved({**inputs, **row}, inputs["solve_for"], mean, deviation)
        for row in vector["expected"]
    ]


def _solved(
    row: Mapping[str, Any], wanted: str, mean: float, deviation: float
) -> Mapping[str, Any]:
    ratio = row.get("ratio", 1)
    found = {name: row[name] for name in ("power", "effect_size", "rel_effect_size", "n_obs")}
    options: dict[str, Any] = {
        "deviation": deviation,
        "ratio": ratio,
        "confidence": 1 - row.get("alpha", 0.05),
        "alternative": row.get("alternative", "two-sided"),
        # Theirs are planned by the test that they run.
        "test": "student" if row.get("equal_var") else "welch",
    }
    arm = found["n_obs"] / (1 + ratio)
    if wanted == "power":
        found["power"] = stats.power_of_means(found["effect_size"], units_per_arm=arm, **options)
    elif wanted == "n_obs":
        each = stats.units_for_means(found["effect_size"], power=found["power"], **options)
        found["n_obs"] = math.ceil(each * (1 + ratio))
    else:
        found["effect_size"] = stats.detectable_difference(
            units_per_arm=arm, power=found["power"], **options
        )
        found["rel_effect_size"] = found["effect_size"] / mean
    return found


def cohen_units(vector: Vector) -> Mapping[str, Any]:
    """Units of an arm for an effect in deviations."""
    inputs = vector["inputs"]
    each = stats.units_for_means(
        inputs["d"],
        deviation=1.0,
        power=inputs["power"],
        confidence=1 - inputs["alpha"],
        ratio=inputs.get("ratio", 1.0),
    )
    return {"n_per_group": each}


def cuped_identity(vector: Vector) -> Mapping[str, Any]:
    """How the sample shrinks with a covariate of this correlation."""
    return {
        "required_n_multiplier": [
            stats.effective_deviation(1.0, explained=rho**2) ** 2 for rho in vector["inputs"]["rho"]
        ]
    }


def r_power_of_means(vector: Vector) -> Mapping[str, Any]:
    """R's power.t.test: the units, or the power when these are given."""
    inputs = vector["inputs"]
    effect = first_of(inputs, "delta", "effect")
    level = first_of({**inputs, "default": 0.05}, "sig_level", "alpha", "default")
    # Of two sides R leaves out the chance to reject on the wrong one, unless told to be strict.
    options: dict[str, Any] = {
        "deviation": inputs.get("sd", 1.0),
        "confidence": 1 - level / inputs.get("sides", 2),
        "alternative": "greater",
    }
    units = inputs.get("n", inputs.get("n_per_group"))
    if units is None:
        return under_its_name(
            vector, stats.units_for_means(effect, power=inputs["power"], **options)
        )
    return under_its_name(vector, stats.power_of_means(effect, units_per_arm=units, **options))


def r_power_of_rates(vector: Vector) -> Mapping[str, Any]:
    """R's power.prop.test, which does not round."""
    inputs = vector["inputs"]
    rates = inputs["p1"], inputs["p2"]
    level = first_of({**inputs, "default": 0.05}, "sig_level", "alpha", "default")
    units = inputs.get("n", inputs.get("n_per_group"))
    if units is None:
        return under_its_name(
            vector,
            stats.exact_units_needed(*rates, power=inputs["power"], confidence=1 - level),
        )
    power = stats.power_of_proportions(*rates, units_per_arm=units, confidence=1 - level)
    return under_its_name(vector, power)


def miller_sample_size(vector: Vector) -> Mapping[str, Any]:
    """Evan Miller's calculator, whose null variance is the baseline's; rounded to the nearest."""
    inputs = vector["inputs"]
    baseline = first_of(inputs, "baseline", "baseline_rate", "p", "p1")
    if "p2" in inputs:
        changed = inputs["p2"]
    elif "relative_mde" in inputs:
        changed = baseline * (1 + inputs["relative_mde"])
    else:
        changed = baseline + first_of(inputs, "absolute_mde", "mde", "delta")
    each = stats.exact_units_needed(
        baseline,
        changed,
        power=inputs.get("power", 0.8),
        confidence=1 - inputs.get("alpha", 0.05),
        null_rate="baseline",
    )
    return under_its_name(vector, round(each))
