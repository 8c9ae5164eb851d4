"""What another way of choosing would have earned, from the log of the way that was followed.

Each logged choice is weighted by how much likelier the policy in question would have made it. All
rests on the logged probabilities: a choice that the log could never show is never weighed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from experiments.stats.errors import ArgumentImpossible, TooFewUnits, VarianceIsZero
from experiments.stats.intervals import quantile

Estimator = Literal["ips", "snips", "dr", "sndr"]
Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictions:
    """A model's expected rewards, fitted on other data than those it is used on.

    Attributes:
        taken: For each logged choice, of the choice that was made.
        policy: For each, on average over the choices that the policy in question would make.
    """

    taken: ArrayLike
    policy: ArrayLike


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyValue:
    """The estimated mean reward of a policy.

    Attributes:
        value: The estimate.
        low: Lower end of its interval.
        high: Upper end of its interval.
        confidence: Of the interval.
        standard_error: Of the estimate.
        method: Which estimator.
        effective_units: Choices made by the policy itself that would tell as much, by Kish.
        clipped_share: Logged choices whose weight was cut.
    """

    value: float
    low: float
    high: float
    confidence: float
    standard_error: float
    method: str
    effective_units: float
    clipped_share: float


def evaluate_policy(
    rewards: ArrayLike,
    *,
    logged: ArrayLike,
    target: ArrayLike,
    method: Estimator = "snips",
    predictions: Predictions | None = None,
    clip: float | None = None,
    confidence: float = 0.95,
) -> PolicyValue:
    r"""Estimate the mean reward of a policy from what another one logged.

    With weights w_i = target_i / logged_i, predictions q_i of the choice and v_i of the policy:
    ips = mean(w r);  snips = sum(w r) / sum(w);  dr = mean(v + w (r - q));
    sndr = mean(v) + sum(w (r - q)) / sum(w).
    ips and dr are unbiased; snips and sndr have a bias of the order 1/n and, as a rule, far less
    error. The interval is normal, by the delta method where the weights are normalised. Clipped
    weights bias the estimate towards the log's own reward (dr: towards the model's) for less error,
    and the interval does not know of it.

    Args:
        rewards: One for each logged choice.
        logged: Probability with which the logging policy made it, in (0, 1].
        target: Probability with which the policy in question would have made it, in [0, 1].
        method: The estimator; "dr" and "sndr" need `predictions`.
        predictions: A model's expected rewards.
        clip: The largest weight allowed.
        confidence: Of the interval.

    Raises:
        ArgumentImpossible: Columns do not fit, or a probability, method or clip means nothing.
        TooFewUnits: There are fewer than two choices, or none that the policy would make.
        VarianceIsZero: All terms of the estimate are equal, so it has no interval.

    Sources: Horvitz and Thompson (1952), JASA 47; Swaminathan and Joachims (2015), NIPS; Dudik,
    Langford and Li (2011), ICML. Names as in the Open Bandit Pipeline.

    >>> found = evaluate_policy(
    ...     [1, 0, 1, 0, 1, 1], logged=[0.5, 0.3, 0.3, 0.5, 0.2, 0.3],
    ...     target=[0.2, 0.7, 0.7, 0.2, 0.1, 0.7],
    ... )
    >>> round(found.value, 4), round(found.effective_units, 2)
    (0.6707, 4.08)
    """
    columns = [np.asarray(column, dtype=np.float64) for column in (rewards, logged, target)]
    earned, taken, policy = _modelled(predictions, method, columns[0])
    _check(columns, [taken, policy], clip)
    raw = columns[2] / columns[1]
    weights = raw if clip is None else np.minimum(raw, clip)
    if not weights.any():
        raise TooFewUnits("the policy would make none of the logged choices")
    value, terms = _estimate(weights, earned - taken, policy, is_normalised=method[:2] == "sn")
    error = math.sqrt(float(np.square(terms).sum()) / (len(terms) * (len(terms) - 1)))
    if not error:
        raise VarianceIsZero("all terms of the estimate are equal, so it has no interval")
    half = quantile(confidence) * error
    return PolicyValue(
        value=value,
        low=value - half,
        high=value + half,
        confidence=confidence,
        standard_error=error,
        method=method,
        effective_units=float(weights.sum() ** 2 / np.square(weights).sum()),
        clipped_share=float(np.mean(weights < raw)),
    )


def _modelled(
    predictions: Predictions | None, method: str, rewards: Column
) -> tuple[Column, Column, Column]:
    """Rewards, and predictions of the choice and of the policy: zeros where no model is used."""
    if method not in get_args(Estimator):
        raise ArgumentImpossible(f"method must be one of {', '.join(get_args(Estimator))}")
    if method in ("ips", "snips"):
        return rewards, np.zeros_like(rewards), np.zeros_like(rewards)
    if predictions is None:
        raise ArgumentImpossible(f"the method {method} needs predictions")
    return (
        rewards,
        np.asarray(predictions.taken, dtype=np.float64),
        np.asarray(predictions.policy, dtype=np.float64),
    )


def _check(columns: list[Column], predicted: list[Column], clip: float | None) -> None:
    rewards, logged, target = columns
    if rewards.ndim != 1 or any(one.shape != rewards.shape for one in [*columns, *predicted]):
        raise ArgumentImpossible("every column must have one number for each logged choice")
    if len(rewards) < 2:
        raise TooFewUnits("an estimate with an interval needs two logged choices or more")
    if not all(np.isfinite(one).all() for one in [*columns, *predicted]):
        raise ArgumentImpossible("every number must be finite")
    if not ((logged > 0) & (logged <= 1)).all() or not ((target >= 0) & (target <= 1)).all():
        raise ArgumentImpossible("probabilities must lie in [0, 1], and logged ones above 0")
    if clip is not None and not clip > 0:
        raise ArgumentImpossible(f"clip must be above zero; it is {clip}")


def _estimate(
    weights: Column, residuals: Column, policy: Column, *, is_normalised: bool
) -> tuple[float, Column]:
    """The estimate, and each choice's influence on it, with the sum zero."""
    if not is_normalised:
        terms = policy + weights * residuals
        return float(terms.mean()), terms - terms.mean()
    average = weights.mean()
    gain = float(weights @ residuals / weights.sum())
    influence = policy - policy.mean() + weights * (residuals - gain) / average
    return float(policy.mean()) + gain, influence
