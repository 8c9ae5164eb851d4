"""A finished experiment as columns: who the units were, what they got, what they did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.stats.errors import ArgumentImpossible, TooFewUnits

Column = NDArray[np.float64]
Matrix = NDArray[np.float64]
Arms = NDArray[np.int64]

CHANCES_SUM_TO = 1.0
_SLACK = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """Units of a randomised experiment; arm 0 is the control.

    Attributes:
        features: Shape (units, features): what was known of each unit before its assignment.
        treatment: Shape (units,): the arm each unit was given, 0 to arms - 1.
        outcome: Shape (units,): what it did afterwards, in the outcome's own unit.
        propensity: Shape (units, arms): the chance each unit had of each arm, as the experiment
            drew it. Rows sum to 1, and no chance is 0.

    Raises:
        ArgumentImpossible: Columns do not fit, a number is not finite, or a chance means nothing.
        TooFewUnits: An arm has fewer than two units.

    >>> trial = Trial.drawn_with([0.5, 0.5], [[1], [2], [3], [4]], [0, 1, 0, 1], [0, 1, 1, 1])
    >>> trial.units, trial.arms, trial.is_binary
    (4, 2, True)
    """

    features: Matrix
    treatment: Arms
    outcome: Column
    propensity: Matrix

    def __post_init__(self) -> None:
        _check_shapes(self)
        _check_values(self)

    @classmethod
    def drawn_with(
        cls,
        weights: ArrayLike,
        features: ArrayLike,
        treatment: ArrayLike,
        outcome: ArrayLike,
    ) -> Self:
        """A trial in which every unit had the same chances.

        Args:
            weights: Shape (arms,): the chance of each arm.
            features: Shape (units, features).
            treatment: Shape (units,).
            outcome: Shape (units,).
        """
        given = np.asarray(treatment, dtype=np.int64)
        chances = np.asarray(weights, dtype=np.float64)
        return cls(
            features=np.asarray(features, dtype=np.float64),
            treatment=given,
            outcome=np.asarray(outcome, dtype=np.float64),
            propensity=np.broadcast_to(chances, (len(given), len(chances))),
        )

    @classmethod
    def with_estimated_chances(
        cls, features: ArrayLike, treatment: ArrayLike, outcome: ArrayLike
    ) -> Self:
        """A trial whose chances are not known: each arm's share of the units stands for them.

        Right only where the arms were drawn without regard to the units.
        """
        given = np.asarray(treatment, dtype=np.int64)
        if not len(given) or given.min() < 0:
            raise ArgumentImpossible("treatment: arms are numbered from 0, and there must be units")
        shares = np.bincount(given) / len(given)
        return cls.drawn_with(shares, features, given, outcome)

    @property
    def units(self) -> int:
        """How many units there are."""
        return len(self.treatment)

    @property
    def arms(self) -> int:
        """How many arms there are, the control included."""
        return self.propensity.shape[1]

    @property
    def is_binary(self) -> bool:
        """Whether every outcome is 0 or 1."""
        return bool(np.isin(self.outcome, (0.0, 1.0)).all())

    @property
    def chance(self) -> Column:
        """Shape (units,): the chance each unit had of the arm that it was given."""
        return self.propensity[np.arange(self.units), self.treatment]

    def part(self, rows: NDArray[Any]) -> Trial:
        """The units at these positions, or where a mask is true."""
        return Trial(
            features=self.features[rows],
            treatment=self.treatment[rows],
            outcome=self.outcome[rows],
            propensity=self.propensity[rows],
        )

    def against_control(self, arm: int) -> Trial:
        """The units of the control and of one other arm, as a trial of two arms.

        Args:
            arm: The other arm, 1 to arms - 1; it becomes arm 1.
        """
        if not 1 <= arm < self.arms:
            raise ArgumentImpossible(f"arm must be one of 1 to {self.arms - 1}; it is {arm}")
        rows = np.isin(self.treatment, (0, arm))
        chances = self.propensity[rows][:, [0, arm]]
        return Trial(
            features=self.features[rows],
            treatment=(self.treatment[rows] == arm).astype(np.int64),
            outcome=self.outcome[rows],
            propensity=chances / chances.sum(axis=1, keepdims=True),
        )


def _check_shapes(trial: Trial) -> None:
    units = len(trial.treatment)
    if trial.features.ndim != 2 or not trial.features.shape[1]:
        raise ArgumentImpossible("features must be a table with a column or more")
    if trial.propensity.ndim != 2 or trial.propensity.shape[1] < 2:
        raise ArgumentImpossible("propensity must have a column for each arm, two or more")
    columns = (trial.features, trial.treatment, trial.outcome, trial.propensity)
    if any(len(column) != units for column in columns):
        raise ArgumentImpossible("every column must have one row for each unit")


def _check_values(trial: Trial) -> None:
    if not np.isfinite(trial.features).all() or not np.isfinite(trial.outcome).all():
        raise ArgumentImpossible("features and outcomes must be finite numbers")
    chances = trial.propensity
    if not (chances > 0).all() or not np.allclose(chances.sum(axis=1), CHANCES_SUM_TO, atol=_SLACK):
        raise ArgumentImpossible("chances must be above 0 and sum to 1 for each unit")
    if trial.units and (trial.treatment.min() < 0 or trial.treatment.max() >= trial.arms):
        raise ArgumentImpossible(f"treatment must name arms 0 to {trial.arms - 1}")
    least = int(np.bincount(trial.treatment, minlength=trial.arms).min())
    if least < 2:
        raise TooFewUnits("every arm needs two units or more")
