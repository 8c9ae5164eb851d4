"""The rule of looking, as it acts on every figure of a report: once, any time, or as planned."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, get_args

from experiments import stats
from experiments.stats.intervals import (
    FARTHEST,
    WIDEST_LOG_RATIO,
    quantile,
    statistic_of,
    tail_probability,
)
from experiments.stats.spending import Spending

Rule = Literal["fixed", "anytime", "group_sequential"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRule:
    """How often one may look, and what that makes of an interval and a p-value.

    Attributes:
        rule: "fixed", "anytime" or "group_sequential".
        confidence: Of the whole test.
        tuned_for: Of "anytime": units at which the intervals are narrowest.
        earlier: Of "group_sequential": share of the planned units at each look taken before.
        information: Share of the planned units now, at most 1.
        spending: How the level is spent over the looks.
        is_look: Whether this is a planned look.
        next_look: Units of all arms at the next planned look.
    """

    rule: Rule = "fixed"
    confidence: float = 0.95
    tuned_for: float = stats.TUNED_FOR_UNITS
    earlier: tuple[float, ...] = ()
    information: float = 1.0
    spending: Spending = "obrien-fleming"
    is_look: bool = True
    next_look: int | None = None

    def __post_init__(self) -> None:
        if self.rule not in get_args(Rule):
            raise stats.ArgumentImpossible(f"rule must be one of {', '.join(get_args(Rule))}")

    @property
    def looking(self) -> stats.Looking:
        """What the verdict needs to know of it."""
        return stats.Looking(rule=self.rule, is_look=self.is_look, next_look=self.next_look)

    def difference(self, found: stats.Difference, *, units: int) -> stats.Difference:
        """The difference with an interval and a p-value that hold under the rule.

        At planned looks the interval is that of the look's bound (Jennison and Turnbull's repeated
        interval); the p-value is scaled so that it passes the level exactly where z passes the
        bound.
        """
        if self.rule == "fixed":
            return found
        if self.rule == "anytime":
            return stats.watch(found, units=units, tuned_for=self.tuned_for)
        half = self._bound() * found.standard_error
        return replace(
            found,
            low=found.estimate - half,
            high=found.estimate + half,
            p_value=self._scaled_p(found.estimate / found.standard_error, found.alternative),
            degrees_of_freedom=math.inf,
            method="planned looks",
        )

    def lift(self, found: stats.Lift, *, units: int) -> stats.Lift:
        """The lift with its interval widened on the log scale as far as the rule asks."""
        if self.rule == "fixed":
            return found
        return stretch_lift(found, self.multiplier(units) / quantile(self.confidence))

    def multiplier(self, units: int) -> float:
        """Standard errors on each side of an interval."""
        if self.rule == "anytime":
            return stats.anytime_multiplier(
                units, confidence=self.confidence, tuned_for=self.tuned_for
            )
        return self._bound() if self.rule == "group_sequential" else quantile(self.confidence)

    def one_sided_p(self, p_value: float, *, units: int) -> float:
        """A one-sided p-value of a fixed test, as the rule has it."""
        if self.rule == "fixed":
            return p_value
        statistic = statistic_of(p_value)
        if self.rule == "anytime":
            return stats.anytime_p_value(
                statistic,
                units,
                confidence=self.confidence,
                alternative="greater",
                tuned_for=self.tuned_for,
            )
        return self._scaled_p(statistic, "greater")

    def _bound(self) -> float:
        return bound_at(
            self.earlier, min(self.information, 1.0), 1 - self.confidence, self.spending
        )

    def _scaled_p(self, statistic: float, alternative: stats.Alternative) -> float:
        scaled = statistic * quantile(self.confidence) / self._bound()
        return tail_probability(scaled, alternative=alternative)


@lru_cache(maxsize=1024)
def bound_at(
    earlier: tuple[float, ...], information: float, level: float, spending: Spending
) -> float:
    """The bound of a look at this share of the planned units, after the looks taken before.

    A look at the same share as the last is that look again.

    >>> round(bound_at((0.2, 0.4), 0.6, 0.05, "obrien-fleming"), 3)
    2.68
    """
    if information <= 0:
        return FARTHEST
    shares = earlier if earlier and information <= earlier[-1] else (*earlier, information)
    return stats.plan_looks(shares, level=level, spending=spending).bounds[-1]


def stretch_lift(lift: stats.Lift, factor: float) -> stats.Lift:
    """Both ends moved away from the estimate by a factor, on the scale of the log ratio.

    >>> before = stats.Lift(
    ...     estimate=0.0, low=1 / 1.1 - 1, high=0.1, confidence=0.95, alternative="two-sided"
    ... )
    >>> round(stretch_lift(before, 2.0).high, 4)
    0.21
    """
    ratio = 1 + lift.estimate
    return stats.Lift(
        estimate=lift.estimate,
        low=ratio * math.exp(-_moved(ratio, 1 + lift.low, factor)) - 1,
        high=ratio * math.exp(_moved(ratio, 1 + lift.high, factor)) - 1
        if math.isfinite(factor)
        else math.inf,
        confidence=lift.confidence,
        alternative=lift.alternative,
    )


def _moved(ratio: float, end: float, factor: float) -> float:
    if end <= 0 or not math.isfinite(end):
        return math.inf
    half = abs(math.log(end / ratio)) * factor
    if math.isfinite(factor) and half > WIDEST_LOG_RATIO:
        raise stats.RatioTooUncertain("a mean is too close to zero, against its error, for a lift")
    return half
