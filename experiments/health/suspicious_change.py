"""Is the effect too good, or too bad, to be true? Then it mostly is not."""

from __future__ import annotations

from experiments.health.context import HealthContext
from experiments.health.findings import Finding
from experiments.health.wording import join_names, percent

# GrowthBook's default. Twyman's law: any figure that looks interesting is usually wrong.
CHANGE_ABOVE = 0.5


def check_suspicious_change(context: HealthContext) -> Finding | None:
    """Speak of goals that changed by more than half, and not by chance."""
    odd = [goal for goal in context.goals if goal.is_significant and abs(goal.lift) > CHANGE_ABOVE]
    if not odd:
        return None
    changes = [
        f"{context.name_of(goal.arm)} {'+' if goal.lift > 0 else ''}{percent(goal.lift)} "
        f"on {goal.metric}"
        for goal in odd
    ]
    return Finding(
        check="suspicious_change",
        severity="warning",
        title="The change is too large to believe unseen",
        sentence=(
            f"{join_names(changes)}: copy alone rarely changes a goal by more than half. More "
            "often events of one arm are recorded twice, or not at all."
        ),
        cure=(
            "Before you celebrate or stop: follow a few people of each arm from the email to the "
            "order, and compare the number of orders with the shop's own."
        ),
        stage="log",
        evidence={
            "change_above": CHANGE_ABOVE,
            **{f"lift.{goal.metric}.{goal.arm}": goal.lift for goal in odd},
        },
    )
