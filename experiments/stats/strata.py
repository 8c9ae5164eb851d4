"""Post-stratification: compare like with like inside each segment, then weigh by segment size.

It removes the noise of segments that fell unevenly on the arms. A segment must be known before
the assignment (country, device at first sight), or the treatment could move units between them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.stats.errors import (
    ArgumentImpossible,
    SampleImpossible,
    TooFewUnits,
    VarianceIsZero,
)
from experiments.stats.intervals import (
    Alternative,
    Difference,
    Lift,
    check_two_arms,
    log_ratio_lift,
    standard_difference,
)
from experiments.stats.moments import Matrix, Measure, Moments

Segment = tuple[Moments, Moments]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratified:
    """Both arms as if each had the segments of all units together.

    Attributes:
        control: The control's mean, or ratio of means.
        treatment: The treatment's.
        control_variance: Variance of the control's figure.
        treatment_variance: Variance of the treatment's figure.
        covariance: Of the two: they share the segments' weights, so it is not zero.
    """

    control: float
    treatment: float
    control_variance: float
    treatment_variance: float
    covariance: float

    def difference(
        self, *, confidence: float = 0.95, alternative: Alternative = "two-sided"
    ) -> Difference:
        """Treatment minus control, by the normal distribution (large samples).

        Raises:
            VarianceIsZero: The figures have no error at all.
            ArgumentImpossible: An option has no meaning.
        """
        variance = self.control_variance + self.treatment_variance - 2 * self.covariance
        if not variance > 0:
            raise VarianceIsZero("all units of an arm have the same value, so chance has no size")
        return standard_difference(
            self.treatment - self.control,
            math.sqrt(variance),
            method="post-stratified",
            confidence=confidence,
            alternative=alternative,
        )

    def lift(self, *, confidence: float = 0.95, alternative: Alternative = "two-sided") -> Lift:
        """Treatment over control, minus 1: symmetric on the scale of the log ratio.

        The variance of the log ratio is v_T / T^2 + v_C / C^2 - 2 c / (T C).

        Raises:
            BaselineNotPositive: The control's figure is zero or below.
            TreatmentNotPositive: The treatment's figure is zero or below.
            VarianceIsZero: The figures have no error at all.
            RatioTooUncertain: A figure is too close to zero for its error.
            ArgumentImpossible: An option has no meaning.
        """
        # All of the ratio's variance is booked on the treatment: the sum is the same.
        ratio = self.treatment / self.control if self.control else 0.0
        variance = self.treatment_variance - 2 * ratio * self.covariance
        return log_ratio_lift(
            self.control,
            self.treatment,
            control_variance=0.0,
            treatment_variance=max(variance + ratio**2 * self.control_variance, 0.0),
            confidence=confidence,
            alternative=alternative,
        )


def post_stratify(
    segments: Sequence[Segment],
    *,
    outcome: Measure,
    covariates: Sequence[int] = (),
    degrees_spent: int | None = None,
) -> Stratified:
    """Weigh each segment's arms by the segment's share of all units of both arms.

    With shares w_k and an arm's means m_k, the arm's means are sum w_k m_k. Their variance has two
    parts: sum w_k^2 V_k / n_k (denominator n_k - 1 in V_k), and that of the shares themselves,
    which are a multinomial draw of the n units: (sum w_k m_k m_k' - m m') / n. A ratio is formed
    after weighing, by the delta method.

    With covariates a segment's means are those of a regression with common slopes in both arms,
    at the segment's own covariate mean, whose error counts too; the residual variance, one for both
    arms, has the denominator n_k - `degrees_spent`.

    Args:
        segments: Control's and treatment's joint moments of each segment, in the same columns.
        outcome: The columns of the metric.
        covariates: Columns known before the assignment, none of them the metric's.
        degrees_spent: Coefficients a segment's regression pays for; two arms and the slopes if
            None.

    Raises:
        TooFewUnits: There is no segment, or an arm has too few units in one: merge small segments
            first.
        SampleImpossible: The arms have different columns.
        ArgumentImpossible: There is no such column.
        BaselineNotPositive: The denominator of a ratio is zero or below on average.

    Source: Miratrix, Sekhon and Yu (2013), JRSS B 75; Xie and Aurisset (2016), KDD.

    >>> small = (Moments.of([[1.0], [2.0]]), Moments.of([[3.0], [2.0]]))
    >>> large = (Moments.of([[7.0], [8.0], [9.0]]), Moments.of([[9.0], [9.0], [8.0]]))
    >>> result = post_stratify([small, large], outcome=Measure(numerator=0))
    >>> round(result.control, 3), round(result.treatment, 3)
    (5.4, 6.2)
    """
    _check(segments, covariates)
    sizes = np.array([control.units + treatment.units for control, treatment in segments])
    shares = sizes / sizes.sum()
    spent = 2 + len(covariates) if degrees_spent is None else degrees_spent
    cells = [_cell(segment, list(covariates), spent) for segment in segments]
    # One row a segment: the control's columns, then the treatment's.
    means = np.array([mean for mean, _ in cells])
    overall = shares @ means
    centred = means - overall
    variance = (centred * shares[:, None]).T @ centred / sizes.sum()
    for share, (_, within) in zip(shares, cells, strict=True):
        variance += share**2 * within
    return _figures(overall, variance, outcome)


def _figures(overall: Matrix, variance: Matrix, outcome: Measure) -> Stratified:
    """Both arms' figures of the weighted means, and their variances by the delta method."""
    width = len(overall) // 2
    slopes = np.zeros((2, 2 * width))
    figures = []
    for arm, columns in enumerate((slice(0, width), slice(width, 2 * width))):
        combined = Moments.from_covariance(
            units=1, means=overall[columns].tolist(), covariance=np.zeros((width, width))
        )
        figures.append(combined.figure(outcome))
        slopes[arm, columns] = combined.gradient(outcome)
    of_figures = slopes @ variance @ slopes.T
    return Stratified(
        control=figures[0],
        treatment=figures[1],
        control_variance=float(of_figures[0, 0]),
        treatment_variance=float(of_figures[1, 1]),
        covariance=float(of_figures[0, 1]),
    )


def _check(segments: Sequence[Segment], covariates: Sequence[int]) -> None:
    if not segments:
        raise TooFewUnits("there are no segments to weigh")
    widths = {len(arm.means) for segment in segments for arm in segment}
    if len(widths) > 1:
        raise SampleImpossible("all segments and arms must have the same columns")
    if not set(covariates) <= set(range(min(widths))):
        raise ArgumentImpossible(f"covariates must be columns of {min(widths)}")


def _cell(segment: Segment, covariates: list[int], spent: int) -> tuple[Matrix, Matrix]:
    """A segment's means, control's columns then treatment's, and their covariance matrix."""
    control, treatment = segment
    means = np.array([*control.means, *treatment.means])
    if not covariates:
        width = len(control.means)
        within = np.zeros((2 * width, 2 * width))
        within[:width, :width] = control.covariance / control.units
        within[width:, width:] = treatment.covariance / treatment.units
        return means, within
    check_two_arms(control.units, treatment.units)
    units = control.units + treatment.units
    if units <= spent:
        raise TooFewUnits(f"a regression of {spent} coefficients needs more units than {units}")
    products = np.asarray(control.products) + np.asarray(treatment.products)
    spread = products[np.ix_(covariates, covariates)]
    inverse = np.linalg.pinv(spread, hermitian=True)
    slopes = products[:, covariates] @ inverse
    residual = (products - slopes @ products[covariates, :]) / (units - spent)
    pooled = (control + treatment).means
    # How far each arm's covariates are from the segment's: one row an arm.
    ahead = np.array([np.subtract(arm.means, pooled)[covariates] for arm in segment])
    between = np.diag([1 / control.units, 1 / treatment.units]) + ahead @ inverse @ ahead.T
    # The segment's covariate mean is an estimate too, and it moves both arms alike.
    of_mean = np.asarray((control + treatment).covariance)[np.ix_(covariates, covariates)] / units
    shared = slopes @ of_mean @ slopes.T + residual * np.trace(inverse @ of_mean)
    within = np.kron(between, residual) + np.kron(np.ones((2, 2)), shared)
    return means - (ahead @ slopes.T).ravel(), within
