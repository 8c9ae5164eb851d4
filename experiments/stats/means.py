"""Two means: Welch's test of the difference, and the lift on the log-ratio scale.

The p-value is the difference's, not the lift's: tested with a symmetric error, the lift of skewed
revenue is "significant" in 6 to 13 of 100 A/A tests instead of 5.
"""

from __future__ import annotations

import math
from typing import Literal, get_args

from experiments.stats.errors import ArgumentImpossible, VarianceIsZero
from experiments.stats.intervals import (
    Alternative,
    Difference,
    Lift,
    check_two_arms,
    log_ratio_lift,
    standard_difference,
)
from experiments.stats.samples import Mean

Method = Literal["welch", "student", "normal"]


def compare_means(
    control: Mean,
    treatment: Mean,
    *,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    method: Method = "welch",
) -> Difference:
    """Welch's t test: unequal variances, Welch-Satterthwaite degrees of freedom.

    "student" takes one variance for both arms and n - 2 degrees: with arms of unequal size it is
    wrong as soon as the treatment changes the spread. "normal" is Welch's error with the normal
    distribution, for the numbers of platforms that report z.

    Args:
        control: The control's moments, of two units or more.
        treatment: The treatment's moments, of two units or more.
        confidence: Of the interval.
        alternative: "greater" looks for a treatment above control.
        method: "welch", "student" or "normal".

    Raises:
        TooFewUnits: An arm has fewer than two units.
        VarianceIsZero: No unit differs from its arm's mean, in either arm.
        ArgumentImpossible: An option has no meaning.

    Source: B. L. Welch (1947), Biometrika 34.

    >>> result = compare_means(Mean.of([1.0, 2.0, 3.0]), Mean.of([4.0, 5.0, 9.0]))
    >>> round(result.estimate, 3), round(result.p_value, 4)
    (4.0, 0.1064)
    """
    first, second, degrees = _spread(control, treatment, method)
    return standard_difference(
        treatment.mean - control.mean,
        math.sqrt(first + second),
        method=method,
        confidence=confidence,
        alternative=alternative,
        degrees=degrees,
    )


def relative_mean_lift(
    control: Mean,
    treatment: Mean,
    *,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    method: Method = "welch",
) -> Lift:
    """Relative change of the mean; the degrees of freedom are those of the log ratio's own error.

    Args:
        control: The control's moments, its mean above zero.
        treatment: The treatment's moments, its mean above zero.
        confidence: Of the interval.
        alternative: Which sides it has.
        method: As of `compare_means`; "student" takes one relative variance for both arms.

    Raises:
        TooFewUnits: An arm has fewer than two units.
        VarianceIsZero: No unit differs from its arm's mean, in either arm.
        BaselineNotPositive: The control's mean is zero or below.
        TreatmentNotPositive: The treatment's mean is zero or below.
        RatioTooUncertain: A mean is too close to zero for its error.
        ArgumentImpossible: An option has no meaning.

    >>> lift = relative_mean_lift(Mean.of([4.0, 5.0, 6.0]), Mean.of([5.0, 6.0, 7.0]))
    >>> round(lift.estimate, 3), round(lift.low, 3), round(lift.high, 3)
    (0.2, -0.214, 0.831)
    """
    scales = (control.mean, treatment.mean)
    if min(scales) <= 0:
        # Two scales of one leave the error to the lift itself, which names the mean at fault.
        scales = (1.0, 1.0)
    first, second, degrees = _spread(control, treatment, method, scales)
    return log_ratio_lift(
        control.mean,
        treatment.mean,
        control_variance=first * scales[0] ** 2,
        treatment_variance=second * scales[1] ** 2,
        confidence=confidence,
        alternative=alternative,
        degrees=degrees,
    )


def welch_degrees(
    first: float, second: float, *, control_units: float, treatment_units: float
) -> float:
    """Welch and Satterthwaite's degrees of freedom of the sum of two estimated variances.

    1 / (s^2 / (n - 1) + (1 - s)^2 / (m - 1)), with s the first one's share of the sum.

    >>> welch_degrees(1.0, 1.0, control_units=10, treatment_units=10)
    18.0
    """
    # As shares of their sum, neither square can underflow.
    share = first / (first + second)
    return 1 / (share**2 / (control_units - 1) + (1 - share) ** 2 / (treatment_units - 1))


def _spread(
    control: Mean,
    treatment: Mean,
    method: str,
    scales: tuple[float, float] = (1.0, 1.0),
) -> tuple[float, float, float]:
    """The variances of both means, each on its scale, and the degrees of freedom."""
    if method not in get_args(Method):
        raise ArgumentImpossible(f"method must be one of {', '.join(get_args(Method))}")
    check_two_arms(control.units, treatment.units, least=2)
    if not control.centred_squares + treatment.centred_squares:
        raise VarianceIsZero("all units of an arm have the same value, so chance has no size")
    if method == "student":
        degrees = control.units + treatment.units - 2
        squares = control.centred_squares / scales[0] ** 2
        pooled = (squares + treatment.centred_squares / scales[1] ** 2) / degrees
        return pooled / control.units, pooled / treatment.units, float(degrees)
    first = control.variance_of_mean / scales[0] ** 2
    second = treatment.variance_of_mean / scales[1] ** 2
    if method == "normal":
        return first, second, math.inf
    units = {"control_units": control.units, "treatment_units": treatment.units}
    return first, second, welch_degrees(first, second, **units)
