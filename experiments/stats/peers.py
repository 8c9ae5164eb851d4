"""What other platforms report, to reproduce a number that a team brings along. Never our default.

* `delta_lift` tests the lift itself with a symmetric delta-method error (GrowthBook, PostHog). On
  skewed revenue that test rejects 6 to 13 of 100 A/A tests instead of 5, nearly all downwards, as
  a low control makes the lift large and its error small together; our p is the difference's.
* `adjusted_delta_lift` is its form after CUPED, relative to the control as it was, unadjusted.
* `pooled_rates` takes the pooled error for the interval too (tea-tasting): it then excludes zero
  exactly when the test rejects, but it is an interval of no difference, not of the one there is.
"""

from __future__ import annotations

import math

from experiments.stats.covariates import Adjusted
from experiments.stats.errors import (
    BaselineNotPositive,
    TreatmentNotPositive,
    VarianceIsZero,
)
from experiments.stats.intervals import (
    Alternative,
    Difference,
    Lift,
    check_two_arms,
    quantile,
    standard_difference,
    tail_probability,
)
from experiments.stats.means import compare_means
from experiments.stats.moments import Measure, Moments
from experiments.stats.proportions import shrink_to_zero
from experiments.stats.samples import Proportion


def delta_lift(
    control_mean: float,
    treatment_mean: float,
    *,
    control_variance: float,
    treatment_variance: float,
    covariance: float = 0.0,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    degrees: float = math.inf,
) -> Difference:
    """The lift with a symmetric error, tested against zero (see the module for why it is biased).

    With r = T / C: SE^2 = (v_T - 2 r c + r^2 v_C) / C^2.

    Args:
        control_mean: Mean of the control, above zero.
        treatment_mean: Mean of the treatment, of any sign.
        control_variance: Variance of the control's mean (not of a unit).
        treatment_variance: Variance of the treatment's mean.
        covariance: Of the two means; zero for arms of different units.
        confidence: Of the interval.
        alternative: What the test looks for.
        degrees: Degrees of freedom; the platforms take those of the difference.

    Returns:
        A difference whose figures are relative: an estimate of 0.1 is ten percent more.

    Raises:
        BaselineNotPositive: The control's mean is zero or below.
        VarianceIsZero: The lift has no error.
        ArgumentImpossible: An option has no meaning.

    Source: Deng, Knoblich and Lu (2018), "Applying the delta method in metric analytics", KDD.

    >>> found = delta_lift(5.0, 5.2, control_variance=0.009, treatment_variance=0.01)
    >>> round(found.estimate, 4), round(found.low, 4), round(found.high, 4)
    (0.04, -0.0151, 0.0951)
    """
    if control_mean <= 0:
        raise BaselineNotPositive("the control's mean is not above zero, so there is no lift")
    ratio = treatment_mean / control_mean
    variance = treatment_variance - 2 * ratio * covariance + ratio**2 * control_variance
    if not variance > 0:
        raise VarianceIsZero("neither arm has any spread, so the lift has no interval")
    return standard_difference(
        ratio - 1,
        math.sqrt(variance) / control_mean,
        method="delta",
        confidence=confidence,
        alternative=alternative,
        degrees=degrees,
    )


def adjusted_delta_lift(
    control: Moments,
    treatment: Moments,
    adjusted: Adjusted,
    *,
    outcome: Measure,
    covariate: Measure,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
) -> Difference:
    """The adjusted difference relative to the control as it was, with its symmetric error.

    Ours divides by the adjusted control (`relative_mean_lift` of the adjusted samples). With theta
    the slope, C and T the plain figures and d the adjusted difference: d / C, whose error comes
    from theta x - f y in control and y - theta x in treatment, over C; f is T / C for a mean and
    1 + d / C for a ratio (GrowthBook's two ways; the same in large samples).

    Args:
        control: Joint moments of the control's units, before the adjustment.
        treatment: Joint moments of the treatment's units.
        adjusted: What `adjust_for_covariates` made of them, with this one covariate.
        outcome: The columns of the metric.
        covariate: The columns of the covariate.
        confidence: Of the interval.
        alternative: What the test looks for.

    Raises:
        BaselineNotPositive: The control's figure is zero or below.
        VarianceIsZero: The adjusted figures have no error.
        ArgumentImpossible: An option has no meaning.

    >>> from experiments.stats.covariates import adjust_for_covariates
    >>> arms = [Moments.of([[1, 1], [2, 3], [4, 4]]), Moments.of([[3, 2], [4, 3], [7, 6]])]
    >>> columns = {"outcome": Measure(numerator=0)}
    >>> adjusted = adjust_for_covariates(*arms, **columns, covariates=[Measure(numerator=1)])
    >>> found = adjusted_delta_lift(*arms, adjusted, **columns, covariate=Measure(numerator=1))
    >>> round(found.estimate, 3)
    0.523
    """
    before, after = control.figure(outcome), treatment.figure(outcome)
    if before <= 0:
        raise BaselineNotPositive("the control's figure is not above zero, so there is no lift")
    effect = (adjusted.treatment.mean - adjusted.control.mean) / before
    factor = after / before if outcome.denominator is None else 1 + effect
    slope = adjusted.coefficients[0]
    weights = slope * control.gradient(covariate) - factor * control.gradient(outcome)
    of_control = control.combination(0.0, weights).variance_of_mean
    return standard_difference(
        effect,
        math.sqrt(of_control + adjusted.treatment.variance_of_mean) / before,
        method="delta-adjusted",
        confidence=confidence,
        alternative=alternative,
        degrees=compare_means(adjusted.control, adjusted.treatment).degrees_of_freedom,
    )


def pooled_rates(
    control: Proportion,
    treatment: Proportion,
    *,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
    is_corrected: bool = False,
) -> tuple[Difference, Lift]:
    """The z test with the pooled error in its intervals too, corrected for continuity or not.

    The interval is d -+ (z SE + k), with SE^2 = p (1 - p) (1/n + 1/m) of the pooled rate p and
    k = (1/n + 1/m) / 2 when corrected; that of the lift T / C exp(-+(z SE / p + k / C)) - 1.

    Raises:
        TooFewUnits: An arm has no trials.
        VarianceIsZero: Nobody converted, or everybody did.
        BaselineNotPositive: Nobody in control converted.
        TreatmentNotPositive: Nobody in treatment converted.
        ArgumentImpossible: An option has no meaning.

    >>> arms = [Proportion(trials=1000, successes=each) for each in (100, 130)]
    >>> difference, lift = pooled_rates(*arms)
    >>> round(difference.low, 5), round(lift.low, 4)
    (0.00204, 0.0194)
    """
    check_two_arms(control.trials, treatment.trials)
    rate = (control + treatment).rate
    if not 0 < rate < 1:
        raise VarianceIsZero("nobody or everybody converted, so there is nothing to compare")
    inverse = 1 / control.trials + 1 / treatment.trials
    error = math.sqrt(rate * (1 - rate) * inverse)
    shift = inverse / 2 if is_corrected else 0.0
    estimate = treatment.rate - control.rate
    plain = quantile(confidence, alternative=alternative) * error
    half = plain + shift
    difference = Difference(
        estimate=estimate,
        low=-math.inf if alternative == "less" else estimate - half,
        high=math.inf if alternative == "greater" else estimate + half,
        p_value=tail_probability(
            shrink_to_zero(estimate, by=shift) / error, alternative=alternative
        ),
        confidence=confidence,
        alternative=alternative,
        standard_error=error,
        degrees_of_freedom=math.inf,
        method="pooled",
    )
    if not control.successes:
        raise BaselineNotPositive("nobody in control converted, so there is no lift")
    if not treatment.successes:
        raise TreatmentNotPositive("nobody in treatment converted, so its lift is open")
    ratio, factor = treatment.rate / control.rate, math.exp(plain / rate + shift / control.rate)
    lift = Lift(
        estimate=ratio - 1,
        low=-1.0 if alternative == "less" else ratio / factor - 1,
        high=math.inf if alternative == "greater" else ratio * factor - 1,
        confidence=confidence,
        alternative=alternative,
    )
    return difference, lift
