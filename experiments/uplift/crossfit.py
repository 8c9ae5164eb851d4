"""Cross-fitting: every unit is judged by models that did not see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from experiments.stats.errors import ArgumentImpossible, TooFewUnits
from experiments.uplift.bases import Base, default_base, fit_outcome
from experiments.uplift.trials import Matrix, Trial

Effect = Callable[[Matrix], Matrix]


class Learner(Protocol):
    """What every learner of effects is."""

    @property
    def name(self) -> str:
        """For tables: the learner, and what it is made of."""

    def fit(self, trial: Trial, *, rng: np.random.Generator) -> Effect:
        """Learn from a trial; the function returned maps features, shape (units, features), to
        effects against the control, shape (units, arms - 1).
        """


def draw_folds(trial: Trial, *, folds: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Each unit's fold, drawn so that every fold has its part of each arm, doers and others.

    Args:
        trial: The units.
        folds: How many, two or more.
        rng: Draws.

    Returns:
        Shape (units,): 0 to folds - 1.

    Raises:
        ArgumentImpossible: There are fewer than two folds.
        TooFewUnits: An arm has fewer units than there are folds.

    >>> trial = Trial.drawn_with([0.5, 0.5], [[0]] * 8, [0, 1] * 4, [0, 0, 1, 1] * 2)
    >>> np.bincount(draw_folds(trial, folds=2, rng=np.random.default_rng(1))).tolist()
    [4, 4]
    """
    if folds < 2:
        raise ArgumentImpossible(f"cross-fitting takes two folds or more; there are {folds}")
    if np.bincount(trial.treatment, minlength=trial.arms).min() < 2 * folds:
        raise TooFewUnits(f"every arm needs {2 * folds} units or more for {folds} folds")
    strata = 2 * trial.treatment + (trial.outcome > 0)
    order = rng.permutation(trial.units)
    order = order[np.argsort(strata[order], kind="stable")]
    drawn = np.empty(trial.units, dtype=np.int64)
    drawn[order] = np.arange(trial.units) % folds
    return drawn


def cross_fitted_effects(
    learner: Learner, trial: Trial, folds: NDArray[np.int64], *, rng: np.random.Generator
) -> Matrix:
    """Each unit's effects by a learner that was fitted on the other folds.

    Args:
        learner: Fitted once for each fold.
        trial: The units.
        folds: Shape (units,): as `draw_folds` gives them.
        rng: Draws what the learner leaves to chance.

    Returns:
        Shape (units, arms - 1).
    """
    effects = np.empty((trial.units, trial.arms - 1))
    for fold in range(int(folds.max()) + 1):
        held = folds == fold
        effects[held] = learner.fit(trial.part(~held), rng=rng)(trial.features[held])
    return effects


def cross_fitted_outcomes(
    trial: Trial,
    *,
    rng: np.random.Generator,
    base: Base | None = None,
    folds: int | NDArray[np.int64] = 5,
) -> Matrix:
    """What each unit would do under each arm, by models that were fitted on other folds.

    Args:
        trial: The units.
        rng: Draws folds, and what the models leave to chance.
        base: None: a logit or ridge, as the outcome asks.
        folds: Their number, or each unit's fold.

    Returns:
        Shape (units, arms), in the outcome's unit.
    """
    drawn = draw_folds(trial, folds=folds, rng=rng) if isinstance(folds, int) else folds
    chosen = base or default_base(trial.outcome)
    expected = np.empty(trial.propensity.shape)
    for fold in range(int(drawn.max()) + 1):
        held = drawn == fold
        for arm in range(trial.arms):
            rows = ~held & (trial.treatment == arm)
            predict = fit_outcome(chosen, trial.features[rows], trial.outcome[rows], rng=rng)
            expected[held, arm] = predict(trial.features[held])
    return expected
