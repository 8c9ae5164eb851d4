"""Everything the checks look at, as plain values: no row, no query.

Arms and segments go by their keys. Where the traffic's weights changed, arms may only be compared
within periods of equal weights: otherwise a good month with more traffic for one arm looks like an
effect of that arm (Simpson's paradox).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from experiments import stats
from experiments.plans import ArmPlan

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Units assigned on one day, in one period of weights, to one arm in one segment."""

    day: date
    period: int
    stratum: str
    arm: str
    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StrangeArm:
    """An arm that was named and that the experiment does not have."""

    key: str
    times: int
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalLift:
    """One arm's lift on one goal, as the report has it; whether it is real is the report's rule."""

    metric: str
    arm: str
    lift: float
    is_significant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Names one sample: of an arm in one period of weights, by metric or by age.

    Attributes:
        of: The metric's name, or whole days since the exposure.
        arm: The arm's key.
        period: The period of weights.
    """

    of: str | int
    arm: str
    period: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """On which days something came in, and when the last of it did; None if nothing ever did."""

    days: tuple[date, ...] = ()
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doers:
    """Units of an arm with an event that a metric counts, and those with one from a robot."""

    units: int
    bot_like: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthContext:
    """What is known of a test.

    Attributes:
        arms: In the order of the hash.
        now: The moment all of it is about.
        started_at: None for a draft.
        minimums: What the test must reach before a winner is named.
        is_running: People are being assigned now.
        is_external: The email tool splits the traffic, not Copylift.
        cells: Units by day, period, segment and arm.
        weights: By period and arm; a period that is missing has the arms' own weights.
        other_arm: By arm, units for which another arm was named later on.
        strange_arms: Arms that were named and do not exist.
        before: By metric, arm and period, what units did before their assignment.
        goals: Every arm's lift on every goal.
        ages: By whole days since the exposure, arm and period, what units did on that day of
            theirs on the goal; units not exposed that long are not in it.
        exposed: When units were assigned.
        counted: When events came in that a metric counts; None: the log was not read.
        doers: By arm; empty where the log was not read.
        waiting: Units whose window for the goals is still open.
        window_hours: The longest window of the goals; None: until the end.
    """

    arms: tuple[ArmPlan, ...]
    now: datetime
    started_at: datetime | None = None
    minimums: stats.Minimums = field(default_factory=stats.Minimums)
    is_running: bool = True
    is_external: bool = False
    cells: tuple[Cell, ...] = ()
    weights: Mapping[int, Weights] = field(default_factory=dict)
    other_arm: Mapping[str, int] = field(default_factory=dict)
    strange_arms: tuple[StrangeArm, ...] = ()
    before: Mapping[Slice, stats.Mean] = field(default_factory=dict)
    goals: tuple[GoalLift, ...] = ()
    ages: Mapping[Slice, stats.Mean] = field(default_factory=dict)
    exposed: Activity = field(default_factory=Activity)
    counted: Activity | None = None
    doers: Mapping[str, Doers] = field(default_factory=dict)
    waiting: int = 0
    window_hours: int | None = None

    @property
    def control(self) -> ArmPlan:
        return next(arm for arm in self.arms if arm.is_control)

    @property
    def treatments(self) -> tuple[ArmPlan, ...]:
        return tuple(arm for arm in self.arms if not arm.is_control)

    @property
    def units(self) -> int:
        return sum(cell.units for cell in self.cells)

    @property
    def days(self) -> float:
        """Since the start."""
        return (self.now - self.started_at).total_seconds() / 86_400 if self.started_at else 0.0

    def units_of(self, arm: str) -> int:
        return sum(cell.units for cell in self.cells if cell.arm == arm)

    def name_of(self, arm: str) -> str:
        """For people: the arm's name, or its key where it has none."""
        return next((found.name for found in self.arms if found.key == arm), "") or arm

    def weight(self, arm: ArmPlan, period: int) -> float:
        """Planned weight of an arm in a period."""
        weights = self.weights.get(period)
        return arm.weight if weights is None else weights.get(arm.key, 0.0)

    def shares(self, period: int) -> tuple[float, ...]:
        """Planned shares of the arms in a period, in their order; they sum to 1."""
        weights = [self.weight(arm, period) for arm in self.arms]
        total = math.fsum(weights)
        return tuple(weight / total for weight in weights) if total else (0.0,) * len(weights)

    def weighting(self, period: int) -> tuple[float, ...]:
        """What periods of equal weights have in common: the shares, rounding left out."""
        return tuple(round(share, 9) for share in self.shares(period))


def pool_samples(
    context: HealthContext, samples: Mapping[Slice, stats.Mean], *, of: str | int
) -> tuple[Mapping[str, stats.Mean], ...]:
    """Samples by arm, one mapping for each division of the traffic: arms in it may be compared.

    >>> arms = (ArmPlan(id=1, key="control", weight=1.0, is_control=True),)
    >>> samples = {Slice(of="o", arm="control", period=n): stats.Mean.of([n]) for n in (0, 1)}
    >>> context = HealthContext(arms=arms, now=datetime(2025, 3, 3))
    >>> [found["control"].mean for found in pool_samples(context, samples, of="o")]
    [0.5]
    """
    pooled: dict[tuple[float, ...], dict[str, stats.Mean]] = {}
    for found, sample in samples.items():
        if found.of == of:
            arms = pooled.setdefault(context.weighting(found.period), {})
            arms[found.arm] = arms[found.arm] + sample if found.arm in arms else sample
    return tuple(pooled.values())
