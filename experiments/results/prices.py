"""What looking early costs, and how many people a test needs: said before it begins."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import scipy

from experiments import stats
from experiments.results.looking import Rule
from experiments.stats.intervals import quantile
from experiments.stats.spending import Spending

POWER = 0.8
MOST_TIMES = 1e12


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a rule of looking costs against one look at the end.

    Attributes:
        rule: "fixed", "anytime" or "group_sequential".
        units: People of all arms the price is for.
        width: An interval's width at these units / that of one look.
        power: Chance to find, with these units, a lift that one look would find with `POWER`.
        times: Units that get that chance back / units of one look.
        looks: Of planned looks: how many.
        spending: Of planned looks: how the level is spent.
    """

    rule: Rule
    units: int
    width: float
    power: float
    times: float
    looks: int = 1
    spending: Spending = "obrien-fleming"


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """How many people a test needs.

    Attributes:
        units: Of all arms together.
        changed: The rate (or mean) the smallest lift leads to.
        days: Until they are there, at the pace given; 0 if they are there now, None if never known.
    """

    units: int
    changed: float
    days: int | None


@lru_cache(maxsize=256)
def price_of(
    rule: Rule,
    *,
    units: int,
    tuned_for: float | None = None,
    looks: int = 5,
    spending: Spending = "obrien-fleming",
    confidence: float = 0.95,
) -> Price:
    """The price of a rule at so many people.

    Args:
        rule: "fixed", "anytime" or "group_sequential".
        units: People of all arms; of two arms the figures are exact.
        tuned_for: Of "anytime": people at which its intervals are narrowest.
        looks: Of "group_sequential": how many, at equal steps.
        spending: Of "group_sequential": how the level is spent.
        confidence: Of the test.

    Raises:
        StatsError: A number is outside its range.

    >>> anytime = price_of("anytime", units=5_000)
    >>> round(anytime.width, 2), round(anytime.power, 2), round(anytime.times, 2)
    (1.55, 0.41, 1.94)
    >>> round(price_of("group_sequential", units=5_000).times, 3)
    1.025
    """
    if rule == "anytime":
        return _anytime_price(units, tuned_for or stats.TUNED_FOR_UNITS, confidence)
    if rule == "group_sequential":
        return _planned_price(units, looks, spending, confidence)
    return Price(rule="fixed", units=units, width=1.0, power=POWER, times=1.0)


def people_needed(
    baseline: float,
    lift: float,
    *,
    weights: Mapping[str, float],
    control: str,
    confidence: float = 0.95,
    times: float = 1.0,
    audience: int | None = None,
    per_day: float | None = None,
) -> People:
    """People of all arms so that a lift of a rate is found in `POWER` of the tests, in every arm.

    The level is shared by the arms (Bonferroni); the deviation is that of the two rates' mean.

    Args:
        baseline: Control's rate, inside (0, 1).
        lift: The smallest worth finding, relative, not zero.
        weights: Of each arm by key.
        control: Whose key.
        confidence: Of the test.
        times: Units the rule of looking needs for each of one look (`Price.times`).
        audience: People who are there now.
        per_day: People who come a day.

    Raises:
        StatsError: A number is outside its range.

    >>> people_needed(0.05, 0.2, weights={"a": 0.5, "b": 0.5}, control="a").units
    16320
    """
    changed = baseline * (1 + lift)
    rivals = {arm: weight for arm, weight in weights.items() if arm != control}
    _check(baseline, changed, [*weights.values()])
    in_control = max(
        stats.units_for_means(
            changed - baseline,
            deviation=_deviation(baseline, changed),
            power=POWER,
            ratio=weight / weights[control],
            confidence=confidence,
            comparisons=len(rivals),
        )
        for weight in rivals.values()
    )
    units = math.ceil(in_control / weights[control] * times)
    return People(units=units, changed=changed, days=_days(units, audience, per_day))


def _anytime_price(units: int, tuned_for: float, confidence: float) -> Price:
    def power_at(times: float) -> float:
        return stats.power_when_watched(
            _drift(confidence) * math.sqrt(times),
            units=units * times,
            confidence=confidence,
            tuned_for=tuned_for,
        )

    def shortfall(times: float) -> float:
        return power_at(times) - POWER

    edge = stats.anytime_multiplier(units, confidence=confidence, tuned_for=tuned_for)
    return Price(
        rule="anytime",
        units=units,
        width=edge / quantile(confidence),
        power=power_at(1.0),
        times=float(scipy.optimize.brentq(shortfall, 1.0, MOST_TIMES)),
    )


def _planned_price(units: int, looks: int, spending: Spending, confidence: float) -> Price:
    shares = [(place + 1) / looks for place in range(looks)]
    plan = stats.plan_looks(shares, level=1 - confidence, spending=spending)
    return Price(
        rule="group_sequential",
        units=units,
        width=plan.bounds[-1] / quantile(confidence),
        power=math.fsum(plan.crossing(drift=_drift(confidence))),
        times=stats.inflation_of_looks(plan, power=POWER),
        looks=looks,
        spending=spending,
    )


def _drift(confidence: float) -> float:
    """Effect / its standard error that one look finds with `POWER`."""
    return quantile(confidence) + float(scipy.special.ndtri(POWER))


def _deviation(baseline: float, changed: float) -> float:
    middle = (baseline + changed) / 2
    return math.sqrt(middle * (1 - middle))


def _check(baseline: float, changed: float, weights: list[float]) -> None:
    if not (0 < baseline < 1 and 0 < changed < 1) or baseline == changed:
        raise stats.ArgumentImpossible("both rates must lie between 0 and 1, and differ")
    if len(weights) < 2 or min(weights) <= 0:
        raise stats.ArgumentImpossible("every arm needs a weight above zero")


def _days(units: int, audience: int | None, per_day: float | None) -> int | None:
    missing = units - (audience or 0)
    if audience is not None and missing <= 0:
        return 0
    if not per_day:
        return None
    return stats.days_left(units_needed=missing, units_seen=0, units_per_day=per_day)
