"""Measures of rankings and chances, with intervals. Pure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

RESAMPLES = 300


def auc(is_positive: Flags, scores: Floats) -> float:
    """The chance that a positive scores above a negative, ties counting half (Mann-Whitney).

    >>> auc(np.array([True, False, True]), np.array([0.9, 0.5, 0.5]))
    0.75
    """
    from scipy.stats import rankdata  # noqa: PLC0415 (only where something is judged)

    positives = int(is_positive.sum())
    above = rankdata(scores)[is_positive].sum() - positives * (positives + 1) / 2
    return float(above / (positives * (len(scores) - positives)))


def resampled(
    measure: Callable[[NDArray[np.intp]], float], rows: int, *, rng: np.random.Generator
) -> tuple[float, float]:
    """The 95 % percentile interval of a measure of rows drawn again with replacement."""
    drawn = [measure(rng.integers(0, rows, rows)) for _ in range(RESAMPLES)]
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)


def log_loss(is_positive: Flags, chances: Floats) -> float:
    """Minus the mean log of the chance given to what came.

    >>> round(log_loss(np.array([True, False]), np.array([0.5, 0.5])), 4)
    0.6931
    """
    bounded = chances.clip(1e-6, 1 - 1e-6)
    return float(-np.log(np.where(is_positive, bounded, 1 - bounded)).mean())


def calibration_slope(is_positive: Flags, chances: Floats) -> float:
    """The slope of outcomes on log odds: 1 where chances are what they say (Cox, 1958).

    Below 1 they are too bold, above 1 too shy.
    """
    from sklearn.linear_model import LogisticRegression

    bounded = chances.clip(1e-6, 1 - 1e-6)
    log_odds = np.log(bounded / (1 - bounded))
    model = LogisticRegression(C=1e9, max_iter=1000).fit(log_odds[:, None], is_positive)
    return float(model.coef_[0, 0])


def share_interval(successes: int, trials: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share.

    >>> tuple(round(end, 4) for end in share_interval(94, 100))
    (0.8752, 0.9722)
    """
    z = 1.959963984540054
    share = successes / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = (
        z * np.sqrt(share * (1 - share) / trials + (z / (2 * trials)) ** 2) / (1 + z * z / trials)
    )
    return float(centre - half), float(centre + half)
