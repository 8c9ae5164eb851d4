"""A running test asked how it stands: the power it has now, and how much more it needs.

The error seen so far stands for the planned one. The question is what the test would find of an
effect worth finding, never of the effect seen: "observed power" is the p-value in other clothes.
"""

from __future__ import annotations

import math
from typing import Literal

import scipy

from experiments.stats.errors import ArgumentImpossible, VarianceIsZero
from experiments.stats.intervals import quantile
from experiments.stats.posteriors import NormalPosterior
from experiments.stats.sequential import TUNED_FOR_UNITS, anytime_multiplier

Rule = Literal["fixed", "anytime"]

# 2^27 times the units so far: beyond it "more units" is no advice.
MOST_GROWTH = 2.0**27


def power_midway(
    effect: float,
    *,
    error: float,
    units: float,
    growth: float = 0.0,
    confidence: float = 0.95,
    comparisons: int = 1,
    rule: Rule = "fixed",
    tuned_for: float = TUNED_FOR_UNITS,
    prior: NormalPosterior | None = None,
) -> float:
    """Power for an effect once the test has `growth` times its units more than now.

    With V = SE^2 / (1 + s) and h the half width of the interval then:
    Phi((e - h) / sqrt(V)) + Phi(-(e + h) / sqrt(V)). With a prior it is the probability that the
    credible interval of the posterior leaves zero out.

    Args:
        effect: Worth finding, in the scale of `error`; its sign does not matter.
        error: Standard error of the difference (or lift) now.
        units: Units of both arms together now.
        growth: s, the further units as a multiple of these; 0 asks for now.
        confidence: Of the two-sided test.
        comparisons: The level is divided by it (Bonferroni).
        rule: "fixed", or "anytime" (`watch`).
        tuned_for: Units the anytime rule is tuned for.
        prior: Of the effect; with the rule "fixed" only.

    Raises:
        ArgumentImpossible: An option has no meaning.
        VarianceIsZero: There is no error.
        TooFewUnits: There are no units.

    >>> round(power_midway(0.05, error=0.0632, units=1_000), 3)
    0.124
    """
    if growth < 0 or comparisons < 1 or (prior is not None and rule != "fixed"):
        raise ArgumentImpossible("growth must be 0 or more, comparisons 1, a prior goes with fixed")
    if not error > 0:
        raise VarianceIsZero("the effect has no error, so its power has no meaning")
    level = 1 - (1 - confidence) / comparisons
    deviation = error / math.sqrt(1 + growth)
    if rule == "anytime":
        edge = anytime_multiplier(units * (1 + growth), confidence=level, tuned_for=tuned_for)
    else:
        edge = quantile(level)
    shift = 0.0
    if prior is not None:
        believed = (deviation / prior.deviation) ** 2
        edge, shift = edge * math.sqrt(1 + believed), believed * prior.mean / deviation
    size = abs(effect) / deviation
    above, below = scipy.special.ndtr(size + shift - edge), scipy.special.ndtr(-size - shift - edge)
    return float(above + below)


def growth_needed(
    effect: float,
    *,
    error: float,
    units: float,
    power: float = 0.8,
    confidence: float = 0.95,
    comparisons: int = 1,
    rule: Rule = "fixed",
    tuned_for: float = TUNED_FOR_UNITS,
    prior: NormalPosterior | None = None,
) -> float:
    """How many times its units more a running test needs for this power; 0 when it has it.

    Raises:
        ArgumentImpossible: As `power_midway`; or no number of units that could be had is enough.

    >>> round(growth_needed(0.05, error=0.0632, units=1_000), 2)
    11.54
    """

    def shortfall(growth: float) -> float:
        found = power_midway(
            effect,
            error=error,
            units=units,
            growth=growth,
            confidence=confidence,
            comparisons=comparisons,
            rule=rule,
            tuned_for=tuned_for,
            prior=prior,
        )
        return found - power

    if shortfall(0.0) >= 0:
        return 0.0
    high = 1.0
    while high <= MOST_GROWTH and shortfall(high) < 0:
        high *= 2
    if high > MOST_GROWTH:
        raise ArgumentImpossible("no number of units that could be had finds this effect so surely")
    return float(scipy.optimize.brentq(shortfall, 0.0, high, xtol=1e-9))
