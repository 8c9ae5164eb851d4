"""Does it work differently for some? And is the best arm as good as it looks?

Of many noisy estimates the largest is too large (the winner's curse). Shrinking each toward their
mean, the more so the noisier it is and the less they truly differ, takes that back on average.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from experiments.stats.errors import VarianceIsZero
from experiments.stats.intervals import Difference, Interval, quantile
from experiments.stats.meta import MetaAnalysis, combine_effects
from experiments.stats.samples import Mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """Whether an effect differs between segments.

    Attributes:
        statistic: Cochran's Q of the segments' effects.
        degrees_of_freedom: Segments minus one.
        p_value: Of one effect in all segments.
        share: Of the variation between segments that is not chance (I squared).
    """

    statistic: float
    degrees_of_freedom: int
    p_value: float
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunken:
    """An estimate pulled toward the mean of its peers.

    Attributes:
        raw: What was measured.
        estimate: The empirical-Bayes estimate.
        interval: Of the true value, the mean's own uncertainty included.
        pull: From 0 (left as measured) to 1 (replaced by the mean).
    """

    raw: float
    estimate: float
    interval: Interval
    pull: float


def interaction(effects: Sequence[Difference]) -> Interaction:
    """Test whether the effect is the same in all segments of disjoint units.

    Q = sum (d - mean)^2 / SE^2 with the mean weighted by precision, chi-square with k - 1 degrees
    of freedom (large samples). One effect significant and the other not is no sign of a difference.

    Raises:
        TooFewUnits: There are fewer than two segments.
        ArgumentImpossible: An effect has no error.

    Source: Gail and Simon (1985), Biometrics 41; Cochran (1954), Biometrics 10.

    >>> from experiments.stats import Mean, compare_means
    >>> base = Mean.from_variance(units=400, mean=5.0, variance=4.0)
    >>> better = Mean.from_variance(units=400, mean=5.5, variance=4.0)
    >>> same = interaction([compare_means(base, better), compare_means(base, base)])
    >>> round(same.p_value, 4)
    0.0124
    """
    together = _combined(effects)
    return Interaction(
        statistic=together.statistic,
        degrees_of_freedom=together.degrees_of_freedom,
        p_value=together.p_value,
        share=together.i_squared,
    )


def shrink_effects(
    effects: Sequence[Difference], *, confidence: float = 0.95
) -> tuple[Shrunken, ...]:
    """Empirical-Bayes effect of each segment: (1 - B) d + B mean, B = SE^2 / (SE^2 + tau^2).

    The interval's variance is SE^2 (1 - B) + B^2 Var(mean); tau^2 is taken as estimated, so with a
    handful of segments the interval is a little narrow.

    Args:
        effects: One for each segment, of disjoint units.
        confidence: Of the intervals.

    Raises:
        TooFewUnits: There are fewer than two segments.
        ArgumentImpossible: An effect has no error.

    Source: C. N. Morris (1983), "Parametric empirical Bayes inference", JASA 78.
    """
    together = _combined(effects)
    return tuple(
        _shrink(effect.estimate, effect.standard_error, together, confidence) for effect in effects
    )


def shrink_arms(arms: Sequence[Mean], *, confidence: float = 0.95) -> tuple[Shrunken, ...]:
    """Empirical-Bayes mean of each arm, so that the best one is not taken for better than it is.

    Args:
        arms: Moments of all arms, control included, each of two units or more.
        confidence: Of the intervals.

    Raises:
        TooFewUnits: There are fewer than two arms, or an arm has fewer than two units.
        VarianceIsZero: All units of an arm have the same value.

    Source: C. N. Morris (1983), JASA 78; Efron (2011), "Tweedie's formula and selection bias".

    >>> arms = [Mean.from_variance(units=100, mean=mean, variance=1.0) for mean in (1.0, 1.3, 1.1)]
    >>> best = shrink_arms(arms)[1]
    >>> best.raw, round(best.estimate, 3)
    (1.3, 1.229)
    """
    if not all(arm.variance_of_mean for arm in arms):
        raise VarianceIsZero("all units of an arm have the same value, so its error is unknown")
    errors = [math.sqrt(arm.variance_of_mean) for arm in arms]
    together = combine_effects([arm.mean for arm in arms], errors)
    return tuple(
        _shrink(arm.mean, error, together, confidence)
        for arm, error in zip(arms, errors, strict=True)
    )


def _combined(effects: Sequence[Difference]) -> MetaAnalysis:
    return _combine(
        tuple(effect.estimate for effect in effects),
        tuple(effect.standard_error for effect in effects),
    )


@lru_cache(maxsize=256)
def _combine(estimates: tuple[float, ...], errors: tuple[float, ...]) -> MetaAnalysis:
    """Remembered, as whoever asks whether effects differ asks what they shrink to next."""
    return combine_effects(estimates, errors)


def _shrink(raw: float, error: float, together: MetaAnalysis, confidence: float) -> Shrunken:
    pull = error**2 / (error**2 + together.tau_squared)
    estimate = raw + pull * (together.mean - raw)
    variance = error**2 * (1 - pull) + (pull * together.mean_error) ** 2
    half = quantile(confidence) * math.sqrt(variance)
    return Shrunken(
        raw=raw,
        estimate=estimate,
        interval=Interval(low=estimate - half, high=estimate + half, confidence=confidence),
        pull=pull,
    )
