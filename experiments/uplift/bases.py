"""The models of an outcome that learners are made of, each behind one function.

scikit-learn is imported where a model is fitted: it takes a second, and most processes fit nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from experiments.stats.errors import ArgumentImpossible
from experiments.uplift.trials import Column, Matrix

Base = Literal["logit", "ridge", "boosting"]
Predict = Callable[[Matrix], Column]

PENALTY = 1.0
TREES = 60
LEAVES = 6
LEARNING_RATE = 0.06
LEAF_PENALTY = 20.0
# A leaf of fewer units than this share of them all says more about chance than about people.
LEAST_LEAF_SHARE = 0.01
LEAST_LEAF = 20


def fit_outcome(
    base: Base,
    features: Matrix,
    outcome: Column,
    *,
    rng: np.random.Generator,
    weights: Column | None = None,
    spread: Column | None = None,
) -> Predict:
    """Fit the expected outcome given the features.

    "logit" is logistic regression, for outcomes of 0 and 1; "ridge" is linear regression; both see
    standardised features and are held back a little: a coefficient is expected to be about its
    `spread`, in log odds or in the outcome's residual deviations. "boosting" is histogram gradient
    boosting of small trees, of the log odds where every outcome is 0 or 1.

    Args:
        base: Which model.
        features: Shape (units, features).
        outcome: Shape (units,).
        rng: Draws what the model leaves to chance.
        weights: Shape (units,): how much each unit counts; None: all the same.
        spread: Shape (features,), for linear bases: the size that each standardised feature's
            coefficient may be expected to have; smaller is held back more. None: 1 for all.

    Returns:
        A function from features to expected outcomes, shape (units,).

    Raises:
        ArgumentImpossible: The base is unknown, or cannot have such an outcome.

    >>> x = np.arange(8.0)[:, None]
    >>> predict = fit_outcome("ridge", x, 2 * x[:, 0], rng=np.random.default_rng(1))
    >>> predict(np.array([[3.5]])).round(6).tolist()
    [7.0]
    """
    is_binary = bool(np.isin(outcome, (0.0, 1.0)).all())
    if base == "logit" and not is_binary:
        raise ArgumentImpossible("a logit takes outcomes of 0 and 1; use ridge or boosting")
    if not len(outcome) or np.ptp(outcome) == 0:
        return _constant(float(outcome[0]) if len(outcome) else 0.0)
    if base == "boosting":
        return _boosted(features, outcome, weights, is_binary=is_binary, rng=rng)
    if base in ("logit", "ridge"):
        return _linear(base, features, outcome, weights, spread)
    raise ArgumentImpossible("base must be one of logit, ridge, boosting")


def default_base(outcome: Column) -> Base:
    """A logit where every outcome is 0 or 1, else ridge.

    >>> default_base(np.array([0.0, 1.0])), default_base(np.array([0.0, 29.9]))
    ('logit', 'ridge')
    """
    return "logit" if np.isin(outcome, (0.0, 1.0)).all() else "ridge"


def _constant(value: float) -> Predict:
    return lambda features: np.full(len(features), value)


def _linear(
    base: Literal["logit", "ridge"],
    features: Matrix,
    outcome: Column,
    weights: Column | None,
    spread: Column | None,
) -> Predict:
    centre, deviation = features.mean(axis=0), features.std(axis=0)
    scale = (1.0 if spread is None else spread) / np.where(deviation > 0, deviation, 1.0)
    fit = _logit if base == "logit" else _ridge
    predicted = fit((features - centre) * scale, outcome, weights)
    return lambda given: predicted((given - centre) * scale)


def _logit(features: Matrix, outcome: Column, weights: Column | None) -> Predict:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1 / PENALTY, max_iter=500)
    return _predicting(model.fit(features, outcome, sample_weight=weights))


def _ridge(features: Matrix, outcome: Column, weights: Column | None) -> Predict:
    """Solved here: a plan fits some hundred small ones, of which scikit-learn checks each input for
    ten times as long as it fits.
    """
    counts = np.ones(len(outcome)) if weights is None else weights
    middle, level = (np.average(one, axis=0, weights=counts) for one in (features, outcome))
    apart = features - middle
    weighed = apart.T * counts
    penalised = weighed @ apart + PENALTY * np.eye(features.shape[1])
    slopes = np.linalg.solve(penalised, weighed @ (outcome - level))
    return lambda given: np.asarray(level + (given - middle) @ slopes)


def _boosted(
    features: Matrix,
    outcome: Column,
    weights: Column | None,
    *,
    is_binary: bool,
    rng: np.random.Generator,
) -> Predict:
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if is_binary else HistGradientBoostingRegressor
    model = kind(
        max_iter=TREES,
        max_leaf_nodes=LEAVES,
        learning_rate=LEARNING_RATE,
        l2_regularization=LEAF_PENALTY,
        min_samples_leaf=max(LEAST_LEAF, int(LEAST_LEAF_SHARE * len(outcome))),
        early_stopping=False,
        random_state=int(rng.integers(2**31)),
    )
    return _predicting(model.fit(features, outcome, sample_weight=weights))


def _predicting(model: Any) -> Predict:
    if hasattr(model, "predict_proba"):
        return lambda features: np.asarray(model.predict_proba(features)[:, 1], dtype=np.float64)
    return lambda features: np.asarray(model.predict(features), dtype=np.float64)
