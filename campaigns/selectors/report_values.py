"""What a report is made of: plain frozen values. What is not known is None, never zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from generation.briefs import Copy

SHARES = ("conversion", "retention")
# A lift that may be as large says nothing.
MOST_LIFT = 10.0


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval; the bounds are None where there is none."""

    estimate: float
    low: float | None
    high: float | None

    @property
    def has_lift_limit(self) -> bool:
        """Of a lift: an end at −100 %, or beyond ten times as much, limits nothing."""
        is_above = self.low is not None and self.low > 0
        return is_above or (self.high is not None and self.high <= MOST_LIFT)


@dataclass(frozen=True)
class Beside:
    """The same comparison made another way: without CUPED, or without the cap."""

    difference: Interval | None
    lift: Interval | None
    p_value: float | None


@dataclass(frozen=True)
class Margin:
    """Of a guardrail: whether a loss as large as the margin is ruled out."""

    margin: float
    is_shown: bool
    p_value: float


@dataclass(frozen=True)
class Informed:
    """The lift when what past tests found is taken into account."""

    lift: Interval
    beats_control: float


@dataclass(frozen=True)
class Shrunken:
    """An estimate pulled toward its siblings, so that the most extreme one is not believed whole.

    `pull` is the share of the way it was pulled; `lift` is there for the arms of a whole test.
    """

    effect: Interval
    pull: float | None
    lift: float | None = None


@dataclass(frozen=True)
class ArmResult:
    """One arm in one table; what compares it with the control is None for the control itself.

    `total` is exact. `error` says why a comparison could not be made; then its numbers are None.
    `difference` and `lift` are after CUPED and the cap, under the rule of looking; the adjusted
    ones are wider by what the arm shares with the other comparisons of its family.
    """

    key: str
    name: str
    is_control: bool
    units: int
    converters: int | None
    total: Decimal | None
    mean: Interval | None
    difference: Interval | None
    lift: Interval | None
    p_value: float | None
    p_adjusted: float | None
    beats_control: float | None
    is_best: float | None
    expected_loss: float | None
    error: str | None
    difference_adjusted: Interval | None = None
    lift_adjusted: Interval | None = None
    method: str | None = None
    plain: Beside | None = None
    uncapped: Beside | None = None
    margin: Margin | None = None
    informed: Informed | None = None
    credible: Interval | None = None
    stratified: Interval | None = None
    interaction_p: float | None = None
    shrunken: Shrunken | None = None

    @property
    def is_shown_alone(self) -> bool:
        """Sharing the level leaves the lift no limit, so the arm's own interval says more."""
        return self.lift_adjusted is not None and not self.lift_adjusted.has_lift_limit

    @property
    def shown_lift(self) -> Interval | None:
        """With the interval the verdict rests on, where that one has a limit."""
        return self.lift if self.is_shown_alone else self.lift_adjusted or self.lift

    @property
    def shown_difference(self) -> Interval | None:
        return self.difference_adjusted or self.difference


@dataclass(frozen=True)
class MetricTable:
    """The arms side by side, for everyone (`segment_key` "") or within a segment."""

    segment_key: str
    segment_name: str
    arms: tuple[ArmResult, ...]
    variance_kept: float | None = None


@dataclass(frozen=True)
class MetricReport:
    """`waiting` people are left out: their window is still open."""

    key: str
    name: str
    kind: str
    role: str
    is_lower_better: bool
    overall: MetricTable
    segments: tuple[MetricTable, ...]
    waiting: int = 0
    window_hours: int | None = None
    is_capped: bool = False
    is_reweighed: bool = False
    covariate_days: int | None = None
    margin: float | None = None
    is_margin_relative: bool = True

    @property
    def is_share(self) -> bool:
        return self.kind in SHARES


@dataclass(frozen=True)
class Balance:
    """Whether the arms got the shares they should have: if not, no number below can be trusted."""

    p_value: float | None
    observed: Mapping[str, int]
    expected: Mapping[str, float]
    is_mismatch: bool
    note: str


@dataclass(frozen=True)
class HealthFinding:
    """What a check found: what it means, what cures it, which stage to look at."""

    check: str
    severity: str
    title: str
    sentence: str
    cure: str
    stage: str


@dataclass(frozen=True)
class LookingReport:
    """The rule of looking and where the test stands in it; `looks_taken` are those before."""

    rule: str
    looks_taken: int = 0
    information: float | None = None
    is_look: bool = True
    next_look: int | None = None


@dataclass(frozen=True)
class ProgressReport:
    """How far the test has come, and the smallest lift that so many people could show."""

    units: int
    planned_units: int | None
    units_per_day: float | None
    days_left: int | None
    detectable_lift: float | None

    @property
    def share(self) -> float | None:
        return min(self.units / self.planned_units, 1.0) if self.planned_units else None


@dataclass(frozen=True)
class VerdictReport:
    kind: str
    arm: str | None
    arm_name: str | None
    sentence: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ArmCopy:
    """The text that was under test in one cell; `is_winner` once the verdict names its arm."""

    segment_key: str
    segment_name: str
    arm: str
    arm_name: str
    variant_id: int
    text: Copy
    is_winner: bool


@dataclass(frozen=True)
class ReportHeader:
    key: str
    name: str
    status: str
    status_name: str
    goal_event: str
    segment_names: tuple[str, ...]
    arm_names: tuple[str, ...]
    launched_at: datetime | None
    days: int | None
    units: int
    confidence: float | None
    analysed_at: datetime | None


@dataclass(frozen=True)
class Report:
    """All of it. Before the first analysis `metrics` is empty, `verdict` and `balance` are None."""

    header: ReportHeader
    metrics: tuple[MetricReport, ...]
    balance: Balance | None
    verdict: VerdictReport | None
    copies: tuple[ArmCopy, ...]
    looks: LookingReport | None = None
    correction: str | None = None
    health: tuple[HealthFinding, ...] = ()
    progress: ProgressReport | None = None

    @property
    def goal(self) -> MetricReport | None:
        return next((metric for metric in self.metrics if metric.role == "goal"), None)

    @property
    def winning_copies(self) -> tuple[ArmCopy, ...]:
        return tuple(text for text in self.copies if text.is_winner)
