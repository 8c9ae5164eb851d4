"""Does the effect wear off, or grow, with the days since a person's exposure?

Compared are lifts, not differences: after an email nearly everything happens on the first day, so
a difference shrinks with the days even where the arm stays as good as it was.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from experiments import stats
from experiments.health.context import HealthContext, pool_samples
from experiments.health.findings import Finding
from experiments.health.wording import join_names, percent

FIRST_DAYS = 3
LEAST_DAYS = 7
LEVEL = 0.01
# A mean known less well than to a third of itself has no usable logarithm (about 9 events).
LARGEST_RELATIVE_ERROR = 1 / 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """An arm's lift in the first days after the exposure and in those after, on the log scale."""

    arm: str
    first: stats.MetaAnalysis
    later: stats.MetaAnalysis

    @property
    def p_value(self) -> float:
        """Of equal lifts, days taken as independent: people who act on several make it larger."""
        error = math.hypot(self.first.fixed_error, self.later.fixed_error)
        return math.erfc(abs(self.later.fixed - self.first.fixed) / error / math.sqrt(2))


def check_novelty(context: HealthContext) -> Finding | None:
    """Compare the lift of the first three days since exposure with that of the later ones.

    Every day since exposure is compared with the control's same day, within periods of equal
    weights; the days' log ratios are put together by precision, and the two parts compared at 1 %,
    Bonferroni over the arms. It takes seven days with enough events to say anything.
    """
    courses = [course for arm in context.treatments if (course := _course(context, arm.key))]
    changed = [found for found in courses if found.p_value < LEVEL / len(courses)]
    if not changed:
        return None
    return Finding(
        check="novelty",
        severity="note",
        title="The effect changes with the days since people saw the copy",
        sentence=f"{join_names(_said(context, found) for found in changed)}. {_meaning(changed)}",
        cure=(
            "Let the test run until most people are past the first days, and judge by the later "
            "ones: those are what lasts when everybody has seen the copy."
        ),
        stage="analysis",
        evidence={
            "first_days": FIRST_DAYS,
            **{f"first.{found.arm}": math.expm1(found.first.fixed) for found in changed},
            **{f"later.{found.arm}": math.expm1(found.later.fixed) for found in changed},
            **{f"p_value.{found.arm}": found.p_value for found in changed},
        },
    )


def _said(context: HealthContext, course: Course) -> str:
    first, later = math.expm1(course.first.fixed), math.expm1(course.later.fixed)
    return (
        f"{context.name_of(course.arm)}: {percent(first)} on people's first {FIRST_DAYS} days, "
        f"{percent(later)} on later ones"
    )


def _meaning(changed: list[Course]) -> str:
    if all(abs(found.later.fixed) < abs(found.first.fixed) for found in changed):
        return (
            "The effect wears off: the news was a part of it, or people only bought sooner what "
            "they would have bought anyway."
        )
    if all(found.later.fixed > found.first.fixed for found in changed):
        return "The effect grows as people get used to the copy."
    return "The early figures do not say what comes later."


def _course(context: HealthContext, arm: str) -> Course | None:
    ages = sorted({int(found.of) for found in context.ages})
    effects = {age: _effects(context, age, arm) for age in ages}
    usable = [age for age in ages if effects[age]]
    if len(usable) < LEAST_DAYS:
        return None
    first = [effect for age in usable if age < FIRST_DAYS for effect in effects[age]]
    later = [effect for age in usable if age >= FIRST_DAYS for effect in effects[age]]
    if min(len(first), len(later)) < 2:
        return None
    return Course(
        arm=arm,
        first=stats.combine_effects(*zip(*first, strict=True)),
        later=stats.combine_effects(*zip(*later, strict=True)),
    )


def _effects(context: HealthContext, age: int, arm: str) -> list[tuple[float, float]]:
    """Log ratio and its error on one day since exposure, for each division of the traffic."""
    pools = pool_samples(context, context.ages, of=age)
    found = (_log_ratio(pool, context.control.key, arm) for pool in pools)
    return [effect for effect in found if effect is not None]


def _log_ratio(
    pool: Mapping[str, stats.Mean], control: str, arm: str
) -> tuple[float, float] | None:
    errors = [_relative_error(pool.get(key)) for key in (control, arm)]
    if not 0 < max(errors) <= LARGEST_RELATIVE_ERROR:
        return None
    return math.log(pool[arm].mean / pool[control].mean), math.hypot(*errors)


def _relative_error(sample: stats.Mean | None) -> float:
    if sample is None or sample.units < 2 or sample.mean <= 0:
        return math.inf
    return math.sqrt(sample.variance_of_mean) / sample.mean
