"""What a way of choosing would earn, by the scores of units it was not learnt from."""

from __future__ import annotations

import numpy as np

from experiments.stats.errors import ArgumentImpossible
from experiments.uplift.estimates import Estimate, mean_estimate
from experiments.uplift.trials import Column, Matrix


def policy_value(scores: Matrix, policy: Matrix, *, confidence: float = 0.95) -> Estimate:
    """The mean outcome if each unit were given arms with these chances.

    Args:
        scores: Shape (units, arms): doubly robust scores.
        policy: Shape (units, arms): chances the policy gives each arm; rows sum to 1. It must not
            have learnt from the unit's own outcome.
        confidence: Of the interval.

    Raises:
        ArgumentImpossible: Shapes differ, or chances do not sum to 1.

    Source: Dudik, Langford and Li (2011), ICML.

    >>> policy_value(np.array([[0.0, 1.0], [0.0, 3.0]]), np.array([[0.0, 1.0], [0.5, 0.5]])).value
    1.25
    """
    _check(scores, policy)
    return mean_estimate((scores * policy).sum(axis=1), confidence=confidence)


def policy_gain(
    scores: Matrix, policy: Matrix, other: Matrix, *, confidence: float = 0.95
) -> Estimate:
    """How much more a policy earns per unit than another, on the same units.

    >>> scores = np.array([[0.0, 1.0], [0.0, 3.0]])
    >>> policy_gain(scores, np.array([[0.0, 1.0], [0.0, 1.0]]), np.eye(2)[[0, 0]]).value
    2.0
    """
    _check(scores, policy)
    _check(scores, other)
    return mean_estimate((scores * (policy - other)).sum(axis=1), confidence=confidence)


def treat_first(effect: Column, share: float) -> Matrix:
    """Of two arms: treat the units with the largest effects, as many as the share allows.

    Equal effects at the border share what is left.

    Args:
        effect: Shape (units,).
        share: Of the units, 0 to 1.

    Returns:
        Shape (units, 2): chances of control and treatment.

    >>> treat_first(np.array([0.3, 0.1, 0.2, 0.1]), 0.75)[:, 1].tolist()
    [1.0, 0.5, 1.0, 0.5]
    """
    room = share * len(effect)
    _, level, sizes = np.unique(-effect, return_inverse=True, return_counts=True)
    before = np.cumsum(sizes) - sizes
    chances = np.clip((room - before) / sizes, 0, 1)[level.reshape(-1)]
    return np.stack([1 - chances, chances], axis=1)


def same_for_all(units: int, chances: Column) -> Matrix:
    """Every unit gets each arm with the same chance.

    >>> same_for_all(2, np.array([0.7, 0.3])).tolist()
    [[0.7, 0.3], [0.7, 0.3]]
    """
    return np.broadcast_to(np.asarray(chances, dtype=np.float64), (units, len(chances)))


def _check(scores: Matrix, policy: Matrix) -> None:
    if scores.shape != policy.shape:
        raise ArgumentImpossible("a policy must have one chance for each unit and arm")
    if not np.allclose(policy.sum(axis=1), 1):
        raise ArgumentImpossible("a policy's chances must sum to 1 for each unit")
