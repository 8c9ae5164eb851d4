"""Interval estimates and the two results built on them: a difference and a lift.

A difference is always treatment minus control; a lift is (treatment - control) / control. Of an
interval that has one side ("greater", "less"), the other end is the parameter's own bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, get_args

import scipy

from experiments.stats.errors import (
    ArgumentImpossible,
    BaselineNotPositive,
    RatioTooUncertain,
    TooFewUnits,
    TreatmentNotPositive,
    VarianceIsZero,
)
from experiments.stats.samples import Mean, Proportion

Alternative = Literal["two-sided", "greater", "less"]
_ALTERNATIVES = get_args(Alternative)

# e^50: a ratio known only to within a factor of 10^21 either way is not known.
WIDEST_LOG_RATIO = 50.0
# Beyond so many standard errors a p-value has no digits left.
FARTHEST = 40.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A confidence interval.

    Attributes:
        low: Its lower end.
        high: Its upper end.
        confidence: The long-run share of such intervals that hold the true value.
    """

    low: float
    high: float
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Treatment minus control, in the metric's own unit.

    Attributes:
        estimate: The observed difference.
        low: Lower end of its interval.
        high: Upper end of its interval.
        p_value: Of the hypothesis that there is no difference, against `alternative`.
        confidence: Of the interval.
        alternative: What the test looks for, in SciPy's words.
        standard_error: Of the test's statistic under its hypothesis.
        degrees_of_freedom: Of the t distribution; infinity where it is the normal.
        method: How the p-value came about: "score", "barnard", "fisher", "welch" and so on.
    """

    estimate: float
    low: float
    high: float
    p_value: float
    confidence: float
    alternative: Alternative
    standard_error: float
    degrees_of_freedom: float
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """Relative change of treatment over control: 0.1 is ten percent more.

    Attributes:
        estimate: Treatment mean / control mean - 1.
        low: Lower end of its interval.
        high: Upper end of its interval.
        confidence: Of the interval.
        alternative: Which sides the interval has, in SciPy's words.
    """

    estimate: float
    low: float
    high: float
    confidence: float
    alternative: Alternative


def check_options(confidence: float, alternative: str) -> None:
    """Refuse a confidence outside (0, 1) and an unknown alternative.

    Raises:
        ArgumentImpossible: One of the two is not usable.
    """
    if not 0 < confidence < 1:
        raise ArgumentImpossible(f"confidence must lie between 0 and 1; it is {confidence}")
    if alternative not in _ALTERNATIVES:
        raise ArgumentImpossible(
            f"alternative must be one of {', '.join(_ALTERNATIVES)}; it is {alternative!r}"
        )


# A report asks for the same few confidences again and again, each with its own degrees of freedom.
@lru_cache(maxsize=4_096)
def quantile(
    confidence: float, *, alternative: Alternative = "two-sided", degrees: float = math.inf
) -> float:
    """Standard errors on each open side of an interval: a quantile of t, or of the normal.

    Args:
        confidence: Of the interval, between 0 and 1.
        alternative: "two-sided" splits the error between both sides.
        degrees: Degrees of freedom; infinity means the normal distribution.

    >>> round(quantile(0.95), 4), round(quantile(0.95, alternative="less"), 4)
    (1.96, 1.6449)
    """
    check_options(confidence, alternative)
    outside = (1 - confidence) / (2 if alternative == "two-sided" else 1)
    if math.isinf(degrees):
        return float(-scipy.special.ndtri(outside))
    return float(-scipy.special.stdtrit(degrees, outside))


def tail_probability(
    statistic: float, *, alternative: Alternative, degrees: float = math.inf
) -> float:
    """p-value of a standardised statistic under t, or under the normal for infinite `degrees`.

    >>> round(tail_probability(1.96, alternative="two-sided"), 4)
    0.05
    """
    if alternative == "two-sided":
        return 2 * tail_probability(-abs(statistic), alternative="less", degrees=degrees)
    below = statistic if alternative == "less" else -statistic
    if math.isinf(degrees):
        return float(scipy.special.ndtr(below))
    return float(scipy.special.stdtr(degrees, below))


def statistic_of(
    p_value: float, *, alternative: Alternative = "greater", degrees: float = math.inf
) -> float:
    """How far toward the alternative the statistic with this p-value lies, to 40 at most.

    The inverse of `tail_probability`, which keeps its digits however small the p-value is. Of one
    side it is below zero where the p-value is above one half.

    >>> round(statistic_of(0.05, alternative="two-sided"), 4), round(statistic_of(1e-30), 4)
    (1.96, 11.464)
    """
    tail = p_value / 2 if alternative == "two-sided" else p_value
    if not 0 < tail < 1:
        return FARTHEST if tail <= 0 else -FARTHEST
    found = (
        scipy.special.ndtri(tail) if math.isinf(degrees) else scipy.special.stdtrit(degrees, tail)
    )
    return min(max(-float(found), -FARTHEST), FARTHEST)


def standard_difference(
    estimate: float,
    error: float,
    *,
    method: str,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    degrees: float = math.inf,
) -> Difference:
    """A difference whose test and interval both come from one standard error.

    Args:
        estimate: Treatment minus control.
        error: Its standard error, above zero.
        method: The name of what was done.
        confidence: Of the interval.
        alternative: What the test looks for.
        degrees: Degrees of freedom; infinity means the normal distribution.

    Raises:
        ArgumentImpossible: An option has no meaning.

    >>> found = standard_difference(1.96, 1.0, method="known error")
    >>> round(found.p_value, 3), round(found.low, 3)
    (0.05, 0.0)
    """
    half = quantile(confidence, alternative=alternative, degrees=degrees) * error
    return Difference(
        estimate=estimate,
        low=-math.inf if alternative == "less" else estimate - half,
        high=math.inf if alternative == "greater" else estimate + half,
        p_value=tail_probability(estimate / error, alternative=alternative, degrees=degrees),
        confidence=confidence,
        alternative=alternative,
        standard_error=error,
        degrees_of_freedom=degrees,
        method=method,
    )


def wilson(sample: Proportion, *, confidence: float = 0.95) -> Interval:
    """Wilson's score interval for one proportion: good at every rate, 0 and 1 included.

    Source: E. B. Wilson (1927), JASA 22; recommended by Brown, Cai and DasGupta (2001).

    Raises:
        TooFewUnits: There are no trials.

    >>> interval = wilson(Proportion(trials=10, successes=0))
    >>> round(interval.low, 4), round(interval.high, 4)
    (0.0, 0.2775)
    """
    low, high = _wilson_ends(sample, quantile(confidence))
    return Interval(low=low, high=high, confidence=confidence)


def _wilson_ends(sample: Proportion, z: float) -> tuple[float, float]:
    rate, trials = sample.rate, sample.trials
    shrink = 1 + z * z / trials
    centre = (rate + z * z / (2 * trials)) / shrink
    half = z / shrink * math.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    low = 0.0 if sample.successes == 0 else centre - half
    high = 1.0 if sample.successes == trials else centre + half
    return low, high


def newcombe(
    control: Proportion,
    treatment: Proportion,
    *,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
) -> Interval:
    """Hybrid score interval for the difference of two proportions, treatment minus control.

    Source: R. G. Newcombe (1998), "Interval estimation for the difference between independent
    proportions", Statistics in Medicine 17, method 10 (no continuity correction).

    Raises:
        TooFewUnits: An arm has no trials.

    >>> interval = newcombe(
    ...     Proportion(trials=1000, successes=100), Proportion(trials=1000, successes=130)
    ... )
    >>> round(interval.low, 6), round(interval.high, 6)
    (0.002002, 0.05807)
    """
    z = quantile(confidence, alternative=alternative)
    control_low, control_high = _wilson_ends(control, z)
    treatment_low, treatment_high = _wilson_ends(treatment, z)
    difference = treatment.rate - control.rate
    down = math.hypot(treatment.rate - treatment_low, control_high - control.rate)
    up = math.hypot(treatment_high - treatment.rate, control.rate - control_low)
    return Interval(
        low=-1.0 if alternative == "less" else max(difference - down, -1.0),
        high=1.0 if alternative == "greater" else min(difference + up, 1.0),
        confidence=confidence,
    )


def mean_interval(sample: Mean, *, confidence: float = 0.95) -> Interval:
    """Student's t interval for one mean.

    Assumes enough units for the mean to be near normal. A sample without spread has no interval.

    Raises:
        TooFewUnits: There are fewer than two units.
        VarianceIsZero: All units have the same value.

    >>> interval = mean_interval(Mean.of([1.0, 2.0, 6.0]))
    >>> round(interval.low, 3), round(interval.high, 3)
    (-3.572, 9.572)
    """
    error = math.sqrt(sample.variance_of_mean)
    if not error:
        raise VarianceIsZero("all units have the same value, so its mean has no interval")
    half = quantile(confidence, degrees=sample.units - 1) * error
    return Interval(low=sample.mean - half, high=sample.mean + half, confidence=confidence)


def check_two_arms(control_units: int, treatment_units: int, *, least: int = 1) -> None:
    """Refuse an arm with fewer than `least` units.

    Raises:
        TooFewUnits: And it names the arm.
    """
    for arm, units in (("control", control_units), ("treatment", treatment_units)):
        if units < least:
            raise TooFewUnits(f"the {arm} has {units} units; a comparison needs {least} or more")


def log_ratio_lift(
    control_mean: float,
    treatment_mean: float,
    *,
    control_variance: float,
    treatment_variance: float,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    degrees: float = math.inf,
) -> Lift:
    r"""Lift with an interval that is symmetric on the scale of the log ratio (delta method).

    (T / C) * exp(+-q * sqrt(v_C / C^2 + v_T / T^2)) - 1, with q a quantile of t or of the normal.
    It cannot fall below -100 %, and covers skewed metrics far better than the symmetric one.

    Args:
        control_mean: Mean of the control, above zero.
        treatment_mean: Mean of the treatment, above zero.
        control_variance: Variance of the control's mean (not of a unit).
        treatment_variance: Variance of the treatment's mean.
        confidence: Of the interval.
        alternative: Which sides the interval has.
        degrees: Degrees of freedom; infinity means the normal distribution.

    Raises:
        BaselineNotPositive: The control's mean is zero or below.
        TreatmentNotPositive: The treatment's mean is zero or below.
        VarianceIsZero: Neither mean has any error.
        RatioTooUncertain: A mean is too close to zero for its error.

    >>> lift = log_ratio_lift(5.0, 5.2, control_variance=0.009, treatment_variance=0.01)
    >>> round(lift.estimate, 4), round(lift.low, 4), round(lift.high, 4)
    (0.04, -0.0136, 0.0966)
    """
    _check_positive(control_mean, treatment_mean)
    error = math.sqrt(control_variance / control_mean**2 + treatment_variance / treatment_mean**2)
    if not error:
        raise VarianceIsZero("neither arm has any spread, so the lift has no interval")
    half = quantile(confidence, alternative=alternative, degrees=degrees) * error
    if half > WIDEST_LOG_RATIO:
        raise RatioTooUncertain("a mean is too close to zero, against its error, for a lift")
    ratio = treatment_mean / control_mean
    return Lift(
        estimate=ratio - 1,
        low=-1.0 if alternative == "less" else ratio * math.exp(-half) - 1,
        high=math.inf if alternative == "greater" else ratio * math.exp(half) - 1,
        confidence=confidence,
        alternative=alternative,
    )


def _check_positive(control_mean: float, treatment_mean: float) -> None:
    if control_mean <= 0:
        raise BaselineNotPositive("the control's mean is not above zero, so there is no lift")
    if treatment_mean <= 0:
        raise TreatmentNotPositive("the treatment's mean is not above zero, so its lift is open")
