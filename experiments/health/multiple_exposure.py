"""Were people given more than one arm? Then they carry one arm's effect into the other."""

from __future__ import annotations

from experiments.health.context import HealthContext
from experiments.health.findings import Finding
from experiments.health.wording import count, join_names, percent

# Both as GrowthBook has them.
SHARE_ABOVE = 0.01
LEAST_UNITS = 10


def check_multiple_exposure(context: HealthContext) -> Finding | None:
    """Speak where more than 1 % of the units, and 10 or more, were named a second arm."""
    twice = sum(context.other_arm.values())
    if twice < LEAST_UNITS or twice <= SHARE_ABOVE * context.units:
        return None
    share = twice / context.units if context.units else 1.0
    most = [context.name_of(arm) for arm, units in context.other_arm.items() if units]
    return Finding(
        check="multiple_exposure",
        severity="warning",
        title="Some people were shown two versions",
        sentence=(
            f"For {count(twice, 'person', 'people')} ({percent(share)}) a second arm was named "
            f"after the first, which was {join_names(most)}. They count for their first arm, so "
            "arms look more alike than they are."
        ),
        cure=(
            "Look for a tool that draws anew at each send, for one person under two ids, or for "
            "two people who share one id. Below 1 % it does no harm."
        ),
        stage="execution",
        evidence={
            "units": context.units,
            "with_other_arm": twice,
            "share": share,
            **{f"with_other_arm.{arm}": units for arm, units in context.other_arm.items()},
        },
    )
