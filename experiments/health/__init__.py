"""Health checks of a test: is there a reason not to believe its figures? Pure.

Each check is a function from `HealthContext` to `Finding` or None, in a file of its own.
"""

from __future__ import annotations

from experiments.health.context import (
    Activity,
    Cell,
    Doers,
    GoalLift,
    HealthContext,
    Slice,
    StrangeArm,
)
from experiments.health.examining import CHECKS, examine
from experiments.health.findings import Finding
from experiments.health.goals import goal_lifts

__all__ = [
    "CHECKS",
    "Activity",
    "Cell",
    "Doers",
    "Finding",
    "GoalLift",
    "HealthContext",
    "Slice",
    "StrangeArm",
    "examine",
    "goal_lifts",
]
