"""Joint moments of several columns per unit: outcome, denominator and any number of covariates.

They are centred (sums of products of deviations), so a column of a billion plus or minus one keeps
its variance, and they add up exactly as their units would: the update of Chan, Golub and LeVeque
(1983), "Algorithms for computing the sample variance", The American Statistician 37(3), in its
matrix form.

A figure (a mean, or a ratio of two means) is reduced to a `Mean` of the same units by the delta
method, so every test and interval of means is one of ratios too. It also serves rows inside units:
where visitors are randomised and page loads measured, the columns are a visitor's sum over its
loads and their number, and their ratio has the error that a cluster-robust regression gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.stats.errors import (
    ArgumentImpossible,
    BaselineNotPositive,
    SampleImpossible,
    TooFewUnits,
)
from experiments.stats.samples import Mean

Matrix = NDArray[np.float64]

# A product may pass its bound by so much of it through rounding, or through squares that underflow.
ROUNDING = 1e-9
UNDERFLOW = 1e-150


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """Which columns make a figure: one column's mean, or the ratio of two columns' means.

    Attributes:
        numerator: Index of the column above the line.
        denominator: Index of the column below it; None stands for one per unit, so a mean.
    """

    numerator: int
    denominator: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Units of an arm, the mean of each column and the centred products of all pairs of columns.

    Attributes:
        units: Number of units, 0 or more.
        means: One for each column, in its own unit; zeros when there are no units.
        products: Square and symmetric; entry (i, j) is the sum over units of
            (value_i - mean_i) * (value_j - mean_j).

    Raises:
        SampleImpossible: The shapes do not fit, a number is not finite, or no set of units could
            have these moments.

    >>> Moments.of([[1.0, 10.0], [2.0, 10.0], [6.0, 16.0]]).products
    ((14.0, 18.0), (18.0, 24.0))
    """

    units: int
    means: tuple[float, ...]
    products: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        width = len(self.means)
        if (
            not width
            or len(self.products) != width
            or {len(row) for row in self.products} != {width}
        ):
            raise SampleImpossible("products must have one row and one column for each mean")
        if self.units < 0:
            raise SampleImpossible(f"units ({self.units}) must not be negative")
        # In plain Python: on a few columns NumPy's calls cost more than the arithmetic.
        if not all(math.isfinite(each) for row in (self.means, *self.products) for each in row):
            raise SampleImpossible("means and products must be finite numbers")
        _check_products(self.units, self.products)

    @classmethod
    def of(cls, rows: ArrayLike) -> Moments:
        """Reduce a table, one row per unit and one column per value (two passes over it).

        Raises:
            SampleImpossible: It is not a table of two dimensions with a column.
        """
        table = np.asarray(rows, dtype=np.float64)
        if table.ndim != 2 or not table.shape[1]:
            raise SampleImpossible("moments need a table: one row per unit, one column per value")
        if not len(table):
            return cls.none(columns=table.shape[1])
        means = table.mean(axis=0)
        centred = table - means
        return cls._from_arrays(len(table), means, centred.T @ centred)

    @classmethod
    def trusted(
        cls, *, units: int, means: tuple[float, ...], products: tuple[tuple[float, ...], ...]
    ) -> Moments:
        """From exact sums or from other moments, which no check would find fault with.

        A report makes hundreds, and checking took longer than making them.

        >>> Moments.trusted(units=2, means=(1.5,), products=((0.5,),)) == Moments.of([[1.0], [2.0]])
        True
        """
        made = object.__new__(cls)
        object.__setattr__(made, "units", units)
        object.__setattr__(made, "means", means)
        object.__setattr__(made, "products", products)
        return made

    @classmethod
    def none(cls, *, columns: int) -> Moments:
        """Of no units at all: the neutral sample of a merge.

        >>> Moments.none(columns=2).means
        (0.0, 0.0)
        """
        return cls._from_arrays(0, np.zeros(columns), np.zeros((columns, columns)))

    @classmethod
    def from_covariance(
        cls, *, units: int, means: Sequence[float], covariance: ArrayLike
    ) -> Moments:
        """From published means and a sample covariance matrix (denominator `units` - 1).

        >>> Moments.from_covariance(units=3, means=[3.0], covariance=[[7.0]]).products
        ((14.0,),)
        """
        scaled = np.asarray(covariance, dtype=np.float64) * max(units - 1, 0)
        return cls._from_arrays(units, np.asarray(means, dtype=np.float64), np.atleast_2d(scaled))

    @classmethod
    def _from_arrays(cls, units: int, means: Matrix, products: Matrix) -> Moments:
        return cls(
            units=units,
            means=tuple(means.tolist()),
            products=tuple(tuple(row) for row in products.tolist()),
        )

    @property
    def covariance(self) -> Matrix:
        """Sample covariance matrix of one unit's values, with denominator `units` - 1.

        Raises:
            TooFewUnits: There are fewer than two units.
        """
        if self.units < 2:
            raise TooFewUnits(f"a variance needs two units or more; there are {self.units}")
        matrix: Matrix = np.asarray(self.products, dtype=np.float64) / (self.units - 1)
        return matrix

    def figure(self, measure: Measure) -> float:
        """The mean, or the ratio of means: sum over all units / sum over all units.

        Raises:
            ArgumentImpossible: There is no such column.
            TooFewUnits: There are no units.
            BaselineNotPositive: The denominator's mean is zero or below.
        """
        for column in (measure.numerator, measure.denominator or 0):
            if not 0 <= column < len(self.means):
                raise ArgumentImpossible(f"there is no column {column} in {len(self.means)}")
        if not self.units:
            raise TooFewUnits("there are no units, so there is no mean")
        if measure.denominator is None:
            return self.means[measure.numerator]
        below = self.means[measure.denominator]
        if below <= 0:
            raise BaselineNotPositive("the denominator's mean is not above zero: no ratio")
        return self.means[measure.numerator] / below

    def gradient(self, measure: Measure) -> Matrix:
        """How the figure answers to each column's mean: for a ratio N/D, 1/D and -N/D^2.

        Raises:
            ArgumentImpossible: There is no such column.
            TooFewUnits: There are no units.
            BaselineNotPositive: The denominator's mean is zero or below.
        """
        slopes = np.zeros(len(self.means))
        for column, slope in self._slopes(measure):
            slopes[column] += slope
        return slopes

    def sample(self, measure: Measure) -> Mean:
        """The figure as a mean of the same units, by the delta method: exact for a plain mean.

        For a ratio R = N/D a unit's value is R + (n - R d) / D, whose variance is
        (v_n - 2 R c_nd + R^2 v_d) / D^2, with denominator `units` - 1.

        Raises:
            ArgumentImpossible: There is no such column.
            TooFewUnits: There are no units.
            BaselineNotPositive: The denominator's mean is zero or below.

        Source: Deng, Knoblich and Lu (2018), "Applying the delta method in metric analytics", KDD.

        >>> orders = Moments.of([[10.0, 1.0], [30.0, 2.0], [20.0, 1.0]])
        >>> per_order = orders.sample(Measure(numerator=0, denominator=1))
        >>> per_order.mean, round(per_order.variance, 4)
        (15.0, 14.0625)
        """
        return Mean(
            units=self.units,
            mean=self.figure(measure),
            centred_squares=max(self.shared(measure, measure), 0.0),
        )

    def shared(self, one: Measure, other: Measure) -> float:
        """Centred sum of products of two figures' values per unit, by the delta method.

        Raises:
            ArgumentImpossible: There is no such column.
            TooFewUnits: There are no units.
            BaselineNotPositive: The denominator's mean is zero or below.

        >>> orders = Moments.of([[10.0, 1.0], [30.0, 2.0], [20.0, 1.0]])
        >>> orders.shared(Measure(numerator=0), Measure(numerator=1))
        10.0
        """
        across = self._slopes(other)
        return sum(
            slope * self.products[column][against] * weight
            for column, slope in self._slopes(one)
            for against, weight in across
        )

    def _slopes(self, measure: Measure) -> tuple[tuple[int, float], ...]:
        """The gradient's entries that are not zero, each with its column."""
        value = self.figure(measure)
        if measure.denominator is None:
            return ((measure.numerator, 1.0),)
        below = self.means[measure.denominator]
        return ((measure.numerator, 1 / below), (measure.denominator, -value / below))

    def combination(self, mean: float, weights: Matrix) -> Mean:
        """A weighted sum of the columns as a sample, whose mean is given."""
        squares = float(weights @ np.asarray(self.products) @ weights)
        return Mean(units=self.units, mean=mean, centred_squares=max(squares, 0.0))

    def __add__(self, other: Moments) -> Moments:
        if len(self.means) != len(other.means):
            raise SampleImpossible("moments of different columns cannot be merged")
        units = self.units + other.units
        if not units:
            return self
        steps = [theirs - ours for ours, theirs in zip(self.means, other.means, strict=True)]
        share, weight = other.units / units, self.units * other.units / units
        return Moments.trusted(
            units=units,
            means=tuple(mean + step * share for mean, step in zip(self.means, steps, strict=True)),
            products=tuple(
                tuple(
                    ours + theirs + step * across * weight
                    for ours, theirs, across in zip(row, others, steps, strict=True)
                )
                for row, others, step in zip(self.products, other.products, steps, strict=True)
            ),
        )


def _check_products(units: int, products: Sequence[Sequence[float]]) -> None:
    squares = [row[index] for index, row in enumerate(products)]
    if min(squares) < 0 or (units < 2 and any(map(any, products))):
        raise SampleImpossible(f"{units} units cannot have such products")
    sizes = [math.sqrt(square) for square in squares]
    smallest = UNDERFLOW * max(sizes)
    for index, row in enumerate(products):
        for other, product in enumerate(row):
            bound = sizes[index] * sizes[other]
            if abs(product - products[other][index]) > ROUNDING * bound + smallest:
                raise SampleImpossible("products must be symmetric")
            if abs(product) > bound * (1 + ROUNDING) + smallest:
                raise SampleImpossible("a product is larger than its columns' squares allow")
