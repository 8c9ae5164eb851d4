"""Doubly robust scores: what each unit would have done under each arm, without bias."""

from __future__ import annotations

import numpy as np

from experiments.stats.errors import ArgumentImpossible
from experiments.uplift.trials import Matrix, Trial


def doubly_robust_scores(trial: Trial, expected: Matrix) -> Matrix:
    """Augmented inverse-propensity scores of each unit's outcome under each arm.

    score[i, a] = expected[i, a] + 1{arm of i = a} (outcome[i] - expected[i, a]) / chance[i, a].
    Its mean over units estimates the arm's mean outcome; with known chances without bias, whatever
    the expected outcomes are worth, so long as the unit itself had no part in them.

    Args:
        trial: The units.
        expected: Shape (units, arms): outcomes expected by models that did not see the unit.

    Returns:
        Shape (units, arms), in the outcome's unit.

    Raises:
        ArgumentImpossible: The expected outcomes are not one for each unit and arm.

    Source: Robins, Rotnitzky and Zhao (1994), JASA 89.

    >>> trial = Trial.drawn_with([0.5, 0.5], [[0], [0], [0], [0]], [0, 1, 0, 1], [0, 1, 1, 1])
    >>> doubly_robust_scores(trial, np.full((4, 2), 0.5)).tolist()
    [[-0.5, 0.5], [0.5, 1.5], [1.5, 0.5], [0.5, 1.5]]
    """
    if expected.shape != trial.propensity.shape:
        raise ArgumentImpossible("expected must have one number for each unit and arm")
    rows = np.arange(trial.units)
    scores = np.array(expected, dtype=np.float64)
    missed = trial.outcome - expected[rows, trial.treatment]
    scores[rows, trial.treatment] += missed / trial.chance
    return scores
