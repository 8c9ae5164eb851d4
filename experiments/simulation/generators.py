"""Where simulated units come from: named shapes, or the company's own history drawn again.

A generator draws a whole block of repetitions at once: one row a repetition, one column a unit.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from experiments.stats import ArgumentImpossible

Block = NDArray[np.float64]
Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What is known of each unit, one array of (repetitions, units) for each thing known.

    Attributes:
        values: The metric's value of each unit; of a ratio, what stands above the line.
        denominators: Of a ratio: what stands below the line.
        covariates: What was known of the unit before the test.
    """

    values: Block
    denominators: Block | None = None
    covariates: tuple[Block, ...] = ()

    def stacked(self) -> list[Block]:
        """The value, the denominator if there is one, the covariates: in this order."""
        below = [] if self.denominators is None else [self.denominators]
        return [self.values, *below, *self.covariates]


class Generator(Protocol):
    """Draws units that nothing was done to."""

    @property
    def figure(self) -> float:
        """The true mean of a unit; of a ratio, the true ratio of means."""

    def draw(self, rng: np.random.Generator, repetitions: int, units: int) -> Columns:
        """A block of new units."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Normal:
    """Normal values, with a covariate of the given correlation unless it is None.

    >>> Normal(mean=10.0).draw(np.random.default_rng(1), 2, 3).values.shape
    (2, 3)
    """

    mean: float = 0.0
    deviation: float = 1.0
    correlation: float | None = None

    def __post_init__(self) -> None:
        if not self.deviation > 0 or not -1 <= (self.correlation or 0) <= 1:
            raise ArgumentImpossible("deviation must be above zero, correlation within -1 and 1")

    @property
    def figure(self) -> float:
        """The mean."""
        return self.mean

    def draw(self, rng: np.random.Generator, repetitions: int, units: int) -> Columns:
        """Independent units."""
        noise = rng.standard_normal((repetitions, units))
        if self.correlation is None:
            return Columns(values=self.mean + self.deviation * noise)
        before = rng.standard_normal((repetitions, units))
        mixed = self.correlation * before + math.sqrt(1 - self.correlation**2) * noise
        return Columns(values=self.mean + self.deviation * mixed, covariates=(before,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """One for a unit that converts, else zero.

    >>> Conversion(rate=1.0).draw(np.random.default_rng(1), 1, 3).values
    array([[1., 1., 1.]])
    """

    rate: float

    def __post_init__(self) -> None:
        if not 0 <= self.rate <= 1:
            raise ArgumentImpossible(f"rate must lie between 0 and 1; it is {self.rate}")

    @property
    def figure(self) -> float:
        """The rate."""
        return self.rate

    def draw(self, rng: np.random.Generator, repetitions: int, units: int) -> Columns:
        """Independent units."""
        return Columns(values=(rng.random((repetitions, units)) < self.rate).astype(np.float64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Revenue:
    """Most units spend nothing, the others a lognormal amount: a shop's revenue per visitor.

    Attributes:
        paying: Share of units that spend.
        log_mean: Mean of the logarithm of what they spend.
        log_deviation: Its standard deviation; the larger, the longer the tail.

    >>> round(Revenue(paying=0.05, log_mean=3.0, log_deviation=1.0).figure, 4)
    1.6558
    """

    paying: float = 0.05
    log_mean: float = 3.0
    log_deviation: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.paying <= 1 or self.log_deviation < 0:
            raise ArgumentImpossible("paying must be a share, log_deviation not negative")

    @property
    def figure(self) -> float:
        """Mean per unit, those who spend nothing included."""
        return self.paying * math.exp(self.log_mean + self.log_deviation**2 / 2)

    def draw(self, rng: np.random.Generator, repetitions: int, units: int) -> Columns:
        """Independent units; amounts are drawn for those alone who pay."""
        pays = rng.random((repetitions, units)) < self.paying
        values = np.zeros((repetitions, units))
        values[pays] = rng.lognormal(self.log_mean, self.log_deviation, int(pays.sum()))
        return Columns(values=values)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Units that were really there, drawn again with replacement (the bootstrap).

    Attributes:
        values: One value for each unit of the past.
        denominators: Of a ratio: what stood below the line, for the same units.
        covariates: What was known of the same units before.

    Raises:
        ArgumentImpossible: The columns are not equally long, hold less than two units, or what is
            not a finite number.

    >>> History(values=np.array([0.0, 4.0]), denominators=np.array([1.0, 3.0])).figure
    1.0
    """

    values: Column
    denominators: Column | None = None
    covariates: tuple[Column, ...] = ()

    def __post_init__(self) -> None:
        columns = self._columns()
        if len(self.values) < 2 or {len(column) for column in columns} != {len(self.values)}:
            raise ArgumentImpossible("a history needs two units or more, and all columns of them")
        if not all(np.isfinite(column).all() for column in columns):
            raise ArgumentImpossible("a history's numbers must be finite")
        if self.denominators is not None and not self.denominators.mean() > 0:
            raise ArgumentImpossible("the denominators' mean must be above zero")

    @property
    def figure(self) -> float:
        """The history's own mean, or ratio of means, is the truth of what is drawn from it."""
        below = 1.0 if self.denominators is None else float(self.denominators.mean())
        return float(self.values.mean()) / below

    @property
    def is_binary(self) -> bool:
        """Whether each value is 0 or 1, so that the metric is a proportion."""
        return self.denominators is None and bool(np.isin(self.values, (0.0, 1.0)).all())

    def draw(self, rng: np.random.Generator, repetitions: int, units: int) -> Columns:
        """A unit is drawn with all that is known of it."""
        chosen = rng.integers(0, len(self.values), size=(repetitions, units), dtype=np.int32)
        return Columns(
            values=self.values[chosen],
            denominators=None if self.denominators is None else self.denominators[chosen],
            covariates=tuple(covariate[chosen] for covariate in self.covariates),
        )

    def _columns(self) -> Sequence[Column]:
        below = () if self.denominators is None else (self.denominators,)
        return (self.values, *below, *self.covariates)
