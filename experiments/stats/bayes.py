"""What to believe after the data: posteriors of each arm, and three figures a choice rests on.

Everything is computed by quadrature of the posteriors themselves, so the figures have no noise of
drawing: Gauss-Legendre nodes on panels whose edges are quantiles of every arm.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import special

from experiments.stats.errors import ArgumentImpossible, TooFewUnits, VarianceIsZero
from experiments.stats.samples import Mean, Proportion, merge

Column = NDArray[np.float64]

_TAILS = np.array([1e-15, 1e-12, 1e-9, 1e-6, 1e-4, 1e-2, 0.1, 0.3, 0.5])
_NODES, _NODE_WEIGHTS = np.polynomial.legendre.leggauss(16)


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
        """Quantiles that divide its range into panels, tails of 1e-15 included."""


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
        """Density at rates inside (0, 1)."""
        logs = special.xlogy(self.alpha - 1, at) + special.xlog1py(self.beta - 1, -at)
        density: Column = np.exp(logs - special.betaln(self.alpha, self.beta))
        return density

    def below(self, at: Column) -> Column:
        """Regularised incomplete beta function."""
        probability: Column = special.betainc(self.alpha, self.beta, at)
        return probability

    def edges(self) -> Column:
        """Quantiles of both tails."""
        return np.concatenate(
            [
                special.betaincinv(self.alpha, self.beta, _TAILS),
                special.betainccinv(self.alpha, self.beta, _TAILS),
            ]
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
        probability: Column = special.ndtr((at - self.mean) / self.deviation)
        return probability

    def edges(self) -> Column:
        """Quantiles of both tails."""
        score = special.ndtri(_TAILS)
        return self.mean + self.deviation * np.concatenate([score, -score])


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What the posteriors say about choosing one arm.

    Attributes:
        beats_control: Probability that its mean is better than control's; 0.5 for control itself.
        is_best: Probability that its mean is the best of all arms.
        expected_loss: What one gives up on average by choosing it and not the best of the other
            arms, control included, in the metric's own unit.
    """

    beats_control: float
    is_best: float
    expected_loss: float


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


def compare_posteriors(
    posteriors: Sequence[Posterior], *, control: int = 0, is_lower_better: bool = False
) -> tuple[Belief, ...]:
    r"""Weigh arms against control and against each other.

    With density f, distribution function F and x over the range of all arms:
    P(k best) = int f_k prod_{j != k} F_j;  P(k > c) = int f_k F_c;
    loss of k = E[(max_{j != k} - k)^+] = int F_k (1 - prod_{j != k} F_j), whose integrand is never
    negative, so small losses keep their digits.

    Args:
        posteriors: One for each arm, independent of each other, two or more.
        control: Which of them is control.
        is_lower_better: Less of the metric is better.

    Returns:
        One belief for each arm, in the order given.

    Raises:
        TooFewUnits: There are fewer than two arms.

    Source: Stucchio (2015), "Bayesian A/B testing at VWO"; checked against Miller's closed form.

    >>> arms = [BetaPosterior(alpha=101, beta=901), BetaPosterior(alpha=121, beta=881)]
    >>> belief = compare_posteriors(arms)[1]
    >>> round(belief.beats_control, 4), round(belief.expected_loss, 6)
    (0.9232, 0.000485)
    """
    if len(posteriors) < 2:
        raise TooFewUnits("a comparison needs two arms or more")
    arms = [arm.mirrored for arm in posteriors] if is_lower_better else list(posteriors)
    points, widths = _grid(arms)
    below = np.stack([arm.below(points) for arm in arms])
    beliefs = []
    for index, arm in enumerate(arms):
        mass = widths * arm.density(points)
        others = np.prod(np.delete(below, index, axis=0), axis=0)
        beliefs.append(
            Belief(
                beats_control=0.5 if index == control else _share(mass @ below[control]),
                is_best=_share(mass @ others),
                expected_loss=float(widths @ (below[index] * (1 - others))),
            )
        )
    return tuple(beliefs)


def _share(probability: float) -> float:
    return min(1.0, max(0.0, float(probability)))


def _grid(arms: Sequence[Posterior]) -> tuple[Column, Column]:
    edges = np.unique(np.concatenate([arm.edges() for arm in arms]))
    half = np.diff(edges)[:, None] / 2
    middle = (edges[:-1, None] + edges[1:, None]) / 2
    return (middle + half * _NODES).ravel(), (half * _NODE_WEIGHTS).ravel()
