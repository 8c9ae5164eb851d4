"""Effects put into simulated units, so that what a design finds can be held against the truth."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from experiments.simulation.generators import Columns
from experiments.stats import ArgumentImpossible


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What the treatment does to the figure; none makes the run an A/A test.

    Attributes:
        size: 0.05 is five percent of the baseline, or 0.05 of the metric's own unit.
        is_relative: Which of the two.
    """

    size: float = 0.0
    is_relative: bool = True

    def difference(self, baseline: float) -> float:
        """Treatment's figure minus control's.

        >>> Effect(size=0.05).difference(20.0)
        1.0
        """
        return self.size * baseline if self.is_relative else self.size

    def into_amounts(self, columns: Columns) -> Columns:
        """Values are scaled, or all moved by the same; of a ratio, by the same for each below."""
        if not self.size:
            return columns
        if self.is_relative:
            return replace(columns, values=columns.values * (1 + self.size))
        each = 1.0 if columns.denominators is None else columns.denominators
        return replace(columns, values=columns.values + self.size * each)

    def into_conversions(
        self, columns: Columns, *, rate: float, rng: np.random.Generator
    ) -> Columns:
        """Ones and zeros stay ones and zeros: some units change their mind.

        Raises:
            ArgumentImpossible: The new rate would not lie between 0 and 1.

        >>> everyone = Columns(values=np.zeros((1, 3)))
        >>> Effect(size=1.0, is_relative=False).into_conversions(
        ...     everyone, rate=0.0, rng=np.random.default_rng(1)
        ... ).values
        array([[1., 1., 1.]])
        """
        difference = self.difference(rate)
        if not 0 <= rate + difference <= 1:
            raise ArgumentImpossible(f"a rate of {rate:.4g} cannot become {rate + difference:.4g}")
        if not difference:
            return columns
        draws, values = rng.random(columns.values.shape), columns.values
        if difference > 0:
            changed = np.maximum(values, draws < difference / (1 - rate))
        else:
            changed = values * (draws >= -difference / rate)
        return replace(columns, values=changed)
