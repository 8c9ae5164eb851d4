"""Twins of the tests in `experiments.stats`, over a block of repetitions.

Where the scalar function raises an error (no spread, a mean at or below zero), the twin's entry is
not a number: it counts as a comparison that could not be made, never as a finding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy

from experiments import stats
from experiments.simulation.generators import Column
from experiments.simulation.moments import BlockMean
from experiments.stats.intervals import WIDEST_LOG_RATIO
from experiments.stats.proportions import SMALLEST_EXPECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """Treatment against control, in each repetition.

    Attributes:
        estimate: The difference.
        error: The standard error the test divides by; not a number where there is no test.
        degrees: Of the t distribution; infinity is the normal.
        ratio: Treatment's figure / control's; not a number where there is no lift.
        ratio_error: Standard error of the ratio's logarithm.
        ratio_degrees: Of the lift's interval.
        sizes: For proportions, the trials of control and treatment; else None.
        rates: For proportions, the rates of control and treatment; else None.
    """

    estimate: Column
    error: Column
    degrees: Column
    ratio: Column
    ratio_error: Column
    ratio_degrees: Column
    sizes: tuple[int, int] | None = None
    rates: tuple[Column, Column] | None = None

    @property
    def statistic(self) -> Column:
        """Difference / standard error."""
        z: Column = self.estimate / self.error
        return z


def contrast_means(control: BlockMean, treatment: BlockMean) -> Contrast:
    """Twin of `stats.compare_means` and `stats.relative_mean_lift`."""
    first, second = control.variance_of_mean, treatment.variance_of_mean
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, squares = _log_ratio(control.mean, treatment.mean, first, second)
        return Contrast(
            estimate=treatment.mean - control.mean,
            error=_positive(np.sqrt(first + second)),
            degrees=_satterthwaite(control.units, treatment.units, first, second),
            ratio=ratio,
            ratio_error=_positive(np.sqrt(squares[0] + squares[1])),
            ratio_degrees=_satterthwaite(control.units, treatment.units, *squares),
        )


def contrast_proportions(control: BlockMean, treatment: BlockMean) -> Contrast:
    """Twin of `stats.compare_proportions` (its score test) and `stats.relative_lift`."""
    sizes, rates = (control.units, treatment.units), (control.mean, treatment.mean)
    pooled = (rates[0] * sizes[0] + rates[1] * sizes[1]) / sum(sizes)
    first, second = (rate * (1 - rate) / size for rate, size in zip(rates, sizes, strict=True))
    infinite = np.full_like(pooled, np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, squares = _log_ratio(*rates, first, second)
        return Contrast(
            estimate=rates[1] - rates[0],
            error=_positive(np.sqrt(pooled * (1 - pooled) * (1 / sizes[0] + 1 / sizes[1]))),
            degrees=infinite,
            ratio=ratio,
            ratio_error=_positive(np.sqrt(squares[0] + squares[1])),
            ratio_degrees=infinite,
            sizes=sizes,
            rates=rates,
        )


def quantiles(confidence: float, degrees: Column) -> Column:
    """Twin of `stats.intervals.quantile`, two-sided."""
    outside = (1 - confidence) / 2
    finite = np.where(np.isfinite(degrees), degrees, 1.0)
    of_t = -scipy.special.stdtrit(finite, outside)
    chosen: Column = np.where(np.isinf(degrees), -scipy.special.ndtri(outside), of_t)
    return chosen


def p_values(contrast: Contrast) -> Column:
    """Two-sided p of the fixed horizon; exact where proportions have small expected counts."""
    below = -np.abs(contrast.statistic)
    finite = np.where(np.isfinite(contrast.degrees), contrast.degrees, 1.0)
    of_t = scipy.special.stdtr(finite, below)
    p: Column = 2 * np.where(np.isinf(contrast.degrees), scipy.special.ndtr(below), of_t)
    if contrast.sizes is not None and contrast.rates is not None:
        _put_exact(p, contrast.sizes, contrast.rates)
    return p


def newcombe_ends(contrast: Contrast, confidence: float) -> tuple[Column, Column]:
    """Twin of `stats.newcombe`, for a contrast of proportions."""
    if contrast.sizes is None or contrast.rates is None:
        raise stats.ArgumentImpossible("only proportions have Newcombe's interval")
    z = -float(scipy.special.ndtri((1 - confidence) / 2))
    (base, value), (first, second) = contrast.rates, contrast.sizes
    base_low, base_high = _wilson_ends(base, first, z)
    value_low, value_high = _wilson_ends(value, second, z)
    down = np.hypot(value - value_low, base_high - base)
    up = np.hypot(value_high - value, base - base_low)
    return np.maximum(contrast.estimate - down, -1.0), np.minimum(contrast.estimate + up, 1.0)


def lift_ends(contrast: Contrast, multipliers: Column | float) -> tuple[Column, Column]:
    """Twin of `stats.log_ratio_lift`: the ratio times and over e^(multiplier x error)."""
    half = np.asarray(multipliers * contrast.ratio_error)
    half = np.where(half > WIDEST_LOG_RATIO, np.nan, half)
    return contrast.ratio * np.exp(-half) - 1, contrast.ratio * np.exp(half) - 1


def _positive(values: Column) -> Column:
    return np.where(values > 0, values, np.nan)


def _log_ratio(
    base: Column, value: Column, first: Column, second: Column
) -> tuple[Column, tuple[Column, Column]]:
    """The ratio, and each mean's share of the variance of its logarithm."""
    ratio = np.where((base > 0) & (value > 0), value / base, np.nan)
    return ratio, (first / base**2, second / value**2)


def _satterthwaite(control: int, treatment: int, first: Column, second: Column) -> Column:
    share = first / (first + second)
    degrees: Column = 1 / (share**2 / (control - 1) + (1 - share) ** 2 / (treatment - 1))
    return degrees


def _wilson_ends(rate: Column, trials: int, z: float) -> tuple[Column, Column]:
    shrink = 1 + z * z / trials
    centre = (rate + z * z / (2 * trials)) / shrink
    half = z / shrink * np.sqrt(rate * (1 - rate) / trials + z * z / (4 * trials * trials))
    return np.where(rate <= 0, 0.0, centre - half), np.where(rate >= 1, 1.0, centre + half)


def _put_exact(p: Column, sizes: tuple[int, int], rates: tuple[Column, Column]) -> None:
    """Few tables are small, and they repeat: each goes once through the scalar function."""
    successes = [
        np.rint(rate * size).astype(np.int64) for rate, size in zip(rates, sizes, strict=True)
    ]
    pooled = (successes[0] + successes[1]) / sum(sizes)
    is_small = np.minimum(pooled, 1 - pooled) * min(sizes) < SMALLEST_EXPECTED
    is_small &= ~np.isnan(p)
    tables, places = np.unique(
        np.stack([counts[is_small] for counts in successes], axis=1), axis=0, return_inverse=True
    )
    exact = [
        stats.compare_proportions(
            stats.Proportion(trials=sizes[0], successes=int(control)),
            stats.Proportion(trials=sizes[1], successes=int(treatment)),
        ).p_value
        for control, treatment in tables
    ]
    if exact:
        p[is_small] = np.asarray(exact)[places.ravel()]
