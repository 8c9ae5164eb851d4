"""Sample-ratio mismatch: do the arms' sizes fit their weights? If not, believe no result."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, get_args

import numpy as np
import scipy

from experiments.stats.errors import ArgumentImpossible, TooFewUnits

Method = Literal["auto", "chi-square", "corrected", "exact"]

MISMATCH_BELOW = 0.001
# Worth of the prior that the weights are right, in units: it finds mismatches of a few percent.
PRIOR_UNITS = 100.0
EXACT_BELOW_UNITS = 1_000
MOST_EXACT_OUTCOMES = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """How well the arms' sizes fit their weights.

    Attributes:
        p_value: Of sizes at least as odd, had the weights been followed.
        expected: Units each arm should have, in the order given.
        is_mismatch: Whether the p-value is below the threshold.
        method: "exact", "chi-square", "corrected" or "sequential".
    """

    p_value: float
    expected: tuple[float, ...]
    is_mismatch: bool
    method: str


def check_sample_ratio(
    observed: Sequence[int],
    weights: Sequence[float],
    *,
    threshold: float = MISMATCH_BELOW,
    method: Method = "auto",
) -> Balance:
    """Compare the arms' sizes with their weights: Pearson's chi-square, or exact when small.

    Arms of weight zero are no category and cost no degree of freedom; a unit found in one is a
    mismatch for certain (p = 0). The exact p is the probability of all outcomes no more likely than
    the one seen: binomial with two arms, multinomial with more. "auto" is exact below 1,000 units
    while there are at most 20,000 outcomes to walk. "corrected" is the chi-square of two arms with
    half a unit taken off the deviation (Yates).

    Args:
        observed: Units in each arm.
        weights: Weight of each arm, in the same order, not all zero; they need not sum to 1.
        threshold: Below this p it is a mismatch; checked at every look, hence far below 0.05.
        method: Which p-value.

    Raises:
        ArgumentImpossible: The lists do not fit together, or hold a negative number; or more than
            two arms are to be corrected for continuity.
        TooFewUnits: There is no unit in any arm.

    Source: Fabijan et al. (2019), "Diagnosing sample ratio mismatch", KDD.

    >>> result = check_sample_ratio([821588, 815482], [0.5, 0.5])
    >>> f"{result.p_value:.2g}", result.is_mismatch
    ('1.8e-06', True)
    """
    _check(observed, weights, method)
    total, weight = sum(observed), math.fsum(weights)
    expected = tuple(total * share / weight for share in weights)
    live = [(seen, due) for seen, due in zip(observed, expected, strict=True) if due]
    chosen = _method(total, len(live), method)
    if chosen == "corrected" and len(live) > 2:
        raise ArgumentImpossible("a correction for continuity is for two arms")
    if sum(seen for seen, _ in live) < total:
        p_value = 0.0
    elif len(live) == 1:
        p_value = 1.0
    elif chosen == "exact":
        p_value = _exact_p([seen for seen, _ in live], [due / total for _, due in live])
    else:
        p_value = _chi_square_p(live, shift=0.5 if chosen == "corrected" else 0.0)
    return Balance(
        p_value=p_value, expected=expected, is_mismatch=p_value < threshold, method=chosen
    )


def watch_sample_ratio(
    observed: Sequence[int],
    weights: Sequence[float],
    *,
    threshold: float = MISMATCH_BELOW,
    prior_units: float = PRIOR_UNITS,
) -> Balance:
    """The check to look at as often as one likes: its p-value holds at every look.

    The multinomial likelihood mixed over a Dirichlet prior around the weights w, worth k units,
    over that of the weights: B(k w + n) / (B(k w) prod w^n), B the multivariate beta function.
    Under the right weights it passes 1 / a at any time with probability a at most, so p = 1 over
    it, at most 1. Hold the least of all looks (`running_minimum`).

    Args:
        observed: Units in each arm, so far.
        weights: Weight of each arm, in the same order, not all zero; they need not sum to 1.
        threshold: Below this p it is a mismatch.
        prior_units: k; the larger, the smaller the mismatch it is quickest to find.

    Raises:
        ArgumentImpossible: The lists do not fit together, or hold a negative number.
        TooFewUnits: There is no unit in any arm.

    Source: Lindon and Malek (2022), "Anytime-valid inference for multinomial count data", NeurIPS.

    >>> result = watch_sample_ratio([5200, 4800], [0.5, 0.5])
    >>> round(result.p_value, 4), result.is_mismatch
    (0.0036, False)
    """
    _check(observed, weights, "auto")
    if not prior_units > 0:
        raise ArgumentImpossible(f"prior_units must be above zero; it is {prior_units}")
    total, weight = sum(observed), math.fsum(weights)
    shares = [share / weight for share in weights]
    live = [(seen, share) for seen, share in zip(observed, shares, strict=True) if share]
    p_value = 0.0
    if sum(seen for seen, _ in live) == total:
        log_evidence = math.lgamma(prior_units) - math.lgamma(prior_units + total)
        for seen, share in live:
            start = prior_units * share
            log_evidence += math.lgamma(start + seen) - math.lgamma(start) - seen * math.log(share)
        p_value = math.exp(min(0.0, -log_evidence))
    return Balance(
        p_value=p_value,
        expected=tuple(total * share for share in shares),
        is_mismatch=p_value < threshold,
        method="sequential",
    )


def _check(observed: Sequence[int], weights: Sequence[float], method: str) -> None:
    if method not in get_args(Method):
        raise ArgumentImpossible(f"method must be one of {', '.join(get_args(Method))}")
    if len(observed) != len(weights) or len(observed) < 2:
        raise ArgumentImpossible("observed and weights must have the same length, two or more")
    if min(observed) < 0 or min(weights) < 0 or not sum(weights):
        raise ArgumentImpossible("sizes and weights must not be negative, nor all weights zero")
    if not sum(observed):
        raise TooFewUnits("no unit has been assigned yet, so there is nothing to check")


def _method(total: int, arms: int, asked: Method) -> str:
    if asked != "auto":
        return asked
    outcomes = math.comb(total + arms - 1, arms - 1) if total < EXACT_BELOW_UNITS else math.inf
    return "exact" if outcomes <= MOST_EXACT_OUTCOMES else "chi-square"


def _chi_square_p(live: Sequence[tuple[int, float]], *, shift: float) -> float:
    statistic = sum(max(abs(seen - due) - shift, 0.0) ** 2 / due for seen, due in live)
    return float(scipy.special.chdtrc(len(live) - 1, statistic))


def _exact_p(counts: Sequence[int], shares: Sequence[float]) -> float:
    outcomes = _outcomes(sum(counts), len(counts))
    log_p = _log_multinomial(outcomes, shares)
    # Ties with the outcome seen must count however the logarithms were rounded.
    seen = _log_multinomial(np.array([counts]), shares)[0] + 1e-9
    return min(1.0, float(np.exp(log_p[log_p <= seen]).sum()))


def _outcomes(total: int, arms: int) -> np.ndarray:
    """Every way to put `total` units into `arms` arms, one a row (stars and bars)."""
    bars = np.array(list(combinations(range(total + arms - 1), arms - 1)), dtype=np.int64)
    ends = np.full((len(bars), 1), total + arms - 1)
    return np.diff(np.hstack([bars, ends]), axis=1, prepend=-1) - 1


def _log_multinomial(outcomes: np.ndarray, shares: Sequence[float]) -> np.ndarray:
    logs: np.ndarray = scipy.special.gammaln(outcomes.sum(axis=1) + 1) - scipy.special.gammaln(
        outcomes + 1
    ).sum(axis=1)
    return logs + outcomes @ np.log(np.asarray(shares))
