"""Planning a test of proportions: how many units, or how small an effect would be seen."""

from __future__ import annotations

import math
from typing import Literal, get_args

import scipy

from experiments.stats.errors import ArgumentImpossible
from experiments.stats.intervals import Alternative, quantile

NullRate = Literal["middle", "baseline"]


def power_of_proportions(
    baseline: float,
    changed: float,
    *,
    units_per_arm: float,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    comparisons: int = 1,
) -> float:
    """Probability that the score test finds a change of the rate from `baseline` to `changed`.

    Normal approximation, pooled variance under the hypothesis and unpooled under the change; as R's
    `power.prop.test`, the chance to reject on the wrong side is left out.

    Args:
        baseline: The control's true rate.
        changed: The treatment's true rate, another than the baseline.
        units_per_arm: Units in each of the two arms.
        confidence: One minus the level of the test.
        alternative: Which sides the test has.
        comparisons: Arms compared with control; the level is divided by it (Bonferroni).

    Raises:
        ArgumentImpossible: A rate is not inside (0, 1), the rates are equal, or a number
            is not positive.

    >>> round(power_of_proportions(0.50, 0.75, units_per_arm=76.7), 3)
    0.9
    """
    _check(baseline, changed, alternative, comparisons)
    if units_per_arm <= 0:
        raise ArgumentImpossible(f"units_per_arm must be positive; it is {units_per_arm}")
    z = _critical(confidence, alternative, comparisons)
    null, other = _deviations(baseline, changed)
    reached = (abs(changed - baseline) * math.sqrt(units_per_arm) - z * null) / other
    return float(scipy.special.ndtr(reached))


def units_needed(
    baseline: float,
    changed: float,
    *,
    power: float = 0.8,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    comparisons: int = 1,
    null_rate: NullRate = "middle",
) -> int:
    """Units each arm needs so that the change is found with probability `power`, rounded up.

    Raises:
        ArgumentImpossible: As `exact_units_needed`.

    >>> units_needed(0.50, 0.75, power=0.9)
    77
    """
    exact = exact_units_needed(
        baseline,
        changed,
        power=power,
        confidence=confidence,
        alternative=alternative,
        comparisons=comparisons,
        null_rate=null_rate,
    )
    return max(1, math.ceil(exact))


def exact_units_needed(
    baseline: float,
    changed: float,
    *,
    power: float = 0.8,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    comparisons: int = 1,
    null_rate: NullRate = "middle",
) -> float:
    """Units each arm needs so that the change is found with probability `power`; not rounded.

    n = (z_a sqrt(2 p(1-p)) + z_b sqrt(p1(1-p1) + p2(1-p2)))^2 / (p2-p1)^2, p the rates' mean, as
    the test pools them. Some calculators put the baseline in the place of p (Evan Miller's): too
    few units for a rise of a rate below one half, about 6 % of them at 20 % + 5 points.

    Args:
        baseline: The control's true rate.
        changed: The treatment's true rate, another than the baseline.
        power: Probability to find the change.
        confidence: One minus the level of the test.
        alternative: Which sides the test has.
        comparisons: Arms compared with control; the level is divided by it (Bonferroni).
        null_rate: "middle" or "baseline".

    Raises:
        ArgumentImpossible: As `power_of_proportions`; or `power` is not inside (0, 1).

    Source: Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, 4.

    >>> round(exact_units_needed(0.50, 0.75, power=0.9), 2)
    76.71
    """
    _check(baseline, changed, alternative, comparisons)
    if not 0 < power < 1:
        raise ArgumentImpossible(f"power must lie between 0 and 1; it is {power}")
    z = _critical(confidence, alternative, comparisons)
    null, other = _deviations(baseline, changed)
    if null_rate not in get_args(NullRate):
        raise ArgumentImpossible("null_rate must be 'middle' or 'baseline'")
    if null_rate == "baseline":
        null = math.sqrt(2 * baseline * (1 - baseline))
    wanted = max(z * null + float(scipy.special.ndtri(power)) * other, 0.0)
    return (wanted / (changed - baseline)) ** 2


def detectable_effect(
    baseline: float,
    *,
    units_per_arm: int,
    power: float = 0.8,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    comparisons: int = 1,
) -> float:
    """Smallest difference of the rate, treatment minus control, found with probability `power`.

    It is a rise; for the alternative "less" it is a fall, and negative.

    Raises:
        ArgumentImpossible: As above; or not even a rate of 1 (or 0) would be found by so few units.

    >>> round(detectable_effect(0.50, units_per_arm=77, power=0.9), 3)
    0.25
    """
    edge = 0.0 if alternative == "less" else 1.0

    def shortfall(effect: float) -> float:
        found = power_of_proportions(
            baseline,
            baseline + effect,
            units_per_arm=units_per_arm,
            confidence=confidence,
            alternative=alternative,
            comparisons=comparisons,
        )
        return found - power

    smallest, largest = (edge - baseline) * 1e-9, (edge - baseline) * (1 - 1e-9)
    if shortfall(largest) < 0:
        raise ArgumentImpossible(
            f"{units_per_arm} units an arm cannot find any change of a rate of {baseline} "
            f"with power {power}: plan for more units"
        )
    if shortfall(smallest) >= 0:
        raise ArgumentImpossible(f"power ({power}) must be above the level of the test")
    return float(scipy.optimize.brentq(shortfall, smallest, largest, xtol=1e-12))


def _check(baseline: float, changed: float, alternative: str, comparisons: int) -> None:
    if not (0 < baseline < 1 and 0 < changed < 1):
        raise ArgumentImpossible(f"rates must lie between 0 and 1; they are {baseline}, {changed}")
    if baseline == changed:
        raise ArgumentImpossible("the rates are equal: no number of units would find a change")
    if (alternative == "greater" and changed < baseline) or (
        alternative == "less" and changed > baseline
    ):
        raise ArgumentImpossible(f"a test of {alternative!r} does not look for this change")
    if comparisons < 1:
        raise ArgumentImpossible(f"comparisons must be 1 or more; it is {comparisons}")


def _critical(confidence: float, alternative: Alternative, comparisons: int) -> float:
    return quantile(1 - (1 - confidence) / comparisons, alternative=alternative)


def _deviations(baseline: float, changed: float) -> tuple[float, float]:
    middle = (baseline + changed) / 2
    return (
        math.sqrt(2 * middle * (1 - middle)),
        math.sqrt(baseline * (1 - baseline) + changed * (1 - changed)),
    )
