"""One metric's table as the stored JSON has it. What has no end is null there."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from experiments import stats
from experiments.outcomes import decimal_text
from experiments.plans import MetricSpec
from experiments.results.beyond import ShrunkenArm
from experiments.results.comparisons import Comparison, Comparisons, Pair
from experiments.results.samples import Arms, Sample, units_of
from experiments.stats.intervals import quantile, tail_probability

Json = dict[str, Any]


def table_json(
    arms: Arms, comparisons: Comparisons, *, metric: MetricSpec, confidence: float
) -> Json:
    return {
        "arms": {
            key: _arm(key, arms, metric=metric, confidence=confidence) for key in arms.outcomes
        },
        "comparisons": {
            arm: _comparison(found, confidence=confidence) for arm, found in comparisons.items()
        },
        "variance_kept": arms.variance_kept,
    }


def shrunken_arm_json(arm: ShrunkenArm) -> Json:
    return {**shrunken_json(arm.mean), "lift": arm.lift}


def shrunken_json(found: stats.Shrunken) -> Json:
    return {
        "estimate": found.estimate,
        "low": found.interval.low,
        "high": found.interval.high,
        "pull": found.pull,
    }


def interaction_json(found: stats.Interaction) -> Json:
    return {
        "p_value": found.p_value,
        "statistic": found.statistic,
        "degrees_of_freedom": found.degrees_of_freedom,
        "share": found.share,
    }


def _arm(key: str, arms: Arms, *, metric: MetricSpec, confidence: float) -> Json:
    outcome = arms.outcomes[key]
    mean, interval = _mean(arms.compared.get(key), confidence=confidence)
    interval = arms.intervals.get(key, interval)
    return {
        "units": outcome.units,
        "converters": outcome.doers,
        "total": None if metric.is_share else decimal_text(outcome.total),
        "mean": mean,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }


def _mean(
    sample: Sample | None, *, confidence: float
) -> tuple[float | None, stats.Interval | None]:
    if sample is None or not units_of(sample):
        return None, None
    if isinstance(sample, stats.Proportion):
        return sample.rate, stats.wilson(sample, confidence=confidence)
    try:
        return sample.mean, stats.mean_interval(sample, confidence=confidence)
    except stats.StatsError:
        # One unit, or no spread at all: the mean is a fact, its interval is not to be had.
        return sample.mean, None


def _comparison(found: Comparison, *, confidence: float) -> Json:
    family = found.family
    return {
        "difference": {
            **_difference(found.pair),
            "p_adjusted": found.p_adjusted,
            **_ends(family.difference if family else None, "_adjusted"),
        },
        "lift": {
            **_interval(found.pair.lift),
            **_ends(family.lift if family else None, "_adjusted"),
        }
        if found.pair and found.pair.lift
        else None,
        "bayes": _belief(found.belief) if found.belief else None,
        "plain": _pair(found.plain),
        "uncapped": _pair(found.uncapped),
        "margin": _against(found.against) if found.against else None,
        "informed": _informed(found.informed, confidence=confidence) if found.informed else None,
        "stratified": _interval(found.stratified) | {"p_value": found.stratified.p_value}
        if found.stratified
        else None,
        "interaction": interaction_json(found.interaction) if found.interaction else None,
        "error": found.error,
    }


def _pair(pair: Pair | None) -> Json | None:
    if pair is None:
        return None
    return {
        "difference": _difference(pair),
        "lift": _interval(pair.lift) if pair.lift else None,
    }


def _difference(pair: Pair | None) -> Json:
    found = pair.difference if pair else None
    return {
        **_interval(found),
        "p_value": found.p_value if found else None,
        "method": found.method if found else None,
    }


def _belief(found: stats.Belief) -> Json:
    return {
        "beats_control": found.beats_control,
        "is_best": found.is_best,
        "expected_loss": found.expected_loss,
        "difference_low": found.difference_low,
        "difference_high": found.difference_high,
        "lift_low": found.lift_low,
        "lift_high": found.lift_high,
    }


def _against(found: stats.Against) -> Json:
    return {
        "margin": found.margin,
        "p_value": found.p_value,
        "is_shown": found.is_shown,
        **_ends(found, ""),
    }


def _informed(posterior: stats.NormalPosterior, *, confidence: float) -> Json:
    """A lift again, from the log of the ratio; with the chance that it is above zero."""
    half = quantile(confidence) * posterior.deviation
    return {
        "estimate": math.expm1(posterior.mean),
        "low": math.expm1(posterior.mean - half),
        "high": math.expm1(posterior.mean + half),
        "beats_control": tail_probability(
            -posterior.mean / posterior.deviation, alternative="less"
        ),
    }


def _interval(found: stats.Difference | stats.Lift | None) -> Json:
    return {"estimate": found.estimate if found else None, **_ends(found, "")}


def _ends(found: stats.Difference | stats.Lift | stats.Against | None, suffix: str) -> Json:
    return {
        f"low{suffix}": finite(found.low) if found else None,
        f"high{suffix}": finite(found.high) if found else None,
    }


def finite(number: float) -> float | None:
    """JSON has no infinity."""
    return number if math.isfinite(number) else None


def arms_json(shrunken: Mapping[str, ShrunkenArm]) -> Json:
    return {arm: shrunken_arm_json(each) for arm, each in shrunken.items()}
