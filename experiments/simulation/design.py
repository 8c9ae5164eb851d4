"""What is repeated: the arms, the metric, the effect put in and the rule by which a test stops."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, get_args

import numpy as np

from experiments import stats
from experiments.simulation.contrasts import Contrast, p_values, quantiles
from experiments.simulation.effects import Effect
from experiments.simulation.generators import Column

Kind = Literal["mean", "proportion", "ratio"]
Rule = Literal["fixed", "anytime", "group-sequential"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A test, as it would be planned.

    With several treatments each is compared with control, and a comparison is tested at the level
    divided by their number: the first step of Holm's method, which decides whether any is named.

    Attributes:
        units: Of all arms together, at the end.
        weights: Each arm's share; the first is control.
        kind: "proportion" is the score test, "ratio" the delta method; "mean" is Welch's test.
        effect: What is done to every treatment.
        rule: "fixed" tests every look as if it were the only one.
        looks: Evenly spaced; the last is at the end.
        uses_covariates: CUPED with all covariates the generator knows.
        confidence: Of the intervals; 1 - it is the level.
        tuned_for: Units at which the anytime-valid interval is narrowest.

    Raises:
        ArgumentImpossible: An option has no meaning, or an arm has fewer than two units a look.

    >>> Design(units=1_000, weights=(0.5, 0.25, 0.25)).sizes_at(1)
    (500, 250, 250)
    """

    units: int
    weights: tuple[float, ...] = (0.5, 0.5)
    kind: Kind = "mean"
    effect: Effect = field(default_factory=Effect)
    rule: Rule = "fixed"
    looks: int = 1
    uses_covariates: bool = False
    confidence: float = 0.95
    tuned_for: float = stats.sequential.TUNED_FOR_UNITS

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind) or self.rule not in get_args(Rule):
            raise stats.ArgumentImpossible("kind or rule is none of those there are")
        if len(self.weights) < 2 or min(self.weights) <= 0 or abs(sum(self.weights) - 1) > 1e-6:
            raise stats.ArgumentImpossible("weights must be two or more shares with the sum 1")
        if not 0 < self.confidence < 1 or self.looks < 1:
            raise stats.ArgumentImpossible("confidence lies inside (0, 1), and there is one look")
        if min(np.diff([(0,) * self.arms, *map(self.sizes_at, self._looks)], axis=0).ravel()) < 2:
            raise stats.ArgumentImpossible(
                f"{self.units} units are too few: every arm needs two more at every look"
            )

    @property
    def arms(self) -> int:
        """Control and treatments."""
        return len(self.weights)

    @property
    def level(self) -> float:
        """Of one comparison."""
        return (1 - self.confidence) / (self.arms - 1)

    @property
    def _looks(self) -> range:
        return range(1, self.looks + 1)

    def sizes_at(self, look: int) -> tuple[int, ...]:
        """Each arm's units at a look, counted from 1."""
        return tuple(round(self.units * weight * look / self.looks) for weight in self.weights)

    def boundaries(self) -> Sequence[Boundary]:
        """What is tested and reported at each look."""
        shares = [look / self.looks for look in self._looks]
        bounds: Sequence[float | None] = [None] * self.looks
        wide: Sequence[float | None] = bounds
        if self.rule == "group-sequential":
            bounds = stats.plan_looks(shares, level=self.level).bounds
            wide = stats.plan_looks(shares, level=1 - self.confidence).bounds
        elif self.rule == "anytime":
            bounds = [self._anytime(look, 1 - self.level) for look in self._looks]
            wide = [self._anytime(look, self.confidence) for look in self._looks]
        return [
            Boundary(level=self.level, confidence=self.confidence, bound=bound, half_width=half)
            for bound, half in zip(bounds, wide, strict=True)
        ]

    def _anytime(self, look: int, confidence: float) -> float:
        sizes = self.sizes_at(look)
        pair = sizes[0] + sum(sizes[1:]) / (self.arms - 1)
        return stats.anytime_multiplier(pair, confidence=confidence, tuned_for=self.tuned_for)


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """One look's test and the width of its intervals.

    Attributes:
        level: Of the fixed-horizon test.
        confidence: Of the fixed-horizon interval.
        bound: Standard errors beyond which the test stops; None: by the fixed-horizon p.
        half_width: Standard errors on each side of an interval; None: by the fixed horizon.
    """

    level: float
    confidence: float
    bound: float | None = None
    half_width: float | None = None

    def rejects(self, contrast: Contrast) -> Column:
        """Whether each repetition's test finds a difference (not a number: it does not)."""
        if self.bound is None:
            return np.less(p_values(contrast), self.level)
        return np.greater(np.abs(contrast.statistic), self.bound)

    def multipliers(self, degrees: Column) -> Column | float:
        """Standard errors on each side of an interval."""
        return quantiles(self.confidence, degrees) if self.half_width is None else self.half_width
