"""From what was compared to the verdict."""

from __future__ import annotations

from collections.abc import Sequence

from experiments import stats
from experiments.outcomes import Samples
from experiments.plans import MetricSpec
from experiments.results.comparisons import Comparison
from experiments.results.setup import Compared, Setup
from experiments.results.tables import Json


def verdict_of(
    setup: Setup,
    samples: Samples,
    balance: stats.Balance | None,
    compared: Sequence[Compared],
    health: Sequence[Json],
) -> stats.Verdict:
    """The verdict on the goals and guardrails, unless a health check blocks it."""
    goals = [found for found in compared if found.metric.role == "goal"]
    guardrails = [found for found in compared if found.metric.role == "guardrail"]
    counted = samples.units_for(goals[0].metric.key) if goals else samples.units
    live = [
        sum(units for (_, key), units in counted.items() if key == arm.key)
        for arm in setup.arms
        if arm.weight
    ]
    return stats.decide(
        goal=_effects(goals, setup),
        guardrails=_effects(guardrails, setup),
        balance=balance,
        progress=stats.Progress(smallest_arm=min(live), units=sum(live), days=setup.days),
        minimums=setup.minimums,
        confidence=setup.confidence,
        looking=setup.rule.looking,
        blocked=_blocked(health),
        cautions=_cautions(goals, setup, samples, health),
    )


def _effects(compared: Sequence[Compared], setup: Setup) -> list[stats.Effect]:
    names = {arm.key: arm.name for arm in setup.arms}
    return [
        stats.Effect(
            arm=arm,
            arm_name=names[arm],
            metric_name=found.metric.name,
            difference=comparison.family.difference,
            p_adjusted=comparison.family.difference.p_value,
            lift=comparison.family.lift,
            is_lower_better=found.metric.is_lower_better,
            is_margin_kept=_is_margin_kept(found.metric, comparison),
        )
        for found in compared
        for arm, comparison in found.overall.items()
        if comparison.family is not None
    ]


def _is_margin_kept(metric: MetricSpec, comparison: Comparison) -> bool | None:
    if metric.margin is None:
        return None
    return comparison.against is not None and comparison.against.is_shown


def _blocked(health: Sequence[Json]) -> str | None:
    return next((str(each["sentence"]) for each in health if each["severity"] == "blocks"), None)


def _cautions(
    goals: Sequence[Compared], setup: Setup, samples: Samples, health: Sequence[Json]
) -> list[str]:
    names = {arm.key: arm.name for arm in setup.arms}
    unknown = [
        f"{names[arm]} could not be compared on {found.metric.name}: {comparison.error}."
        for found in goals
        for arm, comparison in found.overall.items()
        if comparison.pair is None
    ]
    waiting = [
        f"{samples.waiting(found.metric.key):,} people are left out: the time they have for "
        f"{found.metric.name} is not over."
        for found in goals
        if samples.waiting(found.metric.key)
    ]
    warned = [str(each["sentence"]) for each in health if each["severity"] == "warning"]
    return [*unknown, *waiting, *warned]
