"""Sufficient statistics of one arm: small, frozen, and they add up exactly as their units would.

Second moments are kept centred (sums of squared deviations, not of squares), so a metric of a
billion plus or minus one keeps its variance. Two samples merge by the update of Chan, Golub and
LeVeque (1983), "Algorithms for computing the sample variance", The American Statistician 37(3).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

import numpy as np
from numpy.typing import ArrayLike

from experiments.stats.errors import SampleImpossible, TooFewUnits


@dataclass(frozen=True, slots=True, kw_only=True)
class Proportion:
    """Units of an arm, and how many of them did it.

    Attributes:
        trials: Number of units, 0 or more.
        successes: Units that converted, between 0 and `trials`.

    Raises:
        SampleImpossible: The counts contradict each other.

    >>> Proportion(trials=200, successes=30).rate
    0.15
    """

    trials: int
    successes: int

    def __post_init__(self) -> None:
        if not 0 <= self.successes <= self.trials:
            raise SampleImpossible(
                f"successes ({self.successes}) must lie between 0 and trials ({self.trials})"
            )

    @property
    def rate(self) -> float:
        """Successes over trials.

        Raises:
            TooFewUnits: There are no trials.
        """
        if not self.trials:
            raise TooFewUnits("there are no units, so there is no rate")
        return self.successes / self.trials

    def __add__(self, other: Proportion) -> Proportion:
        return Proportion(
            trials=self.trials + other.trials, successes=self.successes + other.successes
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mean:
    """Units of an arm, their mean and the centred second moment of a value per unit.

    Attributes:
        units: Number of units, 0 or more.
        mean: Their mean, in the metric's own unit; 0 when there are no units.
        centred_squares: Sum over units of (value - mean) squared, 0 or more.

    Raises:
        SampleImpossible: The moments are not finite, or no set of units could have them.

    >>> Mean.of([1.0, 2.0, 6.0])
    Mean(units=3, mean=3.0, centred_squares=14.0)
    """

    units: int
    mean: float
    centred_squares: float

    def __post_init__(self) -> None:
        if self.units < 0:
            raise SampleImpossible(f"units ({self.units}) must not be negative")
        if not (math.isfinite(self.mean) and math.isfinite(self.centred_squares)):
            raise SampleImpossible("mean and centred_squares must be finite numbers")
        if self.centred_squares < 0 or (self.units < 2 and self.centred_squares > 0):
            raise SampleImpossible(
                f"{self.units} units cannot have centred_squares of {self.centred_squares}"
            )

    @classmethod
    def of(cls, values: ArrayLike) -> Mean:
        """Reduce values, one per unit, to their moments (two passes over the values).

        >>> Mean.of([]).units
        0
        """
        column = np.asarray(values, dtype=np.float64)
        if not column.size:
            return cls(units=0, mean=0.0, centred_squares=0.0)
        mean = float(column.mean())
        return cls(
            units=column.size, mean=mean, centred_squares=float(np.square(column - mean).sum())
        )

    @classmethod
    def from_variance(cls, *, units: int, mean: float, variance: float) -> Mean:
        """From a published mean and sample variance (denominator `units` - 1).

        >>> Mean.from_variance(units=3, mean=3.0, variance=7.0).centred_squares
        14.0
        """
        return cls(units=units, mean=mean, centred_squares=variance * max(units - 1, 0))

    @property
    def variance(self) -> float:
        """Sample variance of one unit, with denominator `units` - 1.

        Raises:
            TooFewUnits: There are fewer than two units.
        """
        if self.units < 2:
            raise TooFewUnits(f"a variance needs two units or more; there are {self.units}")
        return self.centred_squares / (self.units - 1)

    @property
    def variance_of_mean(self) -> float:
        """Estimated variance of the mean: `variance` / `units`."""
        return self.variance / self.units

    def __add__(self, other: Mean) -> Mean:
        units = self.units + other.units
        if not units:
            return self
        step = other.mean - self.mean
        return Mean(
            units=units,
            mean=self.mean + step * (other.units / units),
            centred_squares=self.centred_squares
            + other.centred_squares
            + step * step * (self.units * other.units / units),
        )


class Additive(Protocol):
    """A sample that can be put together with another of its kind."""

    def __add__(self, other: Self, /) -> Self: ...


Sample = TypeVar("Sample", bound=Additive)


def merge(samples: Iterable[Sample]) -> Sample:
    """Put samples of disjoint units together: any split into days or segments gives the same.

    Raises:
        TooFewUnits: There is no sample to begin with.

    >>> merge([Mean.of([1.0, 2.0]), Mean.of([6.0])]) == Mean.of([1.0, 2.0, 6.0])
    True
    """
    remaining = iter(samples)
    first = next(remaining, None)
    if first is None:
        raise TooFewUnits("there are no samples to merge")
    merged: Sample = first
    for sample in remaining:
        merged = merged + sample
    return merged
