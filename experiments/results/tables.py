"""One metric's table as the stored JSON has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments import stats
from experiments.outcomes import Outcome, decimal_text
from experiments.results.comparisons import CONVERSION, Comparison, Comparisons

Json = dict[str, Any]


def table_json(
    outcomes: Mapping[str, Outcome], comparisons: Comparisons, *, kind: str, confidence: float
) -> Json:
    return {
        "arms": {
            arm: _arm(outcome, kind=kind, confidence=confidence)
            for arm, outcome in outcomes.items()
        },
        "comparisons": {arm: _comparison(found) for arm, found in comparisons.items()},
    }


def _arm(outcome: Outcome, *, kind: str, confidence: float) -> Json:
    mean, interval = _mean(outcome, kind=kind, confidence=confidence)
    return {
        "units": outcome.units,
        "converters": outcome.converters,
        "total": None if kind == CONVERSION else decimal_text(outcome.amount(kind)),
        "mean": mean,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }


def _mean(
    outcome: Outcome, *, kind: str, confidence: float
) -> tuple[float | None, stats.Interval | None]:
    if not outcome.units:
        return None, None
    if kind == CONVERSION:
        sample = outcome.proportion()
        return sample.rate, stats.wilson(sample, confidence=confidence)
    moments = outcome.mean(kind)
    try:
        return moments.mean, stats.mean_interval(moments, confidence=confidence)
    except stats.StatsError:
        # One unit, or no spread at all: the mean is a fact, its interval is not to be had.
        return moments.mean, None


def _comparison(found: Comparison) -> Json:
    return {
        "difference": {
            **_interval(found.difference),
            "p_value": found.difference.p_value if found.difference else None,
            "p_adjusted": found.p_adjusted,
        },
        "lift": _interval(found.lift) if found.lift else None,
        "bayes": {
            "beats_control": found.belief.beats_control,
            "is_best": found.belief.is_best,
            "expected_loss": found.belief.expected_loss,
        }
        if found.belief
        else None,
        "error": found.error,
    }


def _interval(found: stats.Difference | stats.Lift | None) -> Json:
    if found is None:
        return {"estimate": None, "low": None, "high": None}
    return {"estimate": found.estimate, "low": found.low, "high": found.high}
