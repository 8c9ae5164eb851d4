"""A bandit's arms: weights that followed the data bias plain means and their intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from experiments import stats
from experiments.outcomes import Outcome, Samples
from experiments.plans import ArmPlan, MetricSpec

# A sum of its own per period is kept of these; the others are shown as they are.
KINDS = ("conversion", "retention", "count", "sum")


def adaptive_samples(
    metric: MetricSpec,
    arms: Sequence[ArmPlan],
    samples: Samples,
    weights: Mapping[int, Mapping[str, float]],
) -> dict[str, stats.Mean]:
    """Each arm's adaptively weighted mean, as a sample of its units that has the mean's error.

    Args:
        metric: What was counted.
        arms: All arms, in order.
        samples: With outcomes by period.
        weights: Of each arm by key, by period.

    Returns:
        Nothing where the weights never moved, or where an arm's mean cannot be had so.
    """
    periods = sorted({period for key, period, _ in samples.by_period if key == metric.key})
    if metric.kind not in KINDS or metric.covariate_days is not None or len(periods) < 2:
        return {}
    seen = [
        stats.Period(
            weights=tuple(weights.get(period, {}).get(arm.key, arm.weight) for arm in arms),
            samples=tuple(_sample(metric, period, arm.key, samples) for arm in arms),
        )
        for period in periods
    ]
    try:
        return {
            arm.key: _as_sample(stats.adaptive_mean(seen, arm=place), seen, place)
            for place, arm in enumerate(arms)
        }
    except stats.StatsError:
        return {}


def _sample(metric: MetricSpec, period: int, arm: str, samples: Samples) -> stats.Mean:
    # A period in which an arm's people did nothing has no sums, but it has its people.
    units = samples.periods.get((period, arm), 0)
    outcome = samples.by_period.get((metric.key, period, arm), Outcome(units=units))
    if not metric.is_share:
        return outcome.mean()
    rate = outcome.proportion().rate if outcome.units else 0.0
    return stats.Mean(
        units=outcome.units, mean=rate, centred_squares=outcome.units * rate * (1 - rate)
    )


def _as_sample(
    found: stats.AdaptiveMean, periods: Sequence[stats.Period], place: int
) -> stats.Mean:
    units = sum(period.samples[place].units for period in periods)
    return stats.Mean(
        units=units,
        mean=found.estimate,
        centred_squares=found.standard_error**2 * units * max(units - 1, 0),
    )
