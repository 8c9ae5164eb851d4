"""What past tests found, as a prior for the next (empirical Bayes)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from experiments import stats
from experiments.models import Analysis, Experiment
from experiments.plans import MetricSpec
from experiments.stats.intervals import quantile

# With fewer, the spread of the true effects is anybody's guess.
FEWEST_EFFECTS = 5
MOST_TESTS = 200


def priors_by_metric(
    experiment: Experiment, metrics: Sequence[MetricSpec]
) -> dict[str, stats.NormalPosterior]:
    """Priors of the log of the ratio for the goals, from decided tests with the same goal."""
    goals = [metric for metric in metrics if metric.role == "goal"]
    found = {metric.key: _prior(past_effects(experiment, metric)) for metric in goals}
    return {key: prior for key, prior in found.items() if prior is not None}


def past_effects(experiment: Experiment, metric: MetricSpec) -> list[tuple[float, float]]:
    """Log ratios of decided tests with the same kind and event as goal, with their errors."""
    decided = (
        Experiment.objects.filter(
            status__in=[Experiment.Status.DECIDED, Experiment.Status.ARCHIVED],
            metrics__role="goal",
            metrics__event_name=metric.event_name,
            metrics__kind=metric.kind,
        )
        .exclude(pk=experiment.pk)
        .distinct()
        .order_by("-ended_at")[:MOST_TESTS]
    )
    latest = (
        Analysis.objects.filter(experiment__in=list(decided.values_list("pk", flat=True)))
        .order_by("experiment", "-created_at", "-pk")
        .distinct("experiment")
    )
    return [effect for analysis in latest for effect in _effects(analysis.results, metric.kind)]


def _effects(results: Mapping[str, Any], kind: str) -> list[tuple[float, float]]:
    goals = [each for each in results["metrics"] if each["role"] == "goal" and each["kind"] == kind]
    confidence = results["confidence"]
    lifts = [
        comparison["lift"]
        for goal in goals
        for comparison in goal["overall"]["comparisons"].values()
        if comparison["lift"]
    ]
    return [
        (math.log1p(lift["estimate"]), _error(lift, confidence))
        for lift in lifts
        if lift["low"] is not None and lift["high"] is not None and lift["low"] > -1
    ]


def _error(lift: Mapping[str, float], confidence: float) -> float:
    """Of the log ratio, from the ends of its interval."""
    width = math.log1p(lift["high"]) - math.log1p(lift["low"])
    return width / (2 * quantile(confidence))


def _prior(effects: Sequence[tuple[float, float]]) -> stats.NormalPosterior | None:
    if len(effects) < FEWEST_EFFECTS:
        return None
    try:
        return stats.fit_prior([effect for effect, _ in effects], [error for _, error in effects])
    except stats.StatsError:
        return None
