"""What a plan found, as JSON values, and what a manager has to be warned of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from campaigns.strategy import Learnt, Plan, is_fair, say
from core.money import money
from experiments.uplift import Estimate

Json = dict[str, Any]
POOR_FIDELITY = 0.6
FAR_FROM_BEST = 0.01
LEVEL = 0.05


def results_json(
    plan: Plan, learnt: Sequence[Learnt], *, currency: str, is_message_usual: bool
) -> Json:
    """Everything the plan's page shows, but who its people are."""
    return {
        "currency": currency,
        "value": estimate_json(plan.value),
        "predicted": plan.predicted,
        "people": len(plan.chosen),
        "reached": int(np.count_nonzero(plan.chosen)),
        "spent": float(plan.cost.sum()),
        "gap": plan.choice.gap,
        "price": plan.choice.price,
        "was_mended": plan.was_mended,
        "price_of_fairness": plan.price_of_fairness,
        "is_fair": is_fair(plan.treatment),
        "treatment": [asdict(group) for group in plan.treatment],
        "treatment_before": [asdict(group) for group in plan.treatment_before],
        "uplift": [
            {**asdict(group), "profit": estimate_json(group.profit)} for group in plan.uplift
        ],
        "segments": [
            {
                **asdict(segment),
                "sentence": say(
                    segment, plan.actions, currency=currency, is_message_usual=is_message_usual
                ),
            }
            for segment in plan.explanation.segments
        ],
        "fidelity": plan.explanation.fidelity,
        "weights": [list(pair) for pair in plan.explanation.weights],
        "drift": [list(pair) for pair in plan.drift],
        "effects": list(_effects(learnt)),
        "warnings": list(_warnings(plan, learnt, currency=currency)),
    }


def estimate_json(estimate: Estimate) -> Json:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def _effects(learnt: Sequence[Learnt]) -> Iterator[Json]:
    for one in learnt:
        for action, found in zip(one.source.actions, one.heterogeneity, strict=True):
            yield {
                "experiment": one.source.name,
                "action": action.name,
                "units": one.source.trial.units,
                "average": estimate_json(found.average),
                "p_value": found.p_value,
                "is_personal": found.is_found,
                "groups": [estimate_json(group) for group in found.groups],
            }


def _warnings(plan: Plan, learnt: Sequence[Learnt], *, currency: str) -> Iterator[str]:
    if not any(one.is_personal for one in learnt):
        yield (
            "No difference between people was found: everyone is planned the action that earns "
            "most on average, and where limits bind, those who get it are drawn blindly."
        )
    if not plan.value.is_above_zero:
        yield (
            "The interval of the expected profit reaches zero or below: this plan may earn nothing."
        )
    if plan.drift:
        changes = ", ".join(f"{name} ({value:+.1f})" for name, value in plan.drift)
        yield (
            "The people of this plan differ from those of the experiments, so the figures are "
            f"carried over to others than they were found with: {changes} standard deviations."
        )
    if plan.choice.gap > FAR_FROM_BEST:
        yield f"The choice may be {plan.choice.gap:.1%} below the best there is."
    if plan.explanation.fidelity < POOR_FIDELITY:
        yield (
            f"The segments below tell {plan.explanation.fidelity:.0%} of what the models see: "
            "read them as a rough picture."
        )
    if plan.was_mended:
        price = money(plan.price_of_fairness, currency, decimals=0)
        yield (
            "The most profitable choice treated groups differently. It was changed to treat them "
            f"alike, which takes about {price} of the expected profit."
        )
    yield from _unfair(plan)


def _unfair(plan: Plan) -> Iterator[str]:
    for group in plan.treatment:
        if group.is_apart and group.is_judged:
            chance = "" if group.is_beyond_chance else " (within what chance may do)"
            yield (
                f"{group.attribute} {group.group}: {group.reached:.0%} are reached, "
                f"{group.reached_apart:+.1%} from everybody, with a mean discount of "
                f"{group.discount:.1%}, {group.discount_apart:+.1%} from everybody{chance}."
            )
    for name in dict.fromkeys(group.attribute for group in plan.uplift):
        p_value = next(group.p_value for group in plan.uplift if group.attribute == name)
        if p_value < LEVEL:
            yield (
                f"The plan brings groups of {name} different amounts, by the experiments' own "
                f"people (p = {p_value:.3f}): see the table."
            )
