"""A number with its interval."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from experiments.stats.errors import TooFewUnits
from experiments.stats.intervals import quantile
from experiments.uplift.trials import Column


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """An estimate and how sure one may be of it.

    Attributes:
        value: The estimate.
        low: Lower end of its interval.
        high: Upper end of its interval.
        confidence: Of the interval.
        standard_error: Of the estimate.
    """

    value: float
    low: float
    high: float
    confidence: float
    standard_error: float

    @property
    def is_above_zero(self) -> bool:
        """Whether the whole interval is."""
        return self.low > 0

    def times(self, factor: float) -> Estimate:
        """The same in another unit.

        Args:
            factor: Zero or more.

        >>> Estimate(value=1, low=0, high=2, confidence=0.95, standard_error=0.5).times(3).high
        6
        """
        return Estimate(
            value=self.value * factor,
            low=self.low * factor,
            high=self.high * factor,
            confidence=self.confidence,
            standard_error=self.standard_error * factor,
        )


def mean_estimate(values: Column, *, confidence: float = 0.95) -> Estimate:
    """The mean of independent values, with its normal interval.

    Args:
        values: Shape (units,), two or more.
        confidence: Of the interval.

    Raises:
        TooFewUnits: There are fewer than two values.

    >>> mean_estimate(np.array([1.0, 2.0, 3.0])).value
    2.0
    """
    if len(values) < 2:
        raise TooFewUnits("a mean with an interval needs two units or more")
    error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    return normal_estimate(float(np.mean(values)), error, confidence=confidence)


def normal_estimate(value: float, error: float, *, confidence: float = 0.95) -> Estimate:
    """An estimate whose error is normal.

    >>> round(normal_estimate(0.0, 1.0).high, 2)
    1.96
    """
    half = quantile(confidence) * error
    return Estimate(
        value=value,
        low=value - half,
        high=value + half,
        confidence=confidence,
        standard_error=error,
    )


def drawn_estimate(value: float, draws: Column, *, confidence: float = 0.95) -> Estimate:
    """An estimate whose interval is between percentiles of bootstrap draws.

    >>> found = drawn_estimate(0.5, np.linspace(0, 1, 101), confidence=0.9)
    >>> round(found.low, 2), round(found.high, 2)
    (0.05, 0.95)
    """
    tail = (1 - confidence) / 2
    low, high = np.quantile(draws, [tail, 1 - tail])
    return Estimate(
        value=value,
        low=float(low),
        high=float(high),
        confidence=confidence,
        standard_error=float(np.std(draws, ddof=1)),
    )
