"""Planning a test of means, and knowing how long a running one has to go.

The same formulas plan any figure that has a deviation per unit: a ratio's by the delta method
(`Moments.sample`), one adjusted for covariates, one of clusters (`effective_deviation`). Looking
early costs units or power; how many is said before it is chosen.
"""

from __future__ import annotations

import math
from typing import Literal, get_args

import scipy

from experiments.stats.errors import ArgumentImpossible
from experiments.stats.intervals import Alternative, quantile
from experiments.stats.means import welch_degrees
from experiments.stats.sequential import TUNED_FOR_UNITS, anytime_multiplier
from experiments.stats.spending import Looks

TTest = Literal["student", "welch"]

MOST_UNITS = 1e12


def effective_deviation(
    deviation: float,
    *,
    explained: float = 0.0,
    cluster_size: float = 1.0,
    intraclass: float = 0.0,
) -> float:
    """Deviation per unit that a plan should count with.

    deviation * sqrt((1 - R^2) * (1 + (m - 1) ICC)): covariates that explain R^2 of the variance
    shrink it, clusters of m units that resemble each other (ICC) widen it.

    Args:
        deviation: Standard deviation of one unit, above zero.
        explained: Share of the variance that covariates explain (`variance_explained`).
        cluster_size: Units of one randomised cluster on average, 1 or more.
        intraclass: Correlation of two units of one cluster, from 0 to 1.

    Raises:
        ArgumentImpossible: A number is outside its range.

    Source: Deng et al. (2013), WSDM; Kish (1965), Survey Sampling, 5.4.

    >>> effective_deviation(10.0, explained=0.75)
    5.0
    """
    if not (deviation > 0 and 0 <= explained < 1 and cluster_size >= 1 and 0 <= intraclass <= 1):
        raise ArgumentImpossible("deviation, explained, cluster_size or intraclass is impossible")
    return deviation * math.sqrt((1 - explained) * (1 + (cluster_size - 1) * intraclass))


def power_of_means(
    effect: float,
    *,
    deviation: float,
    units_per_arm: float,
    ratio: float = 1.0,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    comparisons: int = 1,
    test: TTest = "student",
) -> float:
    """Probability that the t test finds a difference of the means.

    Noncentral t, one deviation in both arms; of a two-sided test the chance to reject on the wrong
    side is counted too. "student" has n + m - 2 degrees of freedom (R, statsmodels), "welch" those
    of `compare_means`: the same for arms of one size, fewer and a little less power for others.

    Args:
        effect: True difference, treatment minus control.
        deviation: Standard deviation of one unit.
        units_per_arm: Units in control, more than 1.
        ratio: Units in treatment for each in control.
        confidence: One minus the level of the test.
        alternative: Which sides the test has.
        comparisons: Arms compared with control; the level is divided by it (Bonferroni).
        test: "student" or "welch".

    Raises:
        ArgumentImpossible: A number is outside its range, or there is no such test.

    >>> round(power_of_means(1.0, deviation=1.0, units_per_arm=20), 6)
    0.868953
    """
    _check(deviation, units_per_arm, ratio, comparisons)
    degrees = _degrees(units_per_arm, ratio, test)
    drift = effect / (deviation * math.sqrt((1 + 1 / ratio) / units_per_arm))
    level = 1 - (1 - confidence) / comparisons
    edge = quantile(level, alternative=alternative, degrees=degrees)
    if alternative == "less":
        return _below(-edge, degrees, drift)
    wrong = _below(-edge, degrees, drift) if alternative == "two-sided" else 0.0
    return 1 - _below(edge, degrees, drift) + wrong


def units_for_means(
    effect: float,
    *,
    deviation: float,
    power: float = 0.8,
    ratio: float = 1.0,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    comparisons: int = 1,
    test: TTest = "student",
) -> float:
    """Units control needs so that the effect is found with probability `power`; not rounded.

    Treatment needs `ratio` times as many. For a rule that looks early multiply by
    `inflation_of_looks`.

    Raises:
        ArgumentImpossible: As `power_of_means`; or no number of units reaches that power.

    >>> round(units_for_means(1.0, deviation=1.0, power=0.9), 4)
    22.0211
    """

    def shortfall(log_units: float) -> float:
        found = power_of_means(
            effect,
            deviation=deviation,
            units_per_arm=math.exp(log_units),
            ratio=ratio,
            confidence=confidence,
            alternative=alternative,
            comparisons=comparisons,
            test=test,
        )
        return found - power

    # One degree of freedom is the least there is; Welch's test needs a spread in both arms.
    _check(deviation, MOST_UNITS, ratio, comparisons)
    least = 3 / (1 + ratio) if test == "student" else 1.5 / min(ratio, 1.0)
    smallest, largest = math.log(least), math.log(MOST_UNITS)
    if not 0 < power < 1 or shortfall(largest) < 0:
        raise ArgumentImpossible(f"no number of units finds an effect of {effect} so surely")
    if shortfall(smallest) >= 0:
        return math.exp(smallest)
    return math.exp(float(scipy.optimize.brentq(shortfall, smallest, largest, xtol=1e-13)))


def detectable_difference(
    *,
    deviation: float,
    units_per_arm: float,
    power: float = 0.8,
    ratio: float = 1.0,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    comparisons: int = 1,
    test: TTest = "student",
) -> float:
    """Smallest difference of the means found with probability `power`; negative for "less".

    Raises:
        ArgumentImpossible: As `power_of_means`; or `power` is not between the level and 1.

    >>> round(detectable_difference(deviation=1.0, units_per_arm=63.76561), 4)
    0.5
    """
    _check(deviation, units_per_arm, ratio, comparisons)
    if not 1 - confidence < power < 1:
        raise ArgumentImpossible(f"power ({power}) must lie between the level and 1")
    sign = -1.0 if alternative == "less" else 1.0
    error = deviation * math.sqrt((1 + 1 / ratio) / units_per_arm)

    def shortfall(drift: float) -> float:
        found = power_of_means(
            sign * drift * error,
            deviation=deviation,
            units_per_arm=units_per_arm,
            ratio=ratio,
            confidence=confidence,
            alternative=alternative,
            comparisons=comparisons,
            test=test,
        )
        return found - power

    largest = 1.0
    while shortfall(largest) < 0:
        largest *= 2
    return sign * error * float(scipy.optimize.brentq(shortfall, 0.0, largest, xtol=1e-12))


def power_when_watched(
    drift: float,
    *,
    units: float,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    tuned_for: float = TUNED_FOR_UNITS,
) -> float:
    """Power of one look of the anytime rule: the price of being free to look at any time.

    Args:
        drift: Effect / its standard error at these units; 2.80 is 80 % power of the fixed test.
        units: Units of both arms together at the look.
        confidence: Of the sequence.
        alternative: Which sides it has.
        tuned_for: Units it is tuned for.

    Raises:
        ArgumentImpossible: An option has no meaning.
        TooFewUnits: There are no units.

    >>> round(power_when_watched(2.8016, units=5_000), 3)
    0.408
    """
    edge = anytime_multiplier(
        units, confidence=confidence, alternative=alternative, tuned_for=tuned_for
    )
    above, below = float(scipy.special.ndtr(drift - edge)), float(scipy.special.ndtr(-drift - edge))
    if alternative == "two-sided":
        return above + below
    return above if alternative == "greater" else below


def inflation_of_looks(looks: Looks, *, power: float = 0.8) -> float:
    """Units a group-sequential test needs at its end, for each one that the fixed test needs.

    Raises:
        ArgumentImpossible: `power` is not between the level and 1.

    Source: Jennison and Turnbull (2000), tables 2.2 and 2.4.

    >>> from experiments.stats.spending import plan_looks
    >>> round(inflation_of_looks(plan_looks([0.2, 0.4, 0.6, 0.8, 1.0])), 3)
    1.025
    """
    level = math.fsum(looks.crossing())
    if not level < power < 1:
        raise ArgumentImpossible(f"power ({power}) must lie between the level and 1")

    def shortfall(drift: float) -> float:
        return math.fsum(looks.crossing(drift=drift)) - power

    needed = float(scipy.optimize.brentq(shortfall, 0.0, 40.0, xtol=1e-10))
    fixed = float(-scipy.special.ndtri(level / looks.sides) + scipy.special.ndtri(power))
    return (needed / fixed) ** 2


def days_left(*, units_needed: float, units_seen: float, units_per_day: float) -> int:
    """Whole days until a running test has its units, at the traffic it has now.

    Raises:
        ArgumentImpossible: A number is negative, or there is no traffic and units are missing.

    >>> days_left(units_needed=10_000, units_seen=4_000, units_per_day=700)
    9
    """
    if min(units_needed, units_seen, units_per_day) < 0:
        raise ArgumentImpossible("units must not be negative")
    missing = max(units_needed - units_seen, 0.0)
    if missing and not units_per_day:
        raise ArgumentImpossible("no unit enters the test, so it never ends")
    return math.ceil(missing / units_per_day) if missing else 0


def _below(statistic: float, degrees: float, drift: float) -> float:
    """Noncentral t; far out in a tail, where its series fails, the normal distribution."""
    below = float(scipy.special.nctdtr(degrees, drift, statistic))
    return float(scipy.special.ndtr(statistic - drift)) if math.isnan(below) else below


def _degrees(units: float, ratio: float, test: TTest) -> float:
    if test not in get_args(TTest):
        raise ArgumentImpossible(f"test must be one of {', '.join(get_args(TTest))}")
    if test == "student":
        return units * (1 + ratio) - 2
    if not units * min(ratio, 1.0) > 1:
        raise ArgumentImpossible(f"an arm of {units * min(ratio, 1.0)} units has no spread")
    return welch_degrees(
        1 / units, 1 / (ratio * units), control_units=units, treatment_units=ratio * units
    )


def _check(deviation: float, units: float, ratio: float, comparisons: int) -> None:
    if not (deviation > 0 and ratio > 0 and comparisons >= 1):
        raise ArgumentImpossible("deviation and ratio must be above zero, comparisons 1 or more")
    if not units * (1 + ratio) > 2:
        raise ArgumentImpossible(f"{units} units leave no degree of freedom")
