"""A bandit played many times: what it spares against an even split, and whether it reports truly.

Periods, weights and estimates are those of `experiments.stats`; only the units are simulated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from experiments import stats
from experiments.simulation.repeat import Share
from experiments.stats.bandits import Strategy
from experiments.stats.posteriors import Posterior

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class BanditDesign:
    """Arms whose traffic follows what is believed of them; the first is control.

    Attributes:
        rates: True conversion rate of each arm.
        periods: How often the weights may change.
        units: In each period.
        strategy: "thompson" or "top-two".
        floor: Least share of every arm.
        confidence: Of the reported intervals.

    Raises:
        ArgumentImpossible: There are fewer than two arms, or a rate is not inside (0, 1).
    """

    rates: tuple[float, ...]
    periods: int = 10
    units: int = 1_000
    strategy: Strategy = "thompson"
    floor: float = stats.bandits.LEAST_SHARE
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if len(self.rates) < 2 or not all(0 < rate < 1 for rate in self.rates):
            raise stats.ArgumentImpossible("a bandit needs two rates or more, inside (0, 1)")
        if self.periods < 1 or self.units < 2 * len(self.rates):
            raise stats.ArgumentImpossible("a bandit needs a period, and two units an arm in it")


@dataclass(frozen=True, slots=True, kw_only=True)
class BanditStudy:
    """What the repetitions came to.

    Attributes:
        repetitions: How many.
        regret: Mean conversions lost against giving everyone the best arm.
        even_regret: The same for an even split of the same units.
        best_share: Mean share of all traffic that the best arm got.
        difference_covered: The adaptively weighted interval of a difference holds the truth.
        lift_covered: The adaptively weighted interval of a lift does.
        naive_difference_covered: Welch's interval from plain pooled means does.
        naive_lift_covered: The log-ratio interval from plain pooled means does.
        bias: Mean error of the adaptively weighted difference.
        naive_bias: Mean error of the plain one.
        not_compared: Comparisons that could not be made.
    """

    repetitions: int
    regret: float
    even_regret: float
    best_share: float
    difference_covered: Share
    lift_covered: Share
    naive_difference_covered: Share
    naive_lift_covered: Share
    bias: float
    naive_bias: float
    not_compared: Share


def repeat_bandit(
    design: BanditDesign, *, repetitions: int, rng: np.random.Generator
) -> BanditStudy:
    """Play the bandit so many times.

    >>> design = BanditDesign(rates=(0.1, 0.2), periods=4, units=500)
    >>> study = repeat_bandit(design, repetitions=20, rng=np.random.default_rng(1))
    >>> study.regret < study.even_regret
    True
    """
    if repetitions < 1:
        raise stats.ArgumentImpossible("there must be one repetition or more")
    rates = np.asarray(design.rates)
    missed = rates.max() - rates
    reports, traffic = [], np.zeros(len(rates))
    for _ in range(repetitions):
        periods = play(design, rng)
        traffic += np.mean([period.weights for period in periods], axis=0)
        reports += [_report(design, periods, arm) for arm in range(1, len(rates))]
    total, shares = design.units * design.periods, traffic / repetitions
    made = [report for report in reports if report is not None]
    columns = np.array(made, dtype=np.float64).reshape(-1, 6)
    covered = [Share.of(hits, len(made)) for hits in columns[:, :4].sum(axis=0)]
    return BanditStudy(
        repetitions=repetitions,
        regret=float(total * shares @ missed),
        even_regret=float(total * missed.mean()),
        best_share=float(shares[int(rates.argmax())]),
        difference_covered=covered[0],
        lift_covered=covered[1],
        naive_difference_covered=covered[2],
        naive_lift_covered=covered[3],
        bias=float(columns[:, 4].mean()) if made else math.nan,
        naive_bias=float(columns[:, 5].mean()) if made else math.nan,
        not_compared=Share.of(len(reports) - len(made), len(reports)),
    )


def play(design: BanditDesign, rng: np.random.Generator) -> list[stats.Period]:
    """One run of the bandit: its periods, with the weights they had."""
    arms = len(design.rates)
    units, successes = np.zeros(arms, dtype=np.int64), np.zeros(arms, dtype=np.int64)
    weights, periods = (1 / arms,) * arms, []
    for _ in range(design.periods):
        new = rng.multinomial(design.units, weights)
        did = rng.binomial(new, design.rates)
        samples = tuple(_sample(*pair) for pair in zip(new.tolist(), did.tolist(), strict=True))
        periods.append(stats.Period(weights=weights, samples=samples))
        units, successes = units + new, successes + did
        weights = _next_weights(design, units, successes)
    return periods


def _next_weights(design: BanditDesign, units: Counts, successes: Counts) -> tuple[float, ...]:
    posteriors: list[Posterior] = [
        stats.proportion_posterior(stats.Proportion(trials=trials, successes=hits))
        for trials, hits in zip(units.tolist(), successes.tolist(), strict=True)
    ]
    return stats.allocate_traffic(
        posteriors, units=units.tolist(), strategy=design.strategy, floor=design.floor
    ).weights


def _sample(units: int, successes: int) -> stats.Mean:
    rate = successes / units if units else 0.0
    return stats.Mean(units=units, mean=rate, centred_squares=successes * (1 - rate))


def _report(
    design: BanditDesign, periods: Sequence[stats.Period], arm: int
) -> tuple[float, ...] | None:
    """Whether each interval holds the truth, and both errors; None if nothing can be compared."""
    base, rate = design.rates[0], design.rates[arm]
    pooled = [stats.merge(period.samples[position] for period in periods) for position in (0, arm)]
    confidence = design.confidence
    try:
        adaptive = stats.adaptive_difference(periods, treatment=arm, confidence=confidence)
        naive = stats.compare_means(*pooled, confidence=confidence)
        lift = _adaptive_lift(periods, arm, confidence)
        naive_lift = stats.relative_mean_lift(*pooled, confidence=confidence)
    except stats.StatsError:
        return None
    difference, ratio = rate - base, rate / base - 1
    return (
        adaptive.low <= difference <= adaptive.high,
        lift.low <= ratio <= lift.high,
        naive.low <= difference <= naive.high,
        naive_lift.low <= ratio <= naive_lift.high,
        adaptive.estimate - difference,
        naive.estimate - difference,
    )


def _adaptive_lift(periods: Sequence[stats.Period], arm: int, confidence: float) -> stats.Lift:
    base, value = (stats.adaptive_mean(periods, arm=position) for position in (0, arm))
    return stats.log_ratio_lift(
        base.estimate,
        value.estimate,
        control_variance=base.standard_error**2,
        treatment_variance=value.standard_error**2,
        confidence=confidence,
    )
