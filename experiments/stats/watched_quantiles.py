"""Quantiles of two arms, looked at as often as one likes."""

from __future__ import annotations

import math

import numpy as np
import scipy
from numpy.typing import ArrayLike

from experiments.stats.boundaries import BetaBinomial
from experiments.stats.errors import ArgumentImpossible, SampleImpossible
from experiments.stats.intervals import check_options, check_two_arms
from experiments.stats.moments import Matrix
from experiments.stats.sequential import best_mixture


def watch_quantiles(
    control: ArrayLike,
    treatment: ArrayLike,
    *,
    share: float,
    confidence: float = 0.95,
    tuned_for: float = 1_000.0,
) -> float:
    """p-value of equal quantiles that holds at every look.

    Each arm's beta-binomial mixture says how odd a value would be as its quantile, given how many
    of its values lie below. Of all values the one that is least odd for both arms together has a
    log evidence E, and p = exp(-E), at most 1.

    Args:
        control: Values so far, in any order.
        treatment: Values so far, in any order.
        share: Which quantile, inside (0, 1).
        confidence: One minus the level it is sharpest for.
        tuned_for: Values of an arm at which it should be sharpest; fix it before the test.

    Raises:
        TooFewUnits: An arm has no values.
        SampleImpossible: A value is not a finite number.
        ArgumentImpossible: An option has no meaning.

    Source: Howard and Ramdas (2022), "Sequential estimation of quantiles with applications to A/B
    testing and best-arm identification", Bernoulli 28, theorem 5.

    >>> watch_quantiles(range(200), range(100, 300), share=0.5) < 1e-6
    True
    """
    check_options(confidence, "two-sided")
    if not (0 < share < 1 and tuned_for > 0):
        raise ArgumentImpossible("share must lie inside (0, 1) and tuned_for be above zero")
    arms = [np.sort(np.asarray(arm, dtype=np.float64), axis=None) for arm in (control, treatment)]
    check_two_arms(*(arm.size for arm in arms))
    if not all(np.isfinite(arm).all() for arm in arms):
        raise SampleImpossible("values must be finite numbers")
    spread = share * (1 - share)
    rho = best_mixture(spread * tuned_for, level=1 - confidence)
    mixture = BetaBinomial(rho=rho, below=share, above=1 - share)
    # Between two values an arm's evidence is constant, and at a value it is the least of both.
    candidates = np.unique(np.concatenate(arms))
    evidence = sum(_evidence(mixture, arm, candidates) for arm in arms)
    return min(1.0, math.exp(-float(np.min(evidence))))


def _evidence(mixture: BetaBinomial, values: Matrix, candidates: Matrix) -> Matrix:
    """Least log evidence against each candidate: any share below it that the values allow."""
    units, share = values.size, mixture.below
    variance = share * (1 - share) * units

    def at(shares: Matrix) -> Matrix:
        return mixture.log_values((shares - share) * units, variance)

    least = scipy.optimize.minimize_scalar(
        lambda each: float(at(np.full(1, each))[0]), bounds=(0.0, 1.0), method="bounded"
    ).x
    fewest = np.searchsorted(values, candidates, side="left") / units
    most = np.searchsorted(values, candidates, side="right") / units
    # The evidence has one valley, so the allowed share nearest to its floor is the least odd.
    return at(np.minimum(np.maximum(fewest, least), most))
