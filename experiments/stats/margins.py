"""Tests against a margin: "not worse by more than this", and "the same, but for this".

A relative margin is a share of the control's true mean, which is only estimated; so the test is of
T - (1 + margin) C, whose error includes that of the margin itself (Laster and Johnson 2003).
An absolute margin only shifts the difference.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from experiments.stats.errors import ArgumentImpossible, BaselineNotPositive, VarianceIsZero
from experiments.stats.intervals import check_options, quantile, tail_probability
from experiments.stats.samples import Mean, Proportion


@dataclass(frozen=True, slots=True, kw_only=True)
class Against:
    """Treatment against control, held to a margin.

    Attributes:
        estimate: Treatment minus control, in the metric's own unit.
        low: Lower end of the one-sided (non-inferiority) or both-sided interval of the difference.
        high: Its upper end.
        margin: Largest loss, or largest departure, that is still acceptable; in the metric's unit.
        p_value: Of the hypothesis that the margin is reached or passed.
        is_shown: Whether that hypothesis is refuted at 1 - confidence.
        confidence: Of the test.
    """

    estimate: float
    low: float
    high: float
    margin: float
    p_value: float
    is_shown: bool
    confidence: float


def not_worse(
    control: Mean | Proportion,
    treatment: Mean | Proportion,
    *,
    margin: float,
    is_relative: bool = False,
    is_lower_better: bool = False,
    confidence: float = 0.95,
) -> Against:
    """Non-inferiority: is the treatment surely not worse than control by the margin or more?

    z = (T - C + margin) / SE for an absolute margin; (T - (1 - margin) C) / SE with
    SE^2 = v_T + (1 - margin)^2 v_C for a relative one; mirrored when lower is better. Proportions
    have the variance p (1 - p) / n, means that of n - 1; large samples.

    Args:
        control: The control's sample.
        treatment: The treatment's sample, of the same kind.
        margin: Above zero; a share of the control's mean when it is relative.
        is_relative: Whether the margin is a share.
        is_lower_better: Less of the metric is better, so worse is more.
        confidence: Of the one-sided test.

    Raises:
        ArgumentImpossible: The margin is not above zero, or an option has no meaning.
        TooFewUnits: An arm has too few units for an error.
        VarianceIsZero: Neither arm has any spread.
        BaselineNotPositive: A relative margin needs a control above zero.

    Source: Laster and Johnson (2003), Statistics in Medicine 22.

    >>> control = Proportion(trials=10_000, successes=1_000)
    >>> treatment = Proportion(trials=10_000, successes=985)
    >>> result = not_worse(control, treatment, margin=0.005)
    >>> round(result.p_value, 4), result.is_shown
    (0.2039, False)
    """
    _check(margin, confidence)
    sign = 1.0 if is_lower_better else -1.0
    p_value = _margin_p(control, treatment, sign * margin, is_relative=is_relative)
    estimate, error, width = _difference(control, treatment, margin, is_relative=is_relative)
    half = quantile(confidence, alternative="greater") * error
    return Against(
        estimate=estimate,
        low=-math.inf if is_lower_better else estimate - half,
        high=estimate + half if is_lower_better else math.inf,
        margin=width,
        p_value=p_value,
        is_shown=p_value <= 1 - confidence,
        confidence=confidence,
    )


def equivalent(
    control: Mean | Proportion,
    treatment: Mean | Proportion,
    *,
    margin: float,
    is_relative: bool = False,
    confidence: float = 0.95,
) -> Against:
    """Equivalence by two one-sided tests: does the treatment surely stay inside both margins?

    The p-value is the larger of the two; the interval is that of 2 confidence - 1, which lies
    inside an absolute margin exactly when equivalence is shown.

    Raises:
        ArgumentImpossible: The margin is not above zero, or an option has no meaning.
        TooFewUnits: An arm has too few units for an error.
        VarianceIsZero: Neither arm has any spread.
        BaselineNotPositive: A relative margin needs a control above zero.

    Source: D. J. Schuirmann (1987), Journal of Pharmacokinetics and Biopharmaceutics 15.

    >>> arms = [Proportion(trials=10_000, successes=each) for each in (1_000, 1_005)]
    >>> equivalent(*arms, margin=0.01).is_shown
    True
    """
    _check(margin, confidence)
    p_value = max(
        _margin_p(control, treatment, side * margin, is_relative=is_relative) for side in (-1, 1)
    )
    estimate, error, width = _difference(control, treatment, margin, is_relative=is_relative)
    half = quantile(confidence, alternative="greater") * error
    return Against(
        estimate=estimate,
        low=estimate - half,
        high=estimate + half,
        margin=width,
        p_value=p_value,
        is_shown=p_value <= 1 - confidence,
        confidence=confidence,
    )


def _check(margin: float, confidence: float) -> None:
    check_options(confidence, "greater")
    if not margin > 0:
        raise ArgumentImpossible(f"margin must be above zero; it is {margin}")


def _moments(sample: Mean | Proportion) -> tuple[float, float]:
    """Mean, and its variance."""
    if isinstance(sample, Proportion):
        return sample.rate, sample.rate * (1 - sample.rate) / sample.trials
    return sample.mean, sample.variance_of_mean


def _difference(
    control: Mean | Proportion, treatment: Mean | Proportion, margin: float, *, is_relative: bool
) -> tuple[float, float, float]:
    """Difference, its error, and the margin in the metric's own unit."""
    (base, base_variance), (changed, variance) = _moments(control), _moments(treatment)
    return (
        changed - base,
        math.sqrt(base_variance + variance),
        margin * base if is_relative else margin,
    )


def _margin_p(
    control: Mean | Proportion, treatment: Mean | Proportion, margin: float, *, is_relative: bool
) -> float:
    """Of a difference at the signed margin or beyond it."""
    (base, base_variance), (changed, variance) = _moments(control), _moments(treatment)
    if is_relative and base <= 0:
        raise BaselineNotPositive("a relative margin needs a control above zero")
    factor = 1 + margin if is_relative else 1.0
    error = math.sqrt(variance + factor**2 * base_variance)
    if not error:
        raise VarianceIsZero("neither arm has any spread, so chance has no size")
    ahead = changed - factor * base - (0.0 if is_relative else margin)
    return tail_probability(ahead / error, alternative="less" if margin > 0 else "greater")
