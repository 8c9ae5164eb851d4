"""Is there enough to read anything at all?"""

from __future__ import annotations

from experiments.health.context import HealthContext
from experiments.health.findings import Finding
from experiments.health.wording import count, join_names

# Below this share of open windows the figures hardly move when those close.
WAITING_ABOVE = 0.5


def check_too_little(context: HealthContext) -> Finding | None:
    """Speak of arms below the minimum of units, of too few days, and of windows still open.

    A note, as every test begins so; the verdict itself names no winner before the minimums.
    """
    few = [
        arm
        for arm in context.arms
        if context.units_of(arm.key) < context.minimums.units_per_arm and _is_live(context, arm.key)
    ]
    sentences = _sentences(context, [context.name_of(arm.key) for arm in few])
    if context.started_at is None or not sentences:
        return None
    smallest = min((context.units_of(arm.key) for arm in few), default=0)
    return Finding(
        check="too_little",
        severity="note",
        title="It is too early to read the figures",
        sentence=" ".join(sentences),
        cure="Wait. Figures this early swing widely, whichever way they point now.",
        stage="analysis",
        evidence={
            "units": context.units,
            "units_per_arm": context.minimums.units_per_arm,
            "few_arms": len(few),
            **({"smallest_arm": smallest} if few else {}),
            "days": context.days,
            "waiting": context.waiting,
        },
    )


def _is_live(context: HealthContext, key: str) -> bool:
    """Whether the arm gets traffic now: an arm that was turned off waits for nobody."""
    period = max((*context.weights, *(cell.period for cell in context.cells)), default=0)
    return any(arm.key == key and context.weight(arm, period) > 0 for arm in context.arms)


def _sentences(context: HealthContext, few: list[str]) -> list[str]:
    said, minimums = [], context.minimums
    if few:
        least = count(minimums.units_per_arm, "person", "people")
        said.append(f"{join_names(few)} {'has' if len(few) == 1 else 'have'} fewer than {least}.")
    if context.days < minimums.days:
        said.append(
            f"The test has run {count(int(context.days), 'day')} of at least {minimums.days}."
        )
    if context.waiting > WAITING_ABOVE * context.units and context.window_hours:
        said.append(
            f"For {context.waiting:,} of {count(context.units, 'person', 'people')} the "
            f"{context.window_hours} hours in which the goal counts are not over."
        )
    return said
