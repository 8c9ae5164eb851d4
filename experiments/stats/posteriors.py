"""Posteriors of one arm's mean: of a rate and of a mean, and the priors they come from."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import scipy
from numpy.typing import NDArray

from experiments.stats.errors import ArgumentImpossible, VarianceIsZero
from experiments.stats.intervals import Interval, check_options, quantile
from experiments.stats.samples import Mean, Proportion, merge

Column = NDArray[np.float64]

# In deviations from the middle; ten of them leave out less than 1e-15 of the most skewed of ours.
_STEPS = np.array([-10, -8, -6.4, -5, -3.8, -2.7, -1.7, -0.8, 0, 0.8, 1.7, 2.7, 3.8, 5, 6.4, 8, 10])
# Down to where rounding ends it.
_SHRINKING = np.logspace(-12, -0.5, 12)


class Posterior(Protocol):
    """The belief about one arm's mean after its data."""

    @property
    def mirrored(self) -> Posterior:
        """The belief about the same mean measured downwards, so that less becomes more."""

    def density(self, at: Column) -> Column:
        """Its density."""

    def below(self, at: Column) -> Column:
        """Probability that the mean is below each point."""

    def edges(self) -> Column:
        """Rising points that divide its range into panels, tails of 1e-15 included."""

    def interval(self, confidence: float) -> Interval:
        """Credible interval with equal tails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BetaPosterior:
    """A rate: beta distribution with parameters of 1 or more.

    Attributes:
        alpha: Prior alpha plus successes.
        beta: Prior beta plus failures.

    Raises:
        ArgumentImpossible: A parameter is below 1.
    """

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        if self.alpha < 1 or self.beta < 1:
            raise ArgumentImpossible("alpha and beta must be 1 or more")

    @property
    def mirrored(self) -> BetaPosterior:
        """Of one minus the rate."""
        return BetaPosterior(alpha=self.beta, beta=self.alpha)

    def density(self, at: Column) -> Column:
        """Density; 0 outside of (0, 1)."""
        inside = np.clip(at, 0.0, 1.0)
        logs = scipy.special.xlogy(self.alpha - 1, inside) + scipy.special.xlog1py(
            self.beta - 1, -inside
        )
        heights = np.exp(logs - scipy.special.betaln(self.alpha, self.beta))
        return np.where((at >= 0) & (at <= 1), heights, 0.0)

    def below(self, at: Column) -> Column:
        """Regularised incomplete beta function."""
        probability: Column = scipy.special.betainc(self.alpha, self.beta, np.clip(at, 0.0, 1.0))
        return probability

    def edges(self) -> Column:
        """Steps on the scale of arcsin(sqrt(rate)), where the width hardly depends on the rate.

        Near 0 and 1 a power that is no whole number needs ever smaller panels.
        """
        units = self.alpha + self.beta
        angles = math.asin(math.sqrt(self.alpha / units)) + _STEPS / (2 * math.sqrt(units))
        edges: Column = np.sin(np.clip(angles, 0.0, math.pi / 2)) ** 2
        if angles[0] < 0 < self.alpha % 1:
            edges = np.concatenate([[0.0], edges[edges > 0][0] * _SHRINKING, edges[edges > 0]])
        if self.beta % 1 and angles[-1] > math.pi / 2:
            inside = edges[edges < 1]
            near = 1 - (1 - inside[-1]) * _SHRINKING[::-1]
            edges = np.concatenate([inside, near, [1.0]])
        return edges

    def interval(self, confidence: float) -> Interval:
        """Credible interval with equal tails: quantiles of the beta distribution.

        Raises:
            ArgumentImpossible: The confidence is not inside (0, 1).

        >>> found = BetaPosterior(alpha=11, beta=91).interval(0.95)
        >>> round(found.low, 4), round(found.high, 4)
        (0.0556, 0.1746)
        """
        check_options(confidence, "two-sided")
        tail = (1 - confidence) / 2
        return Interval(
            low=float(scipy.special.betaincinv(self.alpha, self.beta, tail)),
            high=float(scipy.special.betainccinv(self.alpha, self.beta, tail)),
            confidence=confidence,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalPosterior:
    """A mean: normal distribution.

    Attributes:
        mean: Of the belief.
        deviation: Its standard deviation, above zero.

    Raises:
        ArgumentImpossible: The deviation is not above zero.
    """

    mean: float
    deviation: float

    def __post_init__(self) -> None:
        if not self.deviation > 0:
            raise ArgumentImpossible("deviation must be above zero")

    @property
    def mirrored(self) -> NormalPosterior:
        """Of minus the mean."""
        return NormalPosterior(mean=-self.mean, deviation=self.deviation)

    def density(self, at: Column) -> Column:
        """Density at any point."""
        score = (at - self.mean) / self.deviation
        density: Column = np.exp(-score * score / 2) / (self.deviation * math.sqrt(2 * math.pi))
        return density

    def below(self, at: Column) -> Column:
        """The normal distribution function."""
        probability: Column = scipy.special.ndtr((at - self.mean) / self.deviation)
        return probability

    def edges(self) -> Column:
        """Steps of its deviation."""
        edges: Column = self.mean + self.deviation * _STEPS
        return edges

    def interval(self, confidence: float) -> Interval:
        """Credible interval with equal tails.

        Raises:
            ArgumentImpossible: The confidence is not inside (0, 1).

        >>> round(NormalPosterior(mean=1.0, deviation=0.5).interval(0.95).high, 2)
        1.98
        """
        half = quantile(confidence) * self.deviation
        return Interval(low=self.mean - half, high=self.mean + half, confidence=confidence)


def proportion_posterior(
    sample: Proportion, *, alpha: float = 1.0, beta: float = 1.0
) -> BetaPosterior:
    """Posterior of a rate under a beta prior; the default says every rate is as likely.

    Args:
        sample: Counts of the arm; without trials the posterior is the prior.
        alpha: Prior successes, 1 or more.
        beta: Prior failures, 1 or more.

    >>> proportion_posterior(Proportion(trials=100, successes=10))
    BetaPosterior(alpha=11.0, beta=91.0)
    """
    return BetaPosterior(
        alpha=alpha + sample.successes, beta=beta + sample.trials - sample.successes
    )


def mean_posterior(sample: Mean, *, prior: NormalPosterior) -> NormalPosterior:
    """Posterior of a mean under a normal prior, the mean's error taken as known (large samples).

    Raises:
        TooFewUnits: There are fewer than two units.
        VarianceIsZero: All units have the same value.

    >>> mean_posterior(
    ...     Mean.of([1.0, 2.0, 3.0]), prior=NormalPosterior(mean=0.0, deviation=100.0)
    ... ).mean < 2
    True
    """
    if not sample.variance_of_mean:
        raise VarianceIsZero("all units of an arm have the same value, so its error is unknown")
    known, believed = 1 / sample.variance_of_mean, prior.deviation**-2
    precision = known + believed
    return NormalPosterior(
        mean=(known * sample.mean + believed * prior.mean) / precision,
        deviation=precision**-0.5,
    )


def unit_information_prior(samples: Sequence[Mean]) -> NormalPosterior:
    """A prior worth one unit: around the mean of all arms together, as wide as the units are.

    It is proper and fits any scale, and with n units in an arm it moves the arm by 1/n of the way.

    Raises:
        TooFewUnits: There are fewer than two units in all.
        VarianceIsZero: All units have the same value.

    Source: Kass and Wasserman (1995), JASA 90.

    >>> unit_information_prior([Mean.of([1.0, 2.0]), Mean.of([6.0])]).mean
    3.0
    """
    pooled = merge(samples)
    if not pooled.variance:
        raise VarianceIsZero("all units have the same value, so their spread says nothing")
    return NormalPosterior(mean=pooled.mean, deviation=math.sqrt(pooled.variance))
