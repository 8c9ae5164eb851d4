"""The whole result of an experiment as the stored JSON has it, verdict included."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from experiments import stats
from experiments.outcomes import Outcome, Samples
from experiments.plans import ArmPlan, MetricSpec
from experiments.results.comparisons import Comparisons, adjust, compare_arms
from experiments.results.tables import Json, table_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What was decided before the data: arms, metrics and the rule. `days` is how long it ran."""

    arms: tuple[ArmPlan, ...]
    metrics: tuple[MetricSpec, ...]
    confidence: float
    minimums: stats.Minimums
    days: float

    @property
    def control(self) -> str:
        return next(arm.key for arm in self.arms if arm.is_control)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    metric: MetricSpec
    overall: Comparisons
    json: Json


def results_for(setup: Setup, samples: Samples) -> Json:
    balance, note = _balance(setup, samples)
    compared = [_metric(metric, setup, samples) for metric in setup.metrics]
    verdict = _verdict(setup, samples, balance, compared)
    return {
        "confidence": setup.confidence,
        "arms": [_arm(arm, samples) for arm in setup.arms],
        "balance": _balance_json(setup, samples, balance, note),
        "metrics": [found.json for found in compared],
        "verdict": {
            "kind": verdict.kind,
            "arm": verdict.arm,
            "sentence": verdict.sentence,
            "reasons": list(verdict.reasons),
        },
    }


def _arm(arm: ArmPlan, samples: Samples) -> Json:
    return {
        "key": arm.key,
        "name": arm.name,
        "is_control": arm.is_control,
        "weight": arm.weight,
        "units": samples.units_of(arm.key),
    }


def _balance(setup: Setup, samples: Samples) -> tuple[stats.Balance | None, str]:
    observed = [samples.units_of(arm.key) for arm in setup.arms]
    try:
        balance = stats.check_sample_ratio(observed, [arm.weight for arm in setup.arms])
    except stats.StatsError as unknown:
        return None, str(unknown)
    if balance.is_mismatch:
        return balance, "The arms' sizes do not fit their weights."
    return balance, "The arms' sizes fit their weights."


def _balance_json(setup: Setup, samples: Samples, balance: stats.Balance | None, note: str) -> Json:
    keys = [arm.key for arm in setup.arms]
    expected = balance.expected if balance else (0.0,) * len(keys)
    return {
        "p_value": balance.p_value if balance else None,
        "observed": {key: samples.units_of(key) for key in keys},
        "expected": dict(zip(keys, expected, strict=True)),
        "is_mismatch": balance.is_mismatch if balance else False,
        "note": note,
    }


def _metric(metric: MetricSpec, setup: Setup, samples: Samples) -> _Compared:
    # With nobody in a segment the one stratum is the whole, and would only repeat it.
    strata = samples.strata if any(samples.strata) else ()
    keys = [arm.key for arm in setup.arms]
    whole = {key: samples.overall(metric.key, key) for key in keys}
    parts = [{key: samples.of(metric.key, stratum, key) for key in keys} for stratum in strata]
    [overall] = adjust([_compare(whole, metric, setup)])
    by_stratum = adjust([_compare(part, metric, setup) for part in parts])
    return _Compared(
        metric=metric,
        overall=overall,
        json={
            "key": metric.key,
            "name": metric.name,
            "kind": metric.kind,
            "role": metric.role,
            "is_lower_better": metric.is_lower_better,
            "overall": _table(whole, overall, metric, setup),
            "strata": [
                {"stratum": stratum, "table": _table(part, found, metric, setup)}
                for stratum, part, found in zip(strata, parts, by_stratum, strict=True)
            ],
        },
    )


def _compare(outcomes: dict[str, Outcome], metric: MetricSpec, setup: Setup) -> Comparisons:
    return compare_arms(
        outcomes,
        control=setup.control,
        kind=metric.kind,
        confidence=setup.confidence,
        is_lower_better=metric.is_lower_better,
    )


def _table(
    outcomes: dict[str, Outcome], comparisons: Comparisons, metric: MetricSpec, setup: Setup
) -> Json:
    return table_json(outcomes, comparisons, kind=metric.kind, confidence=setup.confidence)


def _verdict(
    setup: Setup,
    samples: Samples,
    balance: stats.Balance | None,
    compared: Sequence[_Compared],
) -> stats.Verdict:
    goals = [found for found in compared if found.metric.role == "goal"]
    guardrails = [found for found in compared if found.metric.role == "guardrail"]
    live = [samples.units_of(arm.key) for arm in setup.arms if arm.weight]
    return stats.decide(
        goal=_effects(goals, setup),
        guardrails=_effects(guardrails, setup),
        balance=balance,
        progress=stats.Progress(smallest_arm=min(live), units=sum(live), days=setup.days),
        minimums=setup.minimums,
        confidence=setup.confidence,
        cautions=_cautions(goals, setup),
    )


def _effects(compared: Sequence[_Compared], setup: Setup) -> list[stats.Effect]:
    names = {arm.key: arm.name for arm in setup.arms}
    return [
        stats.Effect(
            arm=arm,
            arm_name=names[arm],
            metric_name=found.metric.name,
            difference=comparison.difference,
            p_adjusted=comparison.p_adjusted,
            lift=comparison.lift,
            is_lower_better=found.metric.is_lower_better,
        )
        for found in compared
        for arm, comparison in found.overall.items()
        if comparison.difference is not None and comparison.p_adjusted is not None
    ]


def _cautions(goals: Sequence[_Compared], setup: Setup) -> list[str]:
    names = {arm.key: arm.name for arm in setup.arms}
    return [
        f"{names[arm]} could not be compared on {found.metric.name}: {comparison.error}."
        for found in goals
        for arm, comparison in found.overall.items()
        if comparison.difference is None
    ]
