"""Do robots do what is counted? Mail scanners click every link, and in all arms alike or not.

What is known to be a robot's counts in no figure. How many there are says how many more there may
be that nobody knows.
"""

from __future__ import annotations

from experiments import stats
from experiments.health.context import HealthContext
from experiments.health.findings import Finding
from experiments.health.wording import count, join_names, percent

# Ours: a tenth of a usual lift of 10 %, and half of it. No peer publishes a threshold.
NOTE_ABOVE = 0.01
WARNING_ABOVE = 0.05
LEAST_UNITS = 10
UNEVEN_BELOW = 0.001


def check_bots(context: HealthContext) -> Finding | None:
    """Speak where robots are more than 1 % of those who did something that is counted.

    Robots that are not known thin out the effect; where one arm has more of them than another, they
    make one up.
    """
    units = sum(found.units for found in context.doers.values())
    bot_like = sum(found.bot_like for found in context.doers.values())
    if bot_like < LEAST_UNITS or bot_like <= NOTE_ABOVE * units:
        return None
    uneven = _uneven(context)
    return Finding(
        check="bots",
        severity="warning" if uneven or bot_like > WARNING_ABOVE * units else "note",
        title="Robots are among those who count",
        sentence=(
            f"Of {count(units, 'person', 'people')} who did something that is counted, "
            f"{bot_like:,} ({percent(bot_like / units)}) were robots, as far as we can tell: "
            f"those are left out of the figures. {_meaning(uneven)}"
        ),
        cure=(
            "Count what a robot does not do, such as an order, rather than opens and clicks. The "
            "events say why each is thought to be a robot's."
        ),
        stage="log",
        evidence={
            "units": units,
            "bot_like": bot_like,
            "share": bot_like / units,
            **{f"bot_like.{arm}": found.bot_like for arm, found in context.doers.items()},
        },
    )


def _meaning(uneven: list[str]) -> str:
    if uneven:
        return (
            f"{join_names(uneven)} and control have different shares of them, so of a difference "
            "between the arms a part may be that of robots we do not know."
        )
    return (
        "They are the same in every arm, so robots we do not know make a real effect look smaller "
        "than it is."
    )


def _uneven(context: HealthContext) -> list[str]:
    """Arms whose share of robots is another than control's."""
    control = context.doers.get(context.control.key)
    others = [arm for arm in context.treatments if arm.key in context.doers]
    if control is None:
        return []
    level = UNEVEN_BELOW / max(len(others), 1)
    return [
        context.name_of(arm.key)
        for arm in others
        if _p_value(_share(control.units, control.bot_like), context, arm.key) < level
    ]


def _p_value(control: stats.Proportion, context: HealthContext, arm: str) -> float:
    found = context.doers[arm]
    try:
        return stats.compare_proportions(control, _share(found.units, found.bot_like)).p_value
    except stats.StatsError:
        # All are robots, or none is: the shares do not differ.
        return 1.0


def _share(units: int, bot_like: int) -> stats.Proportion:
    return stats.Proportion(trials=units, successes=bot_like)
