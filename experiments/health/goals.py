"""The goals' lifts, out of the results as they are stored: what is checked is what is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from experiments.health.context import GoalLift


def goal_lifts(results: Mapping[str, Any]) -> tuple[GoalLift, ...]:
    """Every arm's lift on every goal, significant by the report's own rule and correction.

    Args:
        results: The document of `experiments.results.results_for`.

    >>> lift, difference = {"estimate": 0.6}, {"p_adjusted": 0.01}
    >>> table = {"comparisons": {"urgency": {"lift": lift, "difference": difference}}}
    >>> goal = {"name": "Orders", "role": "goal", "overall": table}
    >>> goal_lifts({"confidence": 0.95, "metrics": [goal]})
    (GoalLift(metric='Orders', arm='urgency', lift=0.6, is_significant=True),)
    """
    level = 1 - results["confidence"]
    return tuple(
        GoalLift(
            metric=metric["name"],
            arm=arm,
            lift=found["lift"]["estimate"],
            is_significant=found["difference"]["p_adjusted"] < level,
        )
        for metric in results["metrics"]
        if metric["role"] == "goal"
        for arm, found in metric["overall"]["comparisons"].items()
        if found["lift"] and found["difference"]["p_adjusted"] is not None
    )
