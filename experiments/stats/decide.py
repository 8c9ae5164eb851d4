"""From estimates to a verdict: one word, the arm it is about, a sentence and the reasons.

The rule, in order:

1. invalid: the arms' sizes do not fit their weights. No result is read from a broken split.
2. stop for harm: an arm is worse than control on the goal or a guardrail. Before the end of the
   test that takes a p below `EARLY_HARM_BELOW`, as every look is another chance to be wrong.
3. keep going: the smallest arm, the days or the planned sample are not reached. No winner before.
4. ship: an arm is better on the goal and worse on no guardrail; of several, the one with most gain.
5. stop for harm: no arm can be shipped and one is worse, at the level of the test.
6. keep control: the planned sample is reached and no arm is better.
7. keep going: no sample was planned, so there is no end at which to give up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from experiments.stats.balance import Balance
from experiments.stats.intervals import Difference, Lift

VerdictKind = Literal["ship", "keep_control", "keep_going", "stop_for_harm", "invalid"]

EARLY_HARM_BELOW = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One arm against control on one metric.

    Attributes:
        arm: The arm's key.
        arm_name: The arm's name, for the sentence.
        metric_name: The metric's name, for the sentence.
        difference: Treatment minus control.
        p_adjusted: Its p-value, adjusted for the other arms.
        lift: Relative change, where there is one.
        is_lower_better: Less of the metric is better.
    """

    arm: str
    arm_name: str
    metric_name: str
    difference: Difference
    p_adjusted: float
    lift: Lift | None = None
    is_lower_better: bool = False

    @property
    def gain(self) -> float:
        """The difference, turned so that more is better."""
        return -self.difference.estimate if self.is_lower_better else self.difference.estimate


@dataclass(frozen=True, slots=True, kw_only=True)
class Minimums:
    """What a test must reach before a winner is named.

    Attributes:
        units_per_arm: Units in the smallest arm.
        days: Days since the start.
        planned_units: The sample planned for all arms together; None when none was.
    """

    units_per_arm: int = 150
    days: int = 3
    planned_units: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a test has come: units in the smallest arm and in all arms, days since the start."""

    smallest_arm: int
    units: int
    days: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What to do, and why.

    Attributes:
        kind: One of the five words.
        arm: The key of the arm it is about, if it is about one.
        sentence: One plain sentence for the marketer.
        reasons: What it rests on, and what to be careful about.
    """

    kind: VerdictKind
    arm: str | None
    sentence: str
    reasons: tuple[str, ...]


def decide(
    *,
    goal: Sequence[Effect],
    guardrails: Sequence[Effect],
    balance: Balance | None,
    progress: Progress,
    minimums: Minimums,
    confidence: float = 0.95,
    cautions: Iterable[str] = (),
) -> Verdict:
    """Apply the rule above.

    Args:
        goal: Every arm that could be compared with control on the goal.
        guardrails: Every arm that could be compared, on every guardrail.
        balance: The sample-ratio check; None before there are units.
        progress: How far the test has come.
        minimums: What it must reach.
        confidence: One minus the level of the test.
        cautions: Sentences added to the reasons.

    >>> decide(
    ...     goal=[], guardrails=[], balance=None,
    ...     progress=Progress(smallest_arm=40, units=90, days=5.0), minimums=Minimums(),
    ... ).sentence
    'Keep going: 40 of 150 people in the smallest arm so far.'
    """
    said = tuple(cautions)
    if balance is not None and balance.is_mismatch:
        return _invalid(balance, said)
    missing = _missing(progress, minimums)
    level = 1 - confidence
    harmful = _harmful([*goal, *guardrails], EARLY_HARM_BELOW if missing else level)
    if missing:
        if harmful and progress.smallest_arm >= minimums.units_per_arm:
            return _stop(harmful, said)
        return Verdict(
            kind="keep_going",
            arm=None,
            sentence=f"Keep going: {missing[0]} so far.",
            reasons=(*missing, *said),
        )
    return _at_the_end(goal, harmful, level, minimums, said)


def _at_the_end(
    goal: Sequence[Effect],
    harmful: Sequence[Effect],
    level: float,
    minimums: Minimums,
    said: tuple[str, ...],
) -> Verdict:
    hurt = {effect.arm for effect in harmful}
    better = [effect for effect in goal if effect.gain > 0 and effect.p_adjusted <= level]
    winners = [effect for effect in better if effect.arm not in hurt]
    if winners:
        return _ship(max(winners, key=lambda effect: effect.gain), minimums, said)
    if harmful:
        return _stop(harmful, said)
    if minimums.planned_units is not None:
        return Verdict(
            kind="keep_control",
            arm=None,
            sentence="Keep control: the planned sample is reached and no arm is better.",
            reasons=(*(_describe(effect) for effect in goal), *said),
        )
    return Verdict(
        kind="keep_going",
        arm=None,
        sentence="Keep going: no arm differs from control clearly enough.",
        reasons=(*(_describe(effect) for effect in goal), *said),
    )


def _invalid(balance: Balance, said: tuple[str, ...]) -> Verdict:
    return Verdict(
        kind="invalid",
        arm=None,
        sentence=(
            "No verdict: the arms' sizes do not fit their weights, so the split or the counting "
            "is broken. Find the cause before reading any result."
        ),
        reasons=(f"Sample-ratio mismatch, p = {balance.p_value:.2g}.", *said),
    )


def _ship(effect: Effect, minimums: Minimums, said: tuple[str, ...]) -> Verdict:
    reasons = [_describe(effect)]
    if minimums.planned_units is None:
        reasons.append(
            "No sample was planned: looking again and again until an arm wins makes a false winner "
            "more likely than the level says."
        )
    return Verdict(
        kind="ship",
        arm=effect.arm,
        sentence=f"Ship {effect.arm_name}: {_describe(effect)}",
        reasons=(*reasons, *said),
    )


def _stop(harmful: Sequence[Effect], said: tuple[str, ...]) -> Verdict:
    worst = min(harmful, key=lambda effect: effect.p_adjusted)
    return Verdict(
        kind="stop_for_harm",
        arm=worst.arm,
        sentence=f"Stop {worst.arm_name}: {_describe(worst)}",
        reasons=(*(_describe(effect) for effect in harmful), *said),
    )


def _harmful(effects: Sequence[Effect], level: float) -> list[Effect]:
    return [effect for effect in effects if effect.gain < 0 and effect.p_adjusted <= level]


def _missing(progress: Progress, minimums: Minimums) -> list[str]:
    missing = []
    if progress.smallest_arm < minimums.units_per_arm:
        missing.append(
            f"{progress.smallest_arm:,} of {minimums.units_per_arm:,} people in the smallest arm"
        )
    if progress.days < minimums.days:
        missing.append(f"{int(progress.days)} of {minimums.days} days")
    if minimums.planned_units is not None and progress.units < minimums.planned_units:
        missing.append(f"{progress.units:,} of the {minimums.planned_units:,} people planned")
    return missing


def _describe(effect: Effect) -> str:
    change = effect.difference
    if effect.lift is not None:
        size = f"{effect.lift.estimate:+.1%}"
        interval = f"{effect.lift.low:+.1%} to {effect.lift.high:+.1%}"
    else:
        size = f"{change.estimate:+.4g}"
        interval = f"{change.low:+.4g} to {change.high:+.4g}"
    p = "p < 0.0001" if effect.p_adjusted < 0.0001 else f"p = {effect.p_adjusted:.4f}"
    return (
        f"{effect.metric_name} {size} against control for {effect.arm_name} "
        f"({change.confidence:.0%} interval {interval}, {p})."
    )
