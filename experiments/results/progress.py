"""How far a test has come: what it could find now, and how long until its planned sample."""

from __future__ import annotations

from collections.abc import Sequence

from experiments import stats
from experiments.outcomes import Samples
from experiments.results.samples import Sample, as_mean
from experiments.results.setup import Compared, Setup
from experiments.results.tables import Json


def progress_json(setup: Setup, samples: Samples, compared: Sequence[Compared]) -> Json:
    units = sum(samples.units.values())
    planned = setup.minimums.planned_units
    return {
        "units": units,
        "planned_units": planned,
        "days": setup.days,
        "units_per_day": setup.units_per_day,
        "days_left": _days_left(units, planned, setup.units_per_day),
        "detectable_lift": _detectable(setup, compared),
    }


def _days_left(units: int, planned: int | None, per_day: float | None) -> int | None:
    if planned is None or per_day is None:
        return None
    try:
        return stats.days_left(units_needed=planned, units_seen=units, units_per_day=per_day)
    except stats.StatsError:
        return None


def _detectable(setup: Setup, compared: Sequence[Compared]) -> float | None:
    """The smallest lift of the first goal that the people so far would show four times of five."""
    goal = next((found for found in compared if found.metric.role == "goal"), None)
    control = goal.arms.compared.get(setup.control) if goal else None
    if goal is None or control is None:
        return None
    smallest = min((outcome.units for outcome in goal.arms.outcomes.values()), default=0)
    try:
        return _detectable_lift(
            control, smallest, comparisons=len(setup.arms) - 1, confidence=setup.confidence
        )
    except stats.StatsError:
        return None


def _detectable_lift(
    control: Sample, smallest: int, *, comparisons: int, confidence: float
) -> float | None:
    base = as_mean(control)
    if base.units < 2 or base.mean <= 0 or not base.centred_squares:
        return None
    found = stats.detectable_difference(
        deviation=base.variance**0.5,
        units_per_arm=smallest,
        comparisons=comparisons,
        confidence=confidence,
    )
    return found / base.mean
