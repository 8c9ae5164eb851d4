"""Honest estimates after adaptive weights: what a bandit's arms are truly worth.

A bandit gives less traffic to an arm that looked bad by bad luck, so plain means are biased down,
and their intervals cover too little. Here every unit's value is weighted by how likely its arm was
at the time, around a prediction from the past, and periods are weighted so that the variance
settles: the augmented, adaptively weighted estimator. A period's moments are enough for it.

Source: Hadad, Hirshberg, Zhan, Wager and Athey (2021), "Confidence intervals for policy evaluation
in adaptive experiments", PNAS 118, with the variance-stabilising weights of constant allocation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from experiments.stats.errors import ArgumentImpossible, TooFewUnits, VarianceIsZero
from experiments.stats.intervals import (
    Alternative,
    Difference,
    Interval,
    quantile,
    tail_probability,
)
from experiments.stats.samples import Mean

_SLACK = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A stretch of time over which the weights stood still.

    Attributes:
        weights: Each arm's share of the traffic, above zero, with the sum 1.
        samples: Each arm's units of the period, in the same order; an arm may have none.

    Raises:
        ArgumentImpossible: The weights do not fit the arms, are not all above zero, or do not add
            up to 1.
    """

    weights: tuple[float, ...]
    samples: tuple[Mean, ...]

    def __post_init__(self) -> None:
        if len(self.weights) != len(self.samples) or not self.weights:
            raise ArgumentImpossible("a period needs one weight and one sample for each arm")
        if min(self.weights) <= 0 or abs(math.fsum(self.weights) - 1) > _SLACK:
            raise ArgumentImpossible("weights must be above zero, with the sum 1")

    @property
    def units(self) -> int:
        """Of all arms."""
        return sum(sample.units for sample in self.samples)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveMean:
    """An arm's mean, had every unit been given it.

    Attributes:
        estimate: The estimate.
        standard_error: Of the estimate.
        interval: Normal, with its confidence.
    """

    estimate: float
    standard_error: float
    interval: Interval


def adaptive_mean(periods: Sequence[Period], *, arm: int, confidence: float = 0.95) -> AdaptiveMean:
    r"""Estimate an arm's mean from an experiment whose weights followed its own data.

    A unit's score is m + 1{it got the arm} (y - m) / e, with e the arm's weight in its period and m
    the arm's mean over all periods before (of the first period: its own). Units are weighted by
    h = sqrt(e): estimate = sum(h score) / sum(h), squared error = sum(h^2 (score - estimate)^2) /
    sum(h)^2. The sums need no unit, only the moments of each period.

    Args:
        periods: In the order of time, all with the same arms.
        arm: Its position.
        confidence: Of the interval.

    Raises:
        ArgumentImpossible: The periods have not the same arms, or there is no such arm.
        TooFewUnits: The arm has no units in the first period, or there is no period.
        VarianceIsZero: All scores are equal.

    >>> weeks = [
    ...     Period(weights=(0.5, 0.5), samples=(Mean.of([1, 2, 3]), Mean.of([2, 3, 4]))),
    ...     Period(weights=(0.2, 0.8), samples=(Mean.of([2]), Mean.of([3, 4, 5, 3]))),
    ... ]
    >>> round(adaptive_mean(weeks, arm=1).estimate, 3)
    3.385
    """
    estimate, error = _estimate(periods, arm)
    half = quantile(confidence) * error
    return AdaptiveMean(
        estimate=estimate,
        standard_error=error,
        interval=Interval(low=estimate - half, high=estimate + half, confidence=confidence),
    )


def adaptive_difference(
    periods: Sequence[Period],
    *,
    treatment: int,
    control: int = 0,
    confidence: float = 0.95,
    alternative: Alternative = "two-sided",
) -> Difference:
    """Compare two arms of an experiment whose weights followed its own data.

    The difference of the two `adaptive_mean`s, whose errors are uncorrelated in large samples.

    Args:
        periods: In the order of time, all with the same arms.
        treatment: Its position.
        control: Control's position.
        confidence: Of the interval.
        alternative: What the test looks for.

    Raises:
        ArgumentImpossible: As `adaptive_mean`; or an option has no meaning.
        TooFewUnits: As `adaptive_mean`.
        VarianceIsZero: As `adaptive_mean`.

    >>> week = Period(weights=(0.5, 0.5), samples=(Mean.of([1, 2, 3]), Mean.of([2, 3, 5])))
    >>> round(adaptive_difference([week], treatment=1).estimate, 3)
    1.333
    """
    half_width = quantile(confidence, alternative=alternative)
    base, base_error = _estimate(periods, control)
    value, value_error = _estimate(periods, treatment)
    estimate, error = value - base, math.hypot(base_error, value_error)
    return Difference(
        estimate=estimate,
        low=-math.inf if alternative == "less" else estimate - half_width * error,
        high=math.inf if alternative == "greater" else estimate + half_width * error,
        p_value=tail_probability(estimate / error, alternative=alternative),
        confidence=confidence,
        alternative=alternative,
        standard_error=error,
        degrees_of_freedom=math.inf,
        method="adaptive",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scores:
    """The scores of one period's units, less the prediction: how many, and their moments."""

    units: int
    hits: int
    weight: float
    prediction: float
    shift: float
    squares: float

    def total(self, centre: float) -> float:
        """Sum of score - centre."""
        return self.units * (self.prediction - centre) + self.hits * self.shift

    def squared(self, centre: float) -> float:
        """Sum of (score - centre)^2: units of other arms, then the arm's own."""
        away = self.prediction - centre
        others = (self.units - self.hits) * away**2
        return others + self.hits * (away + self.shift) ** 2 + self.squares


def _estimate(periods: Sequence[Period], arm: int) -> tuple[float, float]:
    """The estimate and its standard error."""
    scores = _scores(periods, arm)
    # Around a value near the estimate, so that a metric of a billion keeps its digits.
    origin = scores[0].prediction
    mass = math.fsum(math.sqrt(one.weight) * one.units for one in scores)
    estimate = (
        origin + math.fsum(math.sqrt(one.weight) * one.total(origin) for one in scores) / mass
    )
    squared = math.fsum(one.weight * one.squared(estimate) for one in scores)
    if not squared:
        raise VarianceIsZero("all scores are equal, so the estimate has no interval")
    return estimate, math.sqrt(squared) / mass


def _scores(periods: Sequence[Period], arm: int) -> list[_Scores]:
    if not periods or len({len(period.weights) for period in periods}) != 1:
        raise ArgumentImpossible("there must be periods, all with the same arms")
    if not 0 <= arm < len(periods[0].weights):
        raise ArgumentImpossible(f"there is no arm {arm}")
    past = periods[0].samples[arm]
    if not past.units:
        raise TooFewUnits("the arm has no units in the first period, so nothing predicts it")
    scores = []
    for number, period in enumerate(periods):
        sample, weight = period.samples[arm], period.weights[arm]
        scores.append(
            _Scores(
                units=period.units,
                hits=sample.units,
                weight=weight,
                prediction=past.mean,
                shift=(sample.mean - past.mean) / weight if sample.units else 0.0,
                squares=sample.centred_squares / weight**2,
            )
        )
        past = past + sample if number else past
    return scores
