"""A race of successes: stop when treatment is ahead by enough, or when enough have been counted.

For two arms of equal traffic and rare conversions nothing but the conversions needs to be counted:
without an effect, each next one is treatment's with probability one half, whatever the rate. It may
be watched at every conversion, has one side, and needs no clock.

Source: Evan Miller (2015), "Simple sequential A/B testing"; Feller (1968), An Introduction to
Probability Theory, XIV (the gambler's ruin).
"""

from __future__ import annotations

from dataclasses import dataclass

import scipy

from experiments.stats.errors import ArgumentImpossible

MOST_LEAD = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Race:
    """When a race ends.

    Attributes:
        lead: Treatment wins when its successes are ahead of control's by so many.
        most: No winner when both arms together have so many successes.
    """

    lead: int
    most: int


def plan_race(relative_effect: float, *, level: float = 0.05, power: float = 0.8) -> Race:
    """The shortest race that keeps its level and finds the effect.

    With p = (1 + e) / (2 + e) the chance that a success is treatment's, the walk of the lead passes
    d within N steps with probability P(S >= d) + (p / q)^d P(S < -d), S its place after N steps.
    For each d the least N that has the power is taken; the first d that keeps the level is it.

    Args:
        relative_effect: Rise of the rate to find, above zero; rates must be low enough for a unit
            to matter little.
        level: Of this one-sided test.
        power: Probability to find the effect.

    Raises:
        ArgumentImpossible: A number is outside its range, or the race would have no end.

    >>> plan_race(0.5)
    Race(lead=26, most=170)
    """
    if not (relative_effect > 0 and 0 < level < power < 1):
        raise ArgumentImpossible("the effect must be above zero, the level below the power")
    forward = (1 + relative_effect) / (2 + relative_effect)

    def is_level_kept(lead: int) -> bool:
        return chance_to_lead(lead, _shortest(lead, power, forward)) <= level

    low, high = 1, 2
    while high <= MOST_LEAD and not is_level_kept(high):
        low, high = high, 2 * high
    if high > MOST_LEAD:
        raise ArgumentImpossible("so small an effect needs a race without end")
    # Whether the steps are odd or even makes the level jump a little, so no lead is passed over.
    first = next(lead for lead in range(low, high + 1) if is_level_kept(lead))
    return Race(lead=first, most=_shortest(first, power, forward))


def chance_to_lead(lead: int, most: int, forward: float = 0.5) -> float:
    """Probability that a walk of `most` steps is ever `lead` ahead.

    >>> round(chance_to_lead(26, 170), 4)
    0.0465
    """
    if most < lead:
        return 0.0
    # Steps forward that end at the lead or beyond, and those that end below its mirror image.
    reached = float(scipy.special.bdtrc((most + lead - 1) // 2, most, forward))
    below = (most - lead - 1) // 2
    mirrored = float(scipy.special.bdtr(below, most, forward)) if below >= 0 else 0.0
    return min(1.0, reached + (forward / (1 - forward)) ** lead * mirrored)


def _shortest(lead: int, power: float, forward: float) -> int:
    """The fewest steps, as odd or even as the lead, that reach it with this probability."""
    low, high = 0, 1
    while chance_to_lead(lead, lead + 2 * high, forward) < power:
        low, high = high, 2 * high
    while low < high:
        middle = (low + high) // 2
        if chance_to_lead(lead, lead + 2 * middle, forward) < power:
            low = middle + 1
        else:
            high = middle
    return lead + 2 * low
