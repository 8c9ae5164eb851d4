"""What many tests say together: meta-analysis, and a prior for the next test.

The effects differ from test to test by more than chance; the random-effects model says by how much
(tau), and so how surprising the next effect may be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy

from experiments.stats.errors import ArgumentImpossible, TooFewUnits, VarianceIsZero
from experiments.stats.intervals import Interval, quantile
from experiments.stats.moments import Matrix
from experiments.stats.posteriors import NormalPosterior
from experiments.stats.samples import Proportion, merge

# A prior worth more than e^18 trials says that all rates are one.
MOST_LOG_WORTH = 18.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MetaAnalysis:
    """Effects of several tests, or of several segments, taken together.

    Attributes:
        fixed: Their mean weighted by precision, as if all had one true effect.
        fixed_error: Its standard error.
        mean: Mean of the true effects under random effects.
        mean_error: Its standard error.
        interval: Of that mean.
        tau_squared: Variance of the true effects (DerSimonian and Laird), 0 or more.
        statistic: Cochran's Q.
        degrees_of_freedom: Of Q: effects minus one.
        p_value: Of equal true effects, by the chi-square distribution of Q.
        i_squared: Share of the variation that is not chance, from 0 to 1.
    """

    fixed: float
    fixed_error: float
    mean: float
    mean_error: float
    interval: Interval
    tau_squared: float
    statistic: float
    degrees_of_freedom: int
    p_value: float
    i_squared: float


def combine_effects(
    effects: Sequence[float], errors: Sequence[float], *, confidence: float = 0.95
) -> MetaAnalysis:
    """Random-effects meta-analysis by DerSimonian and Laird's moments.

    With w = 1 / error^2 and Q = sum w (y - fixed)^2, tau^2 is (Q - (k - 1)) over
    (sum w - sum w^2 / sum w), not below 0; the mean has weights 1 / (error^2 + tau^2).

    Args:
        effects: One for each test, on a scale where they can be compared (log ratio, lift).
        errors: Their standard errors, above zero.
        confidence: Of the interval of the mean (normal distribution).

    Raises:
        TooFewUnits: There are fewer than two effects.
        ArgumentImpossible: The lists do not fit, or an error is not above zero.

    Source: DerSimonian and Laird (1986), Controlled Clinical Trials 7.

    >>> result = combine_effects([0.1, 0.3, 0.35], [0.1, 0.1, 0.1])
    >>> round(result.mean, 3), round(result.tau_squared, 4), round(result.p_value, 3)
    (0.25, 0.0075, 0.174)
    """
    values, variances = _columns(effects, errors)
    weights = 1 / variances
    fixed = float(weights @ values / weights.sum())
    statistic, degrees = float(weights @ (values - fixed) ** 2), len(values) - 1
    spread = float(weights.sum() - weights @ weights / weights.sum())
    tau_squared = max((statistic - degrees) / spread, 0.0)
    wide = 1 / (variances + tau_squared)
    mean, error = float(wide @ values / wide.sum()), float(wide.sum()) ** -0.5
    half = quantile(confidence) * error
    return MetaAnalysis(
        fixed=fixed,
        fixed_error=float(weights.sum()) ** -0.5,
        mean=mean,
        mean_error=error,
        interval=Interval(low=mean - half, high=mean + half, confidence=confidence),
        tau_squared=tau_squared,
        statistic=statistic,
        degrees_of_freedom=degrees,
        p_value=float(scipy.special.chdtrc(degrees, statistic)),
        i_squared=max(1 - degrees / statistic, 0.0) if statistic else 0.0,
    )


def fit_prior(effects: Sequence[float], errors: Sequence[float]) -> NormalPosterior:
    """A normal prior for the next effect, fitted to the effects of past tests (empirical Bayes).

    It is centred on their mean, and its variance is that of the true effects plus the mean's own
    error squared: what the next true effect may be, not what the next measured one may.

    Raises:
        TooFewUnits: There are fewer than two effects.
        ArgumentImpossible: The lists do not fit, or an error is not above zero.
        VarianceIsZero: The effects differ by no more than chance, so they cannot say how wide the
            true ones spread.

    >>> prior = fit_prior([0.1, 0.3, 0.35], [0.1, 0.1, 0.1])
    >>> round(prior.mean, 3), round(prior.deviation, 3)
    (0.25, 0.115)
    """
    together = combine_effects(effects, errors)
    if not together.tau_squared:
        raise VarianceIsZero("past effects differ by no more than chance: they fit no prior")
    return NormalPosterior(
        mean=together.mean, deviation=math.sqrt(together.tau_squared + together.mean_error**2)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RatePrior:
    """A beta prior for a rate, for `proportion_posterior`.

    Attributes:
        alpha: Successes that it is worth, above zero.
        beta: Failures that it is worth, above zero.
    """

    alpha: float
    beta: float


def fit_rate_prior(samples: Sequence[Proportion]) -> RatePrior:
    """A beta prior for the next rate, fitted to the rates of past tests or mails (empirical Bayes).

    Maximum of the beta-binomial likelihood sum ln B(a + s, b + f) - ln B(a, b) over the mean and
    the worth a + b of the prior, from the start that the moments give.

    Args:
        samples: Counts of past control arms, or of past mails of the same kind, two or more.

    Raises:
        TooFewUnits: There are fewer than two samples, or one has no trials.
        VarianceIsZero: The rates differ by no more than chance, so they cannot say how far the true
            ones spread.

    Source: Robbins (1956); Casella (1985), "An introduction to empirical Bayes data analysis", The
    American Statistician 39.

    >>> past = [Proportion(trials=1000, successes=each) for each in (80, 120, 100, 150, 60)]
    >>> prior = fit_rate_prior(past)
    >>> round(prior.alpha / (prior.alpha + prior.beta), 4), round(prior.alpha + prior.beta)
    (0.102, 101)
    """
    if len(samples) < 2:
        raise TooFewUnits(f"rates are compared from two on; there are {len(samples)}")
    mean = merge(samples).rate
    start = _worth_by_moments([sample.rate for sample in samples], samples, mean)
    successes = np.array([sample.successes for sample in samples])
    failures = np.array([sample.trials for sample in samples]) - successes

    def loss(at: Matrix) -> float:
        alpha, beta = _shape(at)
        gain = scipy.special.betaln(alpha + successes, beta + failures) - scipy.special.betaln(
            alpha, beta
        )
        return -float(gain.sum())

    found = scipy.optimize.minimize(
        loss,
        [math.log(mean / (1 - mean)), math.log(start)],
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 2_000},
    ).x
    if found[1] > MOST_LOG_WORTH:
        raise VarianceIsZero("past rates differ by no more than chance: they fit no prior")
    alpha, beta = _shape(found)
    return RatePrior(alpha=alpha, beta=beta)


def _shape(at: Matrix) -> tuple[float, float]:
    """From the logit of the mean and the logarithm of the worth."""
    mean, worth = float(scipy.special.expit(at[0])), math.exp(min(float(at[1]), 2 * MOST_LOG_WORTH))
    return mean * worth, (1 - mean) * worth


def _worth_by_moments(rates: Sequence[float], samples: Sequence[Proportion], mean: float) -> float:
    """Trials that the prior is worth, from how much more than chance the rates differ."""
    if not 0 < mean < 1:
        raise VarianceIsZero("nobody or everybody converted in the past: it fits no prior")
    chance = mean * (1 - mean)
    by_chance = chance * math.fsum(1 / sample.trials for sample in samples) / len(samples)
    excess = math.fsum((rate - mean) ** 2 for rate in rates) / (len(rates) - 1) - by_chance
    if excess <= 0:
        raise VarianceIsZero("past rates differ by no more than chance: they fit no prior")
    return max(chance / excess - 1, 0.1)


def _columns(effects: Sequence[float], errors: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    if len(effects) != len(errors) or not all(error > 0 for error in errors):
        raise ArgumentImpossible("there must be one standard error above zero for each effect")
    if len(effects) < 2:
        raise TooFewUnits(f"effects are compared from two on; there are {len(effects)}")
    return np.asarray(effects, dtype=np.float64), np.square(np.asarray(errors, dtype=np.float64))
