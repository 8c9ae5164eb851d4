"""Post-stratification: compare like with like inside each segment, then weigh by segment size.

It removes the noise of segments that fell unevenly on the arms. A segment must be known before
the assignment (country, device at first sight), or the treatment could move units between them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.stats.errors import SampleImpossible, TooFewUnits, VarianceIsZero
from experiments.stats.intervals import Alternative, Difference, quantile, tail_probability
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
        error, estimate = math.sqrt(variance), self.treatment - self.control
        half = quantile(confidence, alternative=alternative) * error
        return Difference(
            estimate=estimate,
            low=-math.inf if alternative == "less" else estimate - half,
            high=math.inf if alternative == "greater" else estimate + half,
            p_value=tail_probability(estimate / error, alternative=alternative),
            confidence=confidence,
            alternative=alternative,
            standard_error=error,
            degrees_of_freedom=math.inf,
            method="post-stratified",
        )


def post_stratify(segments: Sequence[Segment], *, outcome: Measure) -> Stratified:
    """Weigh each segment's arms by the segment's share of all units of both arms.

    With shares w_k and an arm's means m_k, the arm's means are sum w_k m_k. Their variance has two
    parts: sum w_k^2 V_k / n_k (denominator n_k - 1 in V_k), and that of the shares themselves,
    which are a multinomial draw of the n units: (sum w_k m_k m_k' - m m') / n. A ratio is formed
    after weighing, by the delta method.

    Args:
        segments: Control's and treatment's joint moments of each segment, in the same columns.
        outcome: The columns of the metric.

    Raises:
        TooFewUnits: There is no segment, or an arm has fewer than two units in one: merge small
            segments first.
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
    _check(segments)
    sizes = np.array([control.units + treatment.units for control, treatment in segments])
    shares = sizes / sizes.sum()
    # One row a segment: the control's columns, then the treatment's.
    means = np.array([[*control.means, *treatment.means] for control, treatment in segments])
    overall = shares @ means
    centred = means - overall
    of_shares = (centred * shares[:, None]).T @ centred / sizes.sum()
    width = len(segments[0][0].means)
    variance = of_shares + _within(segments, shares, width)
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


def _check(segments: Sequence[Segment]) -> None:
    if not segments:
        raise TooFewUnits("there are no segments to weigh")
    if len({len(arm.means) for segment in segments for arm in segment}) > 1:
        raise SampleImpossible("all segments and arms must have the same columns")


def _within(segments: Sequence[Segment], shares: Matrix, width: int) -> Matrix:
    variance = np.zeros((2 * width, 2 * width))
    for share, (control, treatment) in zip(shares, segments, strict=True):
        variance[:width, :width] += share**2 * control.covariance / control.units
        variance[width:, width:] += share**2 * treatment.covariance / treatment.units
    return variance
