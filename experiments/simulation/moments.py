"""Twins of `stats.Moments` and `stats.Mean` that hold a block of repetitions at once.

Only the number of units is one: every repetition of a block has arms of the same size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from experiments.simulation.generators import Block, Column, Columns
from experiments.stats import Measure

# As in `stats.covariates`: a direction with less of the spread is a copy of others.
COLLINEAR_BELOW = 1e-10


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockMean:
    """An arm's mean and centred second moment, in each repetition."""

    units: int
    mean: Column
    centred_squares: Column

    @property
    def variance_of_mean(self) -> Column:
        """With denominator units - 1."""
        variance: Column = self.centred_squares / (self.units - 1) / self.units
        return variance


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockMoments:
    """An arm's means (repetitions, columns) and products (repetitions, columns, columns)."""

    units: int
    means: Block
    products: Block

    @classmethod
    def of(cls, columns: Columns) -> BlockMoments:
        """Reduce units to moments, in two passes over each repetition."""
        blocks = columns.stacked()
        means = np.stack([block.mean(axis=1) for block in blocks], axis=1)
        centred = [block - means[:, [number]] for number, block in enumerate(blocks)]
        products = np.empty((len(means), len(blocks), len(blocks)))
        for row, left in enumerate(centred):
            for column, right in enumerate(centred[: row + 1]):
                products[:, row, column] = np.einsum("ij,ij->i", left, right)
                products[:, column, row] = products[:, row, column]
        return cls(units=blocks[0].shape[1], means=means, products=products)

    def __add__(self, other: BlockMoments) -> BlockMoments:
        units = self.units + other.units
        step = other.means - self.means
        between = step[:, :, None] * step[:, None, :] * (self.units * other.units / units)
        return BlockMoments(
            units=units,
            means=self.means + step * (other.units / units),
            products=self.products + other.products + between,
        )

    def figure(self, measure: Measure) -> Column:
        """Twin of `Moments.figure`: not a number where the denominator is not above zero."""
        above = self.means[:, measure.numerator]
        if measure.denominator is None:
            return above
        below = self.means[:, measure.denominator]
        return np.divide(above, below, out=np.full_like(above, np.nan), where=below > 0)

    def gradient(self, measure: Measure) -> Block:
        """Twin of `Moments.gradient`."""
        slopes = np.zeros_like(self.means)
        if measure.denominator is None:
            slopes[:, measure.numerator] = 1.0
            return slopes
        value, below = self.figure(measure), self.means[:, measure.denominator]
        with np.errstate(divide="ignore", invalid="ignore"):
            slopes[:, measure.numerator] += 1 / below
            slopes[:, measure.denominator] -= value / below
        return slopes

    def sample(self, measure: Measure) -> BlockMean:
        """Twin of `Moments.sample`: the delta method, exact for a plain mean."""
        return self.combination(self.figure(measure), self.gradient(measure))

    def combination(self, mean: Column, weights: Block) -> BlockMean:
        """Twin of `Moments.combination`."""
        squares = np.einsum("ri,rij,rj->r", weights, self.products, weights)
        return BlockMean(units=self.units, mean=mean, centred_squares=np.maximum(squares, 0.0))


def adjust_blocks(
    control: BlockMoments,
    treatment: BlockMoments,
    *,
    outcome: Measure,
    covariates: Sequence[Measure],
) -> tuple[BlockMean, BlockMean]:
    """Twin of `stats.adjust_for_covariates`: CUPED in each repetition."""
    pooled = control + treatment
    directions = np.stack([pooled.gradient(each) for each in covariates], axis=1)
    theta = _coefficients(pooled, directions, outcome)
    return (
        _adjusted(control, pooled, outcome, covariates, theta),
        _adjusted(treatment, pooled, outcome, covariates, theta),
    )


def _coefficients(pooled: BlockMoments, directions: Block, outcome: Measure) -> Block:
    covariance = pooled.products / (pooled.units - 1)
    between = np.einsum("rki,rij,rlj->rkl", directions, covariance, directions)
    sizes = np.sqrt(np.maximum(np.einsum("rkk->rk", between), 0.0))
    scale = np.divide(1.0, sizes, out=np.zeros_like(sizes), where=sizes > 0)
    shared = np.einsum("rki,rij,rj->rk", directions, covariance, pooled.gradient(outcome))
    correlations = between * scale[:, :, None] * scale[:, None, :]
    inverse = np.linalg.pinv(correlations, rcond=COLLINEAR_BELOW, hermitian=True)
    solved: Block = scale * np.einsum("rkl,rl->rk", inverse, scale * shared)
    return solved


def _adjusted(
    arm: BlockMoments,
    pooled: BlockMoments,
    outcome: Measure,
    covariates: Sequence[Measure],
    theta: Block,
) -> BlockMean:
    ahead = np.stack([arm.figure(each) - pooled.figure(each) for each in covariates], axis=1)
    slopes = np.stack([arm.gradient(each) for each in covariates], axis=1)
    return arm.combination(
        arm.figure(outcome) - np.einsum("rk,rk->r", theta, ahead),
        arm.gradient(outcome) - np.einsum("rk,rki->ri", theta, slopes),
    )
