"""What to believe of an effect itself: a normal prior on a difference or a lift, and its posterior.

`bayes` believes in each arm's mean and compares the beliefs. Where a team knows what effects its
tests usually have (`fit_prior`), the prior belongs on the effect: it shrinks a lucky winner.
Without a prior the belief is the likelihood, and as open to peeking as a fixed-horizon test.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import scipy

from experiments.stats.errors import VarianceIsZero
from experiments.stats.intervals import quantile
from experiments.stats.posteriors import NormalPosterior


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectBelief:
    """What the posterior of an effect says about choosing the treatment.

    Attributes:
        effect: Its mean.
        low: Lower end of its credible interval.
        high: Upper end.
        confidence: Probability inside the interval.
        beats_control: Probability that the effect is for the better.
        loss_of_treatment: What one gives up on average by choosing treatment.
        loss_of_control: What one gives up on average by staying with control.
    """

    effect: float
    low: float
    high: float
    confidence: float
    beats_control: float
    loss_of_treatment: float
    loss_of_control: float


def effect_posterior(
    estimate: float, error: float, *, prior: NormalPosterior | None = None
) -> NormalPosterior:
    """Posterior of an effect that was measured with a known normal error.

    Precisions add: 1 / sigma^2 = 1 / SE^2 + 1 / sigma_0^2, and the mean is weighted by them.

    Args:
        estimate: The difference or the lift.
        error: Its standard error (of a lift: that of `delta_lift`).
        prior: Of the same effect on the same scale; None for a flat one.

    Raises:
        VarianceIsZero: The error is zero.

    >>> found = effect_posterior(0.10, 0.05, prior=NormalPosterior(mean=0.0, deviation=0.05))
    >>> round(found.mean, 4), round(found.deviation, 4)
    (0.05, 0.0354)
    """
    if not error > 0:
        raise VarianceIsZero("the effect has no error, so there is nothing to believe")
    if prior is None:
        return NormalPosterior(mean=estimate, deviation=error)
    known, believed = error**-2, prior.deviation**-2
    precision = known + believed
    return NormalPosterior(
        mean=(known * estimate + believed * prior.mean) / precision, deviation=precision**-0.5
    )


def judge_effect(
    posterior: NormalPosterior, *, confidence: float = 0.95, is_lower_better: bool = False
) -> EffectBelief:
    """Chance to win, expected losses and credible interval of an effect.

    With z = mu / sigma: P = Phi(z), and E[effect above 0] = sigma (phi(z) + z Phi(z)).

    Args:
        posterior: Of the effect, treatment minus control.
        confidence: Of the interval.
        is_lower_better: Less of the metric is better.

    Raises:
        ArgumentImpossible: The confidence is not inside (0, 1).

    Source: Stucchio (2015), "Bayesian A/B testing at VWO".

    >>> belief = judge_effect(NormalPosterior(mean=1.0, deviation=1.0))
    >>> round(belief.beats_control, 4), round(belief.loss_of_treatment, 4)
    (0.8413, 0.0833)
    """
    score = posterior.mean / posterior.deviation
    half = quantile(confidence) * posterior.deviation
    toward = -score if is_lower_better else score
    return EffectBelief(
        effect=posterior.mean,
        low=posterior.mean - half,
        high=posterior.mean + half,
        confidence=confidence,
        beats_control=float(scipy.special.ndtr(toward)),
        loss_of_treatment=posterior.deviation * _mean_above_zero(-toward),
        loss_of_control=posterior.deviation * _mean_above_zero(toward),
    )


def _mean_above_zero(score: float) -> float:
    """phi(z) + z Phi(z), which would cancel to nothing far below zero."""
    density = math.exp(-score * score / 2) / math.sqrt(2 * math.pi)
    if score > 0:
        return density + score * float(scipy.special.ndtr(score))
    # Phi(z) is the density times Mills' ratio.
    mills = math.sqrt(math.pi / 2) * float(scipy.special.erfcx(-score / math.sqrt(2)))
    return density * (1 + score * mills)
