"""Variance reduction: what is known of a unit before the test explains part of its outcome.

CUPED with any number of covariates. The outcome and each covariate is a mean or a ratio of means;
ratios enter through their delta-method values per unit. A covariate must be measured before the
assignment: one the treatment can move takes the effect away with the noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from experiments.stats.errors import ArgumentImpossible, TooFewUnits
from experiments.stats.intervals import check_two_arms
from experiments.stats.moments import Matrix, Measure, Moments
from experiments.stats.samples import Mean, merge

Slopes = Literal["together", "within"]

# Covariates whose spread in a direction is below this share of the largest are taken as copies.
COLLINEAR_BELOW = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjusted:
    """Both arms after the adjustment, ready for `compare_means` and `relative_mean_lift`.

    Attributes:
        control: The control's adjusted mean and spread.
        treatment: The treatment's.
        coefficients: One for each covariate: the outcome's change per unit of it.
        variance_kept: Share of the difference's variance that is left: 1 - R^2 in large samples.
            A planned sample shrinks by it.
    """

    control: Mean
    treatment: Mean
    coefficients: tuple[float, ...]
    variance_kept: float


def adjust_for_covariates(
    control: Moments,
    treatment: Moments,
    *,
    outcome: Measure,
    covariates: Sequence[Measure],
    slopes_from: Slopes = "together",
) -> Adjusted:
    """CUPED: take from each arm's mean what its covariates, better or worse than all, explain.

    mean_adj = mean(y) - theta' (mean(x) - mean of x in both arms together);
    theta = Cov(x)^-1 Cov(x, y) over the units of both arms together, or the sum of each arm's own
    covariances ("within"), which leaves the effect itself out of the slope.

    The denominators: theta's covariances and each arm's variance of y - theta'x have units - 1, as
    if theta were known (it costs 1/n of the variance for each covariate). A lift is relative to
    the adjusted mean of control, which estimates the same as the plain one, with less noise.
    A covariate without spread, or one that repeats the others, says nothing and changes nothing.

    Args:
        control: Joint moments of the control's units.
        treatment: Joint moments of the treatment's units, in the same columns.
        outcome: The columns of the metric.
        covariates: The columns of each covariate, one or more.
        slopes_from: "together" or "within"; in large samples they are the same.

    Raises:
        ArgumentImpossible: There is no covariate, no such column, or no such option.
        SampleImpossible: The arms have different columns.
        TooFewUnits: An arm has fewer than two units.
        BaselineNotPositive: The denominator of a ratio is zero or below on average.

    Source: Deng, Xu, Kohavi and Walker (2013), "Improving the sensitivity of online controlled
    experiments by utilizing pre-experiment data", WSDM.

    >>> arms = [Moments.of([[1, 1], [2, 3], [4, 4]]), Moments.of([[3, 2], [4, 3], [7, 6]])]
    >>> adjusted = adjust_for_covariates(
    ...     *arms, outcome=Measure(numerator=0), covariates=[Measure(numerator=1)]
    ... )
    >>> round(adjusted.treatment.mean - adjusted.control.mean, 4), round(adjusted.variance_kept, 4)
    (1.221, 0.0682)
    """
    check_two_arms(control.units, treatment.units, least=2)
    arms, kept, coefficients = _adjust([control, treatment], outcome, covariates, slopes_from)
    return Adjusted(
        control=arms[0], treatment=arms[1], coefficients=coefficients, variance_kept=kept
    )


def adjust_arms(
    arms: Sequence[Moments], *, outcome: Measure, covariates: Sequence[Measure]
) -> tuple[tuple[Mean, ...], float]:
    """`adjust_for_covariates` of any number of arms, with one theta over the units of all of them.

    Returns:
        The adjusted arms, in the order given, and the share of the variance that is left.

    Raises:
        ArgumentImpossible: There is no covariate, or no such column.
        SampleImpossible: The arms have different columns.
        TooFewUnits: There is no arm, or one has fewer than two units.
        BaselineNotPositive: The denominator of a ratio is zero or below on average.

    >>> arms = [Moments.of([[1, 1], [2, 3], [4, 4]]), Moments.of([[3, 2], [4, 3], [7, 6]])]
    >>> adjusted, kept = adjust_arms(
    ...     arms, outcome=Measure(numerator=0), covariates=[Measure(numerator=1)]
    ... )
    >>> round(adjusted[1].mean - adjusted[0].mean, 4), round(kept, 4)
    (1.221, 0.0682)
    """
    if min((arm.units for arm in arms), default=0) < 2:
        raise TooFewUnits("every arm needs two units or more")
    adjusted, kept, _ = _adjust(arms, outcome, covariates)
    return adjusted, kept


def _adjust(
    arms: Sequence[Moments],
    outcome: Measure,
    covariates: Sequence[Measure],
    slopes_from: Slopes = "together",
) -> tuple[tuple[Mean, ...], float, tuple[float, ...]]:
    if not covariates:
        raise ArgumentImpossible("an adjustment needs one covariate or more")
    if slopes_from not in get_args(Slopes):
        raise ArgumentImpossible(f"slopes_from must be one of {', '.join(get_args(Slopes))}")
    pooled = merge(arms)
    sources = [pooled] if slopes_from == "together" else list(arms)
    if len(covariates) == 1:
        # The usual case, without a matrix: a report makes it hundreds of times.
        slope = _slope(sources, outcome, covariates[0])
        coefficients = [slope]
        adjusted = tuple(
            _adjusted_by_one(arm, pooled, outcome, covariates[0], slope) for arm in arms
        )
    else:
        solved = _coefficients(sources, outcome, covariates)
        coefficients = solved.tolist()
        adjusted = tuple(_adjusted(arm, pooled, outcome, covariates, solved) for arm in arms)
    before = sum(arm.sample(outcome).variance_of_mean for arm in arms)
    after = sum(arm.variance_of_mean for arm in adjusted)
    return adjusted, after / before if before else 1.0, tuple(coefficients)


def variance_explained(
    moments: Moments, *, outcome: Measure, covariates: Sequence[Measure]
) -> float:
    """Share of the outcome's variance that the covariates explain (R^2), to plan a test with.

    The sample a test needs shrinks to 1 - R^2 of what it was.

    Raises:
        ArgumentImpossible: There is no such column.
        TooFewUnits: There are fewer than two units.
        BaselineNotPositive: The denominator of a ratio is zero or below on average.

    >>> past = Moments.of([[1, 1], [2, 3], [4, 4], [3, 2]])
    >>> columns = {"outcome": Measure(numerator=0), "covariates": [Measure(numerator=1)]}
    >>> round(variance_explained(past, **columns), 2)
    0.64
    """
    if moments.units < 2:
        raise TooFewUnits(f"a variance needs two units or more; there are {moments.units}")
    slopes = moments.gradient(outcome)
    total = float(slopes @ moments.covariance @ slopes)
    coefficients = _coefficients([moments], outcome, covariates)
    shared = _gradients(moments, covariates) @ moments.covariance @ slopes
    return min(1.0, float(coefficients @ shared) / total) if total else 0.0


def _gradients(moments: Moments, covariates: Sequence[Measure]) -> Matrix:
    return np.array([moments.gradient(covariate) for covariate in covariates])


def _coefficients(
    sources: Sequence[Moments], outcome: Measure, covariates: Sequence[Measure]
) -> Matrix:
    """Least squares on the scale of correlations, so that no covariate's unit matters."""
    between = np.zeros((len(covariates), len(covariates)))
    with_outcome = np.zeros(len(covariates))
    for source in sources:
        directions = _gradients(source, covariates)
        shared = directions @ source.covariance
        between += shared @ directions.T
        with_outcome += shared @ source.gradient(outcome)
    sizes = np.sqrt(np.maximum(between.diagonal(), 0.0))
    scale = np.divide(1.0, sizes, out=np.zeros_like(sizes), where=sizes > 0)
    correlations = between * np.outer(scale, scale)
    inverse = np.linalg.pinv(correlations, rcond=COLLINEAR_BELOW, hermitian=True)
    solved: Matrix = scale * (inverse @ (scale * with_outcome))
    return solved


def _slope(sources: Sequence[Moments], outcome: Measure, covariate: Measure) -> float:
    """Least squares with one covariate; none where it has no spread."""
    square, product = 0.0, 0.0
    for source in sources:
        square += source.shared(covariate, covariate) / (source.units - 1)
        product += source.shared(covariate, outcome) / (source.units - 1)
    return product / square if square > 0 else 0.0


def _adjusted_by_one(
    arm: Moments, pooled: Moments, outcome: Measure, covariate: Measure, slope: float
) -> Mean:
    squares = (
        arm.shared(outcome, outcome)
        - 2 * slope * arm.shared(outcome, covariate)
        + slope * slope * arm.shared(covariate, covariate)
    )
    ahead = arm.figure(covariate) - pooled.figure(covariate)
    return Mean(
        units=arm.units,
        mean=arm.figure(outcome) - slope * ahead,
        centred_squares=max(squares, 0.0),
    )


def _adjusted(
    arm: Moments,
    pooled: Moments,
    outcome: Measure,
    covariates: Sequence[Measure],
    coefficients: Matrix,
) -> Mean:
    ahead = [arm.figure(covariate) - pooled.figure(covariate) for covariate in covariates]
    return arm.combination(
        arm.figure(outcome) - float(coefficients @ ahead),
        arm.gradient(outcome) - coefficients @ _gradients(arm, covariates),
    )
