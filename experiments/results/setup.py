"""What an analysis is made with, and what it finds on one metric before it is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from experiments import stats
from experiments.plans import ArmPlan, MetricSpec
from experiments.results.comparisons import Comparisons
from experiments.results.looking import LookRule
from experiments.results.samples import Arms


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What was decided before the data, and what stands beside them.

    Attributes:
        arms: All arms, control among them.
        metrics: In the order of the report.
        rule: How often one may look.
        minimums: What has to be reached before a winner is named.
        days: How long it ran.
        correction: How the goals share the level.
        primary_share: The first of several goals' share of it.
        weights: Of each arm by key, by period: what the split is held against.
        priors: Of the log of the ratio by the metric's key, fitted to past tests.
        units_per_day: Units that come in now.
    """

    arms: tuple[ArmPlan, ...]
    metrics: tuple[MetricSpec, ...]
    rule: LookRule
    minimums: stats.Minimums
    days: float
    correction: str = "holm"
    primary_share: float = 0.5
    weights: Mapping[int, Mapping[str, float]] = field(default_factory=dict)
    priors: Mapping[str, stats.NormalPosterior] = field(default_factory=dict)
    units_per_day: float | None = None

    @property
    def control(self) -> str:
        return next(arm.key for arm in self.arms if arm.is_control)

    @property
    def confidence(self) -> float:
        return self.rule.confidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One metric: its arms and what was found, for everyone and within each stratum."""

    metric: MetricSpec
    arms: Arms
    overall: Comparisons
    strata: tuple[str, ...]
    parts: tuple[Arms, ...]
    by_stratum: tuple[Comparisons, ...]
