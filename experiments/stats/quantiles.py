"""Quantiles of an arm, as the slowest tenth of page loads: from the values that stand at two ranks.

The number of units below the true quantile is binomial, so the values at two ranks around it hold
it with the wanted confidence whatever the distribution. A database needs to deliver three values,
at the ranks of `quantile_ranks`, and no other row.

Where events are measured but units are randomised (page loads of visitors), the events of a unit
resemble each other: the ranks spread by the square root of the `cluster_factor`.

Sources: Deng, Knoblich and Lu (2018), "Applying the delta method in metric analytics", KDD, 4.3;
Conover (1999), Practical Nonparametric Statistics, 3.2.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from experiments.stats.errors import (
    ArgumentImpossible,
    SampleImpossible,
    TooFewUnits,
    VarianceIsZero,
)
from experiments.stats.intervals import (
    Alternative,
    Difference,
    Interval,
    Lift,
    check_options,
    log_ratio_lift,
    quantile,
    standard_difference,
)
from experiments.stats.moments import Measure, Moments


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranks:
    """Which order statistics an arm has to deliver; the smallest value has rank 1.

    Attributes:
        middle: Of the quantile itself.
        low: Of the interval's lower end.
        high: Of its upper end.
    """

    middle: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantile:
    """An arm's quantile, from the values at its `Ranks`.

    Attributes:
        units: Values there are.
        share: Which quantile: 0.9 is the value that nine of ten stay below.
        value: At the middle rank.
        low: At the lower one.
        high: At the upper one.
        confidence: Of the interval from low to high.
        cluster_factor: That the ranks were chosen with.

    Raises:
        SampleImpossible: The values are not finite, or not in order.
        TooFewUnits: There are too few values for this quantile (`quantile_ranks`).
        ArgumentImpossible: The share or the confidence is not inside (0, 1).

    >>> Quantile.of(range(1, 1001), share=0.9).interval
    Interval(low=881.0, high=920.0, confidence=0.95)
    """

    units: int
    share: float
    value: float
    low: float
    high: float
    confidence: float = 0.95
    cluster_factor: float = 1.0

    def __post_init__(self) -> None:
        self._ranks()
        if not all(map(math.isfinite, (self.low, self.value, self.high))):
            raise SampleImpossible("the values at the ranks must be finite numbers")
        if not self.low <= self.value <= self.high:
            raise SampleImpossible("the values at the ranks must be in order")

    @classmethod
    def of(
        cls,
        values: ArrayLike,
        *,
        share: float,
        confidence: float = 0.95,
        cluster_factor: float = 1.0,
    ) -> Quantile:
        """From all values of an arm, in any order.

        Args:
            values: One for each unit, or event.
            share: Which quantile.
            confidence: Of the interval.
            cluster_factor: Of events in units; 1 where each value is a unit's.
        """
        column = np.sort(np.asarray(values, dtype=np.float64), axis=None)
        at = quantile_ranks(
            column.size, share=share, confidence=confidence, cluster_factor=cluster_factor
        )
        return cls(
            units=column.size,
            share=share,
            value=float(column[at.middle - 1]),
            low=float(column[at.low - 1]),
            high=float(column[at.high - 1]),
            confidence=confidence,
            cluster_factor=cluster_factor,
        )

    def _ranks(self) -> Ranks:
        return quantile_ranks(
            self.units,
            share=self.share,
            confidence=self.confidence,
            cluster_factor=self.cluster_factor,
        )

    @property
    def interval(self) -> Interval:
        """Of the quantile: it holds for any distribution."""
        return Interval(low=self.low, high=self.high, confidence=self.confidence)

    @property
    def variance(self) -> float:
        """Of the quantile as an estimate (large samples).

        ((high - low) / (rank of high - rank of low))^2 n s (1 - s) F: how far one rank moves the
        value, times the variance of the count below the quantile.
        """
        at = self._ranks()
        of_count = self.units * self.share * (1 - self.share) * self.cluster_factor
        return ((self.high - self.low) / (at.high - at.low)) ** 2 * of_count


def quantile_ranks(
    units: int, *, share: float, confidence: float = 0.95, cluster_factor: float = 1.0
) -> Ranks:
    """The ranks of the quantile and of its interval's ends.

    The middle is ceil(n s); the ends are floor(n s - k) and ceil(n s + k) + 1 with
    k = z sqrt(n s (1 - s) F) for the cluster factor F.

    Args:
        units: Values there are.
        share: Which quantile, inside (0, 1).
        confidence: Of the interval.
        cluster_factor: How much the count below the quantile varies, against independent values.

    Raises:
        ArgumentImpossible: A number is outside its range.
        TooFewUnits: An end would lie beyond the smallest or the largest value.

    >>> quantile_ranks(1000, share=0.9)
    Ranks(middle=900, low=881, high=920)
    """
    check_options(confidence, "two-sided")
    if not (0 < share < 1 and cluster_factor > 0):
        raise ArgumentImpossible("share must lie inside (0, 1) and cluster_factor be above zero")
    expected = units * share
    reach = quantile(confidence) * math.sqrt(expected * (1 - share) * cluster_factor)
    low, high = math.floor(expected - reach), math.ceil(expected + reach) + 1
    if low < 1 or high > units:
        raise TooFewUnits(f"{units} values are too few for an interval of the {share} quantile")
    # A product as 0.07 * 100 may end a rounding error above the whole number.
    return Ranks(middle=max(1, math.ceil(expected - 1e-9)), low=low, high=high)


def cluster_factor(below_per_unit: Moments, *, share: float) -> float:
    """How much more the count below the quantile varies because units have several events.

    The share of events below is a ratio of two means over units (events below, events), so its
    variance is that of `Moments.sample`; over s (1 - s) / events, that of independent events.

    Args:
        below_per_unit: Moments of two columns a unit: its events below the quantile, its events.
        share: Which quantile.

    Raises:
        ArgumentImpossible: The share is not inside (0, 1).
        TooFewUnits: There are fewer than two units.
        BaselineNotPositive: There are no events.

    >>> units = Moments.of([[1, 1], [0, 1], [1, 1], [0, 1]])
    >>> round(cluster_factor(units, share=0.5), 3)
    1.333
    """
    if not 0 < share < 1:
        raise ArgumentImpossible(f"share must lie inside (0, 1); it is {share}")
    events = below_per_unit.units * below_per_unit.means[1]
    seen = below_per_unit.sample(Measure(numerator=0, denominator=1)).variance_of_mean
    return seen * events / (share * (1 - share))


def compare_quantiles(
    control: Quantile,
    treatment: Quantile,
    *,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
) -> Difference:
    """Difference of one quantile between the arms, by the normal distribution (large samples).

    Raises:
        ArgumentImpossible: The arms have different shares, or an option has no meaning.
        VarianceIsZero: Both intervals have no width: the values there are all the same.

    >>> slow = Quantile.of(range(100, 1100), share=0.5)
    >>> found = compare_quantiles(slow, Quantile.of(range(80, 1080), share=0.5))
    >>> found.estimate, round(found.p_value, 2)
    (-20.0, 0.37)
    """
    _check_pair(control, treatment)
    return standard_difference(
        treatment.value - control.value,
        math.sqrt(control.variance + treatment.variance),
        method="quantile",
        confidence=confidence,
        alternative=alternative,
    )


def relative_quantile_lift(
    control: Quantile,
    treatment: Quantile,
    *,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
) -> Lift:
    """Relative change of the quantile, with an interval on the scale of the log ratio.

    Raises:
        ArgumentImpossible: The arms have different shares, or an option has no meaning.
        VarianceIsZero: Both intervals have no width.
        BaselineNotPositive: The control's quantile is zero or below.
        TreatmentNotPositive: The treatment's quantile is zero or below.
        RatioTooUncertain: A quantile is too close to zero for its error.

    >>> slow = Quantile.of(range(100, 1100), share=0.5)
    >>> round(relative_quantile_lift(slow, Quantile.of(range(80, 1080), share=0.5)).estimate, 4)
    -0.0334
    """
    _check_pair(control, treatment)
    return log_ratio_lift(
        control.value,
        treatment.value,
        control_variance=control.variance,
        treatment_variance=treatment.variance,
        confidence=confidence,
        alternative=alternative,
    )


def _check_pair(control: Quantile, treatment: Quantile) -> None:
    if control.share != treatment.share:
        raise ArgumentImpossible("both arms must have the same quantile")
    if not control.variance + treatment.variance:
        raise VarianceIsZero("the values around the quantile are all the same: no error is known")
