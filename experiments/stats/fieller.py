"""Fieller's interval of a lift: exact for normal means, and honest about a control near zero."""

from __future__ import annotations

import math

from experiments.stats.errors import BaselineNotPositive, RatioTooUncertain, VarianceIsZero
from experiments.stats.intervals import Alternative, Lift, quantile


def fieller_lift(
    control_mean: float,
    treatment_mean: float,
    *,
    control_variance: float,
    treatment_variance: float,
    covariance: float = 0.0,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    degrees: float = math.inf,
) -> Lift:
    r"""Lift whose interval holds every ratio r for which T - r C is not significantly off zero.

    The ends are the roots of (C^2 - q^2 v_C) r^2 - 2 (C T - q^2 c) r + (T^2 - q^2 v_T) = 0,
    minus 1, with q a quantile of t or of the normal. Unlike the log-ratio interval it needs no
    treatment above zero. Where the control itself is not significantly above zero the set of
    ratios is unbounded, and there is no interval to give.

    Args:
        control_mean: Mean of the control, above zero.
        treatment_mean: Mean of the treatment, of any sign.
        control_variance: Variance of the control's mean (not of a unit).
        treatment_variance: Variance of the treatment's mean.
        covariance: Of the two means; zero for arms of different units.
        confidence: Of the interval.
        alternative: Which sides the interval has; the open end of "less" is minus infinity.
        degrees: Degrees of freedom; infinity means the normal distribution.

    Raises:
        BaselineNotPositive: The control's mean is zero or below.
        RatioTooUncertain: The control's mean is not significantly above zero.
        VarianceIsZero: The ratio has no error.
        ArgumentImpossible: An option has no meaning.

    Source: E. C. Fieller (1954), "Some problems in interval estimation", JRSS B 16.

    >>> lift = fieller_lift(5.0, 5.2, control_variance=0.009, treatment_variance=0.01)
    >>> round(lift.estimate, 4), round(lift.low, 4), round(lift.high, 4)
    (0.04, -0.0137, 0.0966)
    """
    if control_mean <= 0:
        raise BaselineNotPositive("the control's mean is not above zero, so there is no lift")
    square = quantile(confidence, alternative=alternative, degrees=degrees) ** 2
    leading = control_mean**2 - square * control_variance
    if leading <= 0:
        raise RatioTooUncertain("the control's mean is not surely above zero: any lift is possible")
    middle = control_mean * treatment_mean - square * covariance
    last = treatment_mean**2 - square * treatment_variance
    root = math.sqrt(max(middle**2 - leading * last, 0.0))
    if not root:
        raise VarianceIsZero("neither arm has any spread, so the lift has no interval")
    return Lift(
        estimate=treatment_mean / control_mean - 1,
        low=-math.inf if alternative == "less" else (middle - root) / leading - 1,
        high=math.inf if alternative == "greater" else (middle + root) / leading - 1,
        confidence=confidence,
        alternative=alternative,
    )
