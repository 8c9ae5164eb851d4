"""Boundaries that a sum may not cross at any time, for processes that are not normal.

`sequential` watches differences of means, which are normal in large samples. These hold from the
first unit on, for the kinds of steps that a sum can have:

* `GammaExponential`: steps with an exponential tail (sub-gamma, sub-exponential).
* `GammaPoisson`: counts and other steps with a bound on one side (sub-Poisson).
* `BetaBinomial`: steps bounded on both sides, as a 0 or a 1 (sub-Bernoulli); `watch_rate` turns it
  into an interval of a rate that holds at every look.
* `stitched_boundary`: a closed form in place of a mixture, whose width grows as slowly as any can.

Each mixture is a supermartingale that starts at 1: the chance that it ever reaches 1 / a is a.

Sources: Howard, Ramdas, McAuliffe and Sekhon (2021), Annals of Statistics 49, and (2020),
Probability Surveys 17, propositions 5 to 10 and theorem 1.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy

from experiments.stats.errors import ArgumentImpossible
from experiments.stats.intervals import Alternative, Interval, check_options
from experiments.stats.moments import Matrix
from experiments.stats.samples import Proportion
from experiments.stats.sequential import best_mixture


class LogMixture(Protocol):
    """The logarithm of a supermartingale of a centred sum with a variance process."""

    def log_value(self, total: float, variance: float) -> float:
        """Where it stands."""

    def widest(self, variance: float) -> float:
        """The largest sum there can be at this variance; infinity if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaExponential:
    """For sub-exponential steps.

    Attributes:
        rho: Of `best_mixture` with the alternative "greater": where it is tightest.
        scale: c, the scale of the tail, above zero.
    """

    rho: float
    scale: float

    def __post_init__(self) -> None:
        _check_positive(rho=self.rho, scale=self.scale)

    def log_value(self, total: float, variance: float) -> float:
        """Logarithm of the gamma mixture of exp(l s - v psi_E(l)).

        >>> rho = best_mixture(100.0, alternative="greater")
        >>> round(GammaExponential(rho=rho, scale=2.0).log_value(10.0, 100.0), 5)
        -0.24902
        """
        square = self.scale**2
        prior, moved = self.rho / square, (variance + self.rho) / square
        reached = total / self.scale + moved
        if reached <= 0:
            return -math.inf
        return (
            _log_gamma_lower(moved, reached)
            - moved * math.log(reached)
            - _log_gamma_lower(prior, prior)
            + prior * math.log(prior)
            + reached
            - prior
        )

    def widest(self, variance: float) -> float:  # noqa: ARG002 - the protocol's
        """There is none."""
        return math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class GammaPoisson:
    """For steps bounded on one side, as counts are.

    Attributes:
        rho: Of `best_mixture` with the alternative "greater".
        scale: c, the size of a step, above zero.
    """

    rho: float
    scale: float

    def __post_init__(self) -> None:
        _check_positive(rho=self.rho, scale=self.scale)

    def log_value(self, total: float, variance: float) -> float:
        """Logarithm of the gamma mixture of exp(l s - v psi_P(l)).

        >>> rho = best_mixture(100.0, alternative="greater")
        >>> round(GammaPoisson(rho=rho, scale=2.0).log_value(10.0, 100.0), 5)
        -0.06991
        """
        square = self.scale**2
        prior, moved = self.rho / square, (variance + self.rho) / square
        reached = total / self.scale + moved
        if reached <= 0:
            return -math.inf
        return (
            _log_gamma_upper(reached, moved)
            - reached * math.log(moved)
            - _log_gamma_upper(prior, prior)
            + prior * math.log(prior)
            + variance / square
        )

    def widest(self, variance: float) -> float:  # noqa: ARG002 - the protocol's
        """There is none."""
        return math.inf


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaBinomial:
    """For steps bounded on both sides.

    Attributes:
        rho: Of `best_mixture`, with the same alternative.
        below: g, how far a step may fall below its mean, above zero.
        above: h, how far it may rise above, above zero.
        alternative: "two-sided", or "greater" for sums that rise.
    """

    rho: float
    below: float
    above: float
    alternative: Alternative = "two-sided"

    def __post_init__(self) -> None:
        check_options(0.95, self.alternative)
        _check_positive(rho=self.rho, below=self.below, above=self.above)

    def log_value(self, total: float, variance: float) -> float:
        """Logarithm of the beta mixture of the Bernoulli likelihood ratio.

        >>> rho = best_mixture(100.0)
        >>> round(BetaBinomial(rho=rho, below=0.2, above=0.8).log_value(10.0, 100.0), 5)
        -0.6941
        """
        return float(self.log_values(np.asarray(total, dtype=np.float64), variance))

    def log_values(self, totals: Matrix, variance: float) -> Matrix:
        """The same of many sums at once."""
        g, h = self.below, self.above
        width = g + h
        # Less than the boundary's own mass would be no distribution.
        prior = max(self.rho - g * h, 1e-3 * g * h)
        edge = h / width if self.alternative == "greater" else 1.0
        down, up = (variance - g * totals) / (g * width), (variance + h * totals) / (h * width)
        start, end = prior / (g * width), prior / (h * width)
        values: Matrix = (
            variance / (g * h) * math.log(width)
            - up * math.log(g)
            - down * math.log(h)
            + _log_beta(start + down, end + up, edge)
            - _log_beta(start, end, edge)
        )
        return values

    def widest(self, variance: float) -> float:
        """All steps up."""
        return variance / self.below


def crossing_boundary(mixture: LogMixture, variance: float, *, level: float = 0.05) -> float:
    """What a sum must pass, at any time, to be rejected at this level.

    Args:
        mixture: The kind of its steps.
        variance: Of the process, above zero.
        level: Probability of ever passing it without cause.

    Raises:
        ArgumentImpossible: The level is not inside (0, 1), or the variance not above zero.

    >>> rho = best_mixture(100.0, alternative="greater")
    >>> round(crossing_boundary(GammaExponential(rho=rho, scale=2.0), 100.0), 4)
    33.0202
    """
    check_options(1 - level, "greater")
    _check_positive(variance=variance)
    wanted = -math.log(level)

    def excess(total: float) -> float:
        return mixture.log_value(total, variance) - wanted

    high = mixture.widest(variance)
    if math.isinf(high):
        high = math.sqrt(variance)
        while excess(high) < 0:
            high *= 2
    elif excess(high) < 0:
        return high
    return float(scipy.optimize.brentq(excess, 0.0, high, xtol=1e-12))


def stitched_boundary(
    variance: float,
    *,
    first_variance: float,
    level: float = 0.05,
    scale: float = 0.0,
    exponent: float = 1.4,
    ratio: float = 2.0,
) -> float:
    """Boundary of a sub-gamma sum by polynomial stitching: of the law of the iterated logarithm.

    With v not below m, L = s ln ln(eta v / m) + ln(zeta(s) / (a ln(eta)^s)),
    k1 = (eta^1/4 + eta^-1/4) / sqrt(2) and k2 = (sqrt(eta) + 1) / 2:
    sqrt(k1^2 v L + (k2 c L)^2) + k2 c L.

    Args:
        variance: Of the process.
        first_variance: m, from which on it is to be tight; above zero.
        level: Probability of ever passing it without cause.
        scale: c of the tail; 0 for a normal one, below zero for a shorter one.
        exponent: s, above 1: how the level is spread over the epochs.
        ratio: eta, above 1: how much the variance grows in an epoch.

    Raises:
        ArgumentImpossible: A number is outside its range.

    Source: Howard et al. (2021), theorem 1.

    >>> round(stitched_boundary(100.0, first_variance=10.0, scale=3.0), 5)
    64.48755
    """
    check_options(1 - level, "greater")
    _check_positive(first_variance=first_variance)
    if exponent <= 1 or ratio <= 1:
        raise ArgumentImpossible("exponent and ratio must be above 1")
    used = max(variance, first_variance)
    constant = math.log(float(scipy.special.zeta(exponent)) / (level * math.log(ratio) ** exponent))
    epochs = exponent * math.log(math.log(ratio * used / first_variance)) + constant
    spread = (ratio**0.25 + ratio**-0.25) ** 2 / 2
    tail = (math.sqrt(ratio) + 1) / 2 * scale * epochs
    return math.sqrt(spread * used * epochs + tail**2) + tail


def watch_rate(
    sample: Proportion, *, confidence: float = 0.95, tuned_for: float = 1_000.0
) -> Interval:
    """Interval of one rate that holds at every look, from the first trial on.

    All rates that the beta-binomial mixture does not reject: exact, where the normal sequence needs
    large samples.

    Args:
        sample: Counts so far.
        confidence: Of the whole sequence of intervals.
        tuned_for: Trials at which the interval should be narrowest; fix it before the test.

    Raises:
        TooFewUnits: There are no trials.
        ArgumentImpossible: An option has no meaning.

    >>> found = watch_rate(Proportion(trials=1000, successes=700), tuned_for=100)
    >>> round(found.low, 4), round(found.high, 4)
    (0.6516, 0.7459)
    """
    check_options(confidence, "two-sided")
    _check_positive(tuned_for=tuned_for)
    level, rate, trials = 1 - confidence, sample.rate, sample.trials
    wanted = -math.log(level)

    def excess(at: float) -> float:
        spread = at * (1 - at)
        mixture = BetaBinomial(
            rho=best_mixture(spread * tuned_for, level=level), below=at, above=1 - at
        )
        return mixture.log_value((rate - at) * trials, spread * trials) - wanted

    # Next to 0 and 1 every rate but these themselves is all but impossible.
    nearest = 1e-12
    low, high = 0.0, 1.0
    if rate > 0 and excess(nearest) > 0:
        low = float(scipy.optimize.brentq(excess, nearest, min(rate, 1 - nearest), xtol=1e-12))
    if rate < 1 and excess(1 - nearest) > 0:
        high = float(scipy.optimize.brentq(excess, max(rate, nearest), 1 - nearest, xtol=1e-12))
    return Interval(low=low, high=high, confidence=confidence)


def _check_positive(**numbers: float) -> None:
    for name, number in numbers.items():
        if not number > 0:
            raise ArgumentImpossible(f"{name} must be above zero; it is {number}")


def _log_gamma_lower(shape: float, at: float) -> float:
    return math.lgamma(shape) + float(np.log(scipy.special.gammainc(shape, at)))


def _log_gamma_upper(shape: float, at: float) -> float:
    return math.lgamma(shape) + float(np.log(scipy.special.gammaincc(shape, at)))


def _log_beta(first: Matrix | float, second: Matrix | float, at: float) -> Matrix:
    whole = np.asarray(scipy.special.betaln(first, second), dtype=np.float64)
    return whole if at == 1 else whole + np.log(scipy.special.betainc(first, second, at))
