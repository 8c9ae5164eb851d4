"""Two means: Welch's test of the difference, and the lift on the log-ratio scale.

The p-value is the difference's, not the lift's: tested with a symmetric error, the lift of skewed
revenue is "significant" in 6 to 13 of 100 A/A tests instead of 5.
"""

from __future__ import annotations

import math

from experiments.stats.errors import VarianceIsZero
from experiments.stats.intervals import (
    Alternative,
    Difference,
    Lift,
    check_two_arms,
    log_ratio_lift,
    quantile,
    tail_probability,
)
from experiments.stats.samples import Mean


def compare_means(
    control: Mean,
    treatment: Mean,
    *,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
) -> Difference:
    """Welch's t test: unequal variances, Welch-Satterthwaite degrees of freedom.

    Args:
        control: The control's moments, of two units or more.
        treatment: The treatment's moments, of two units or more.
        confidence: Of the interval.
        alternative: "greater" looks for a treatment above control.

    Raises:
        TooFewUnits: An arm has fewer than two units.
        VarianceIsZero: No unit differs from its arm's mean, in either arm.
        ArgumentImpossible: An option has no meaning.

    Source: B. L. Welch (1947), Biometrika 34.

    >>> result = compare_means(Mean.of([1.0, 2.0, 3.0]), Mean.of([4.0, 5.0, 9.0]))
    >>> round(result.estimate, 3), round(result.p_value, 4)
    (4.0, 0.1064)
    """
    degrees = _satterthwaite(control, treatment, *_variances(control, treatment))
    error = math.sqrt(sum(_variances(control, treatment)))
    estimate = treatment.mean - control.mean
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
        method="welch",
    )


def relative_mean_lift(
    control: Mean,
    treatment: Mean,
    *,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
) -> Lift:
    """Relative change of the mean; the degrees of freedom are those of the log ratio's own error.

    Raises:
        TooFewUnits: An arm has fewer than two units.
        VarianceIsZero: No unit differs from its arm's mean, in either arm.
        BaselineNotPositive: The control's mean is zero or below.
        TreatmentNotPositive: The treatment's mean is zero or below.
        RatioTooUncertain: A mean is too close to zero for its error.

    >>> lift = relative_mean_lift(Mean.of([4.0, 5.0, 6.0]), Mean.of([5.0, 6.0, 7.0]))
    >>> round(lift.estimate, 3), round(lift.low, 3), round(lift.high, 3)
    (0.2, -0.214, 0.831)
    """
    control_variance, treatment_variance = _variances(control, treatment)
    degrees = math.inf
    if control.mean > 0 and treatment.mean > 0:
        degrees = _satterthwaite(
            control,
            treatment,
            control_variance / control.mean**2,
            treatment_variance / treatment.mean**2,
        )
    return log_ratio_lift(
        control.mean,
        treatment.mean,
        control_variance=control_variance,
        treatment_variance=treatment_variance,
        confidence=confidence,
        alternative=alternative,
        degrees=degrees,
    )


def _variances(control: Mean, treatment: Mean) -> tuple[float, float]:
    check_two_arms(control.units, treatment.units, least=2)
    if not control.centred_squares + treatment.centred_squares:
        raise VarianceIsZero("all units of an arm have the same value, so chance has no size")
    return control.variance_of_mean, treatment.variance_of_mean


def _satterthwaite(control: Mean, treatment: Mean, first: float, second: float) -> float:
    """Degrees of freedom of the sum of two estimated variances of means."""
    # As shares of their sum, neither square can underflow.
    share = first / (first + second)
    return 1 / (share**2 / (control.units - 1) + (1 - share) ** 2 / (treatment.units - 1))
