"""The whole result of an experiment as the stored JSON has it, verdict included."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from experiments import stats
from experiments.outcomes import AnyOutcome, Samples
from experiments.plans import ArmPlan, MetricSpec
from experiments.results.adaptive import adaptive_samples
from experiments.results.balance import balance_json, check_balance
from experiments.results.beyond import (
    informed_lift,
    interactions,
    shrunken_arms,
    shrunken_effects,
    stratified,
)
from experiments.results.comparisons import (
    Comparison,
    Comparisons,
    beliefs_with_intervals,
    compare_arms,
    compare_samples,
    margin_kept,
)
from experiments.results.families import adjust, adjust_by_dunnett, goal_weights
from experiments.results.looking import LookRule
from experiments.results.progress import progress_json
from experiments.results.samples import Arms, arms_of
from experiments.results.setup import Compared, Setup
from experiments.results.tables import Json, arms_json, shrunken_json, table_json
from experiments.results.verdicts import verdict_of

Examine = Callable[[Json], Sequence[Json]]


def results_for(setup: Setup, samples: Samples, *, examine: Examine | None = None) -> Json:
    """Everything there is to say, as the stored JSON has it.

    Args:
        setup: What was decided before the data.
        samples: The data.
        examine: The health checks: given all but the verdict, what is wrong with the test. What
            they find blocks the verdict or stands beside it.
    """
    balance, note = check_balance(setup.arms, samples, setup.weights)
    compared = _goals_adjusted([_metric(metric, setup, samples) for metric in setup.metrics], setup)
    found: Json = {
        "confidence": setup.confidence,
        "looks": _looks(setup),
        "correction": setup.correction,
        "arms": [_arm(arm, samples) for arm in setup.arms],
        "balance": balance_json(setup.arms, samples, balance, note),
        "progress": progress_json(setup, samples, compared),
        "metrics": [_json(each, setup, samples) for each in compared],
    }
    health = list(examine(found)) if examine else []
    verdict = verdict_of(setup, samples, balance, compared, health)
    return {
        **found,
        "health": health,
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


def _looks(setup: Setup) -> Json:
    rule = setup.rule
    return {
        "rule": rule.rule,
        "earlier": list(rule.earlier),
        "information": rule.information,
        "is_look": rule.is_look,
        "next_look": rule.next_look,
    }


def _metric(metric: MetricSpec, setup: Setup, samples: Samples) -> Compared:
    # With nobody in a segment the one stratum is the whole, and would only repeat it.
    strata = samples.strata if any(samples.strata) else ()
    keys = [arm.key for arm in setup.arms]
    parts = tuple(
        arms_of(
            metric,
            {key: samples.of(metric.key, stratum, key) for key in keys},
            {},
            is_weighed=_is_weighed(metric),
            quantiles=_quantiles(metric, stratum, setup, samples),
        )
        for stratum in strata
    )
    arms = arms_of(
        metric,
        {key: samples.overall(metric.key, key) for key in keys},
        _uncapped(metric, samples),
        quantiles=_quantiles(metric, None, setup, samples),
        reweighed=adaptive_samples(metric, setup.arms, samples, setup.weights),
    )
    whole, *within = compare_arms([arms, *parts], metric, control=setup.control, rule=setup.rule)
    by_stratum = adjust(within)
    [overall] = adjust([whole])
    return Compared(
        metric=metric,
        arms=arms,
        overall=_with_more(overall, metric, arms, parts, by_stratum, setup),
        strata=strata,
        parts=parts,
        by_stratum=tuple(by_stratum),
    )


def _quantiles(
    metric: MetricSpec, stratum: str | None, setup: Setup, samples: Samples
) -> dict[str, stats.Quantile] | None:
    if metric.quantile is None:
        return None
    found: dict[str, stats.Quantile] = {}
    for arm in setup.arms:
        ranked = samples.ranked.get((metric.key, stratum, arm.key))
        if ranked is not None:
            at = stats.quantile_ranks(
                ranked.units, share=metric.quantile, confidence=setup.confidence
            )
            found[arm.key] = stats.Quantile(
                units=ranked.units,
                share=metric.quantile,
                value=ranked.values[at.middle],
                low=ranked.values[at.low],
                high=ranked.values[at.high],
                confidence=setup.confidence,
            )
    return found


def _is_weighed(metric: MetricSpec) -> bool:
    """What a decision rests on is also shown with its strata weighed alike."""
    return metric.role != "secondary" and metric.quantile is None


def _uncapped(metric: MetricSpec, samples: Samples) -> Mapping[str, AnyOutcome]:
    if metric.cap is None and metric.cap_quantile is None:
        return {}
    arms = {arm for _, arm in samples.units}
    return {arm: samples.overall(metric.key, arm, is_capped=False) for arm in arms}


def _with_more(
    table: Comparisons,
    metric: MetricSpec,
    arms: Arms,
    parts: Sequence[Arms],
    by_stratum: Sequence[Comparisons],
    setup: Setup,
) -> dict[str, Comparison]:
    """What is said of everyone only."""
    differs = interactions(by_stratum)
    # Of rates the intervals cost milliseconds: only of what the verdict rests on.
    believed = (
        beliefs_with_intervals(arms, metric, control=setup.control, confidence=setup.confidence)
        if metric.role == "goal"
        else {}
    )
    return {
        arm: replace(
            found,
            against=margin_kept(arms, metric, arm, control=setup.control, rule=setup.rule),
            informed=_informed(arms, metric, arm, setup),
            stratified=stratified(
                metric, parts, arm, control=setup.control, confidence=setup.confidence
            )
            if _is_weighed(metric)
            else None,
            interaction=differs.get(arm),
            belief=believed.get(arm, found.belief),
        )
        for arm, found in table.items()
    }


def _informed(
    arms: Arms, metric: MetricSpec, arm: str, setup: Setup
) -> stats.NormalPosterior | None:
    prior = setup.priors.get(metric.key)
    if prior is None or arm not in arms.compared or setup.control not in arms.compared:
        return None
    once = LookRule(confidence=setup.confidence)
    try:
        pair = compare_samples(arms.compared[setup.control], arms.compared[arm], once)
    except stats.StatsError:
        return None
    return informed_lift(pair.lift, prior)


def _goals_adjusted(compared: Sequence[Compared], setup: Setup) -> list[Compared]:
    """The goals are one family, and share the level as the experiment says."""
    goals = [found for found in compared if found.metric.role == "goal"]
    tables = _family(goals, setup)
    by_key = {
        found.metric.key: replace(found, overall=table)
        for found, table in zip(goals, tables, strict=True)
    }
    return [by_key.get(found.metric.key, found) for found in compared]


def _family(goals: Sequence[Compared], setup: Setup) -> list[dict[str, Comparison]]:
    if setup.correction == "dunnett":
        return [
            adjust_by_dunnett(
                found.overall,
                found.arms,
                control=setup.control,
                confidence=1 - (1 - setup.confidence) / len(goals),
            )
            for found in goals
        ]
    tables = [found.overall for found in goals]
    weights = goal_weights(tables, setup.primary_share) if len(tables) > 1 else None
    return adjust(tables, correction=setup.correction, weights=weights)


def _json(found: Compared, setup: Setup, samples: Samples) -> Json:
    metric = found.metric
    pulled = shrunken_effects(found.by_stratum, confidence=setup.confidence)
    return {
        "key": metric.key,
        "name": metric.name,
        "kind": metric.kind,
        "role": metric.role,
        "is_lower_better": metric.is_lower_better,
        "is_share": metric.is_share,
        "is_capped": metric.cap is not None or metric.cap_quantile is not None,
        "is_reweighed": found.arms.is_reweighed,
        "covariate_days": metric.covariate_days,
        "margin": metric.margin,
        "is_margin_relative": metric.is_margin_relative,
        "waiting": samples.waiting(metric.key),
        "window_hours": metric.window_hours,
        "overall": {
            **_table(found.arms, found.overall, metric, setup),
            "shrunken": arms_json(
                shrunken_arms(
                    found.arms.compared, control=setup.control, confidence=setup.confidence
                )
            ),
        },
        "strata": [
            {
                "stratum": stratum,
                "table": _table(part, table, metric, setup),
                "shrunken": {arm: shrunken_json(each) for arm, each in shrunken.items()},
            }
            for stratum, part, table, shrunken in zip(
                found.strata, found.parts, found.by_stratum, pulled, strict=True
            )
        ],
    }


def _table(arms: Arms, comparisons: Comparisons, metric: MetricSpec, setup: Setup) -> Json:
    return table_json(arms, comparisons, metric=metric, confidence=setup.confidence)
