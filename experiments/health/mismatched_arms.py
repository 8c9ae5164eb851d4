"""Are the arms that come in those of the experiment? A misspelt arm loses its people."""

from __future__ import annotations

from experiments.health.context import HealthContext
from experiments.health.findings import Finding
from experiments.health.parts import Part
from experiments.health.wording import count, join_names

# An arm that should have 10 units has none by chance in 1 of 22,000 tests (e^-10).
LEAST_EXPECTED = 10


def check_mismatched_arms(context: HealthContext) -> Finding | None:
    """Speak of arms that are named and do not exist, and of arms that exist and never come in."""
    missing = _missing(context)
    if not context.strange_arms and not missing:
        return None
    times = sum(arm.times for arm in context.strange_arms)
    return Finding(
        check="mismatched_arms",
        severity="warning",
        title="The arms do not match those of the experiment",
        sentence=" ".join(_sentences(context, missing)),
        cure=(
            "Compare the names of the arms in the email tool with the keys here: "
            f"{join_names(arm.key for arm in context.arms)}. A repaired name counts from then on; "
            "people who came in under a wrong one are in no arm, so better start again."
        ),
        stage="execution",
        evidence={
            "times": times,
            "missing_arms": len(missing),
            **{f"times.{arm.key}": arm.times for arm in context.strange_arms},
        },
    )


def _sentences(context: HealthContext, missing: list[str]) -> list[str]:
    named = [f"'{arm.key}' ({count(arm.times, 'time')})" for arm in context.strange_arms]
    said = []
    if named:
        last = max(arm.last_seen_at for arm in context.strange_arms)
        said.append(
            f"The email tool named {join_names(named)}, last on {last:%d %B %Y}, and there is no "
            "such arm: those people are in no arm and are not counted."
        )
    if missing:
        said.append(f"Nobody was given {join_names(missing)}, though traffic is planned for it.")
    return said


def _missing(context: HealthContext) -> list[str]:
    whole = Part.of(context.cells, context)
    return [
        context.name_of(arm.key)
        for arm, seen, due in zip(context.arms, whole.observed, whole.expected, strict=True)
        if due >= LEAST_EXPECTED and not seen
    ]
