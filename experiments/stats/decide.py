"""From estimates to a verdict: one word, the arm it is about, a sentence and the reasons.

The rule, in order:

1. invalid: the split or the data are broken (`blocked`). No result is read from a broken test.
2. stop for harm: an arm is worse than control on a goal or a guardrail. With one planned look it
   takes, before that, a p below `EARLY_HARM_BELOW`, as every look is another chance to be wrong;
   p-values that hold at every look (anytime) or are judged at planned looks count as they are.
3. keep going: the smallest arm, the days, the one planned look or the next of several planned looks
   is not reached. No winner before.
4. ship: an arm is better on a goal, worse on no goal and no guardrail, and shown not to pass the
   margin of any guardrail that has one; of several, the one with most gain on the first goal.
5. stop for harm: no arm can be shipped and one is worse, at the level of the test.
6. keep control: the planned end is reached and no arm can be shipped.
7. keep going: there is no end yet at which to give up.
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
        is_margin_kept: Of a guardrail with a margin: whether a loss as large as it is ruled out.
            None: it has no margin.
    """

    arm: str
    arm_name: str
    metric_name: str
    difference: Difference
    p_adjusted: float
    lift: Lift | None = None
    is_lower_better: bool = False
    is_margin_kept: bool | None = None

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
class Looking:
    """How often one may look, and where the test stands in it.

    Attributes:
        rule: "fixed" (one look), "anytime" or "group_sequential" (planned looks).
        is_look: Whether this is a planned look; at the others of a group-sequential test nothing
            is decided.
        next_look: Units of all arms at the next planned look.
    """

    rule: Literal["fixed", "anytime", "group_sequential"] = "fixed"
    is_look: bool = True
    next_look: int | None = None


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
    looking: Looking | None = None,
    blocked: str | None = None,
    cautions: Iterable[str] = (),
) -> Verdict:
    """Apply the rule above.

    Args:
        goal: Every arm that could be compared with control, on every goal, the first goal first.
        guardrails: Every arm that could be compared, on every guardrail.
        balance: The sample-ratio check; None before there are units.
        progress: How far the test has come.
        minimums: What it must reach.
        confidence: One minus the level of the test.
        looking: How often one may look; once, if None.
        blocked: Why no result may be read, in a sentence, beside a broken split.
        cautions: Sentences added to the reasons.

    >>> decide(
    ...     goal=[], guardrails=[], balance=None,
    ...     progress=Progress(smallest_arm=40, units=90, days=5.0), minimums=Minimums(),
    ... ).sentence
    'Keep going: 40 of 150 people in the smallest arm so far.'
    """
    said, looked = tuple(cautions), looking or Looking()
    if balance is not None and balance.is_mismatch:
        return _invalid(balance, said)
    if blocked is not None:
        return _verdict("invalid", f"No verdict: {blocked}", said)
    missing = _missing(progress, minimums, looked)
    level = 1 - confidence
    early = EARLY_HARM_BELOW if missing and looked.rule == "fixed" else level
    harmful = _harmful([*goal, *guardrails], early) if looked.is_look else []
    if missing:
        if harmful and progress.smallest_arm >= minimums.units_per_arm:
            return _stop(harmful, said)
        return _verdict("keep_going", f"Keep going: {missing[0]} so far.", (*missing, *said))
    is_end = minimums.planned_units is not None and progress.units >= minimums.planned_units
    return _settle(goal, guardrails, harmful, level, looked, said, is_end=is_end)


def _settle(
    goal: Sequence[Effect],
    guardrails: Sequence[Effect],
    harmful: Sequence[Effect],
    level: float,
    looking: Looking,
    said: tuple[str, ...],
    *,
    is_end: bool,
) -> Verdict:
    hurt = {effect.arm for effect in harmful}
    doubtful = [effect for effect in guardrails if effect.is_margin_kept is False]
    better = [
        effect
        for effect in goal
        if effect.gain > 0 and effect.p_adjusted <= level and effect.arm not in hurt
    ]
    winners = [effect for effect in better if effect.arm not in {each.arm for each in doubtful}]
    if winners:
        return _ship(_most_gain(winners, goal), looking, said, is_end=is_end)
    if harmful:
        return _stop(harmful, said)
    found = (*(_describe(effect) for effect in goal), *_margins(better, doubtful), *said)
    if is_end:
        why = "no arm is better" if not better else "no better arm is shown to do no harm"
        return _verdict(
            "keep_control", f"Keep control: the planned sample is reached and {why}.", found
        )
    if better:
        first = _margins(better, doubtful)[0]
        return _verdict("keep_going", f"Keep going: {first}", found)
    return _verdict("keep_going", "Keep going: no arm differs from control clearly enough.", found)


def _most_gain(winners: Sequence[Effect], goal: Sequence[Effect]) -> Effect:
    """Gains compare within one metric only: the first goal on which an arm has won."""
    first = next(effect.metric_name for effect in goal if effect in winners)
    among = [effect for effect in winners if effect.metric_name == first]
    return max(among, key=lambda effect: effect.gain)


def _margins(better: Sequence[Effect], doubtful: Sequence[Effect]) -> list[str]:
    """What keeps a better arm from being shipped."""
    return [
        f"{effect.arm_name} is better on {effect.metric_name}, but not yet shown to keep "
        f"{guardrail.metric_name} within its margin."
        for effect in better
        for guardrail in doubtful
        if guardrail.arm == effect.arm
    ]


def _verdict(kind: VerdictKind, sentence: str, reasons: tuple[str, ...]) -> Verdict:
    return Verdict(kind=kind, arm=None, sentence=sentence, reasons=reasons)


def _invalid(balance: Balance, said: tuple[str, ...]) -> Verdict:
    return _verdict(
        "invalid",
        "No verdict: the arms' sizes do not fit their weights, so the split or the counting is "
        "broken. Find the cause before reading any result.",
        (f"Sample-ratio mismatch, p = {balance.p_value:.2g}.", *said),
    )


def _ship(effect: Effect, looking: Looking, said: tuple[str, ...], *, is_end: bool) -> Verdict:
    reasons = [_describe(effect)]
    if looking.rule == "fixed" and not is_end:
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


def _missing(progress: Progress, minimums: Minimums, looking: Looking) -> list[str]:
    missing = []
    if progress.smallest_arm < minimums.units_per_arm:
        missing.append(
            f"{progress.smallest_arm:,} of {minimums.units_per_arm:,} people in the smallest arm"
        )
    if progress.days < minimums.days:
        missing.append(f"{int(progress.days)} of {minimums.days} days")
    planned = minimums.planned_units
    if looking.rule == "fixed" and planned is not None and progress.units < planned:
        missing.append(f"{progress.units:,} of the {planned:,} people planned")
    if not looking.is_look:
        missing.append(f"{progress.units:,} of the {looking.next_look or 0:,} for the next look")
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
