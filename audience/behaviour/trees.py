"""Trees as plain arrays: what scikit-learn fitted, stored and read without it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audience.behaviour.orders import Floats

# Chosen once by cross-validation over a coarse grid; small trees, because shops are small.
BOOSTED = {
    "n_estimators": 120,
    "max_depth": 2,
    "learning_rate": 0.04,
    "subsample": 0.5,
    "max_features": 0.3,
    "min_samples_leaf": 100,
}


@dataclass(frozen=True)
class Trees:
    """Many small trees; a node without children is a leaf and leads to itself.

    Attributes:
        feature: Column a node looks at; shape (trees, nodes).
        threshold: Left up to this value, right above it.
        left: The next node on the left.
        right: The next node on the right.
        value: What a leaf adds.
        start: The sum before any tree.
    """

    feature: NDArray[np.int16]
    threshold: NDArray[np.float32]
    left: NDArray[np.int16]
    right: NDArray[np.int16]
    value: NDArray[np.float32]
    start: float

    @classmethod
    def boosted(
        cls, columns: Floats, is_positive: NDArray[np.bool_], weights: Floats, *, seed: int
    ) -> Trees:
        """Stochastic gradient boosting (Friedman, 2002); the sum is the log odds.

        Args:
            columns: Shape (rows, features).
            is_positive: Shape (rows,); both values must occur.
            weights: How much each row counts, shape (rows,).
            seed: Which rows and columns each tree sees.
        """
        from sklearn.ensemble import GradientBoostingClassifier

        model = GradientBoostingClassifier(**BOOSTED, random_state=seed)
        model.fit(_single(columns), is_positive, weights)
        rate = float(np.average(is_positive, weights=weights))
        fitted = [stage.tree_ for stage in model.estimators_[:, 0]]
        scale = BOOSTED["learning_rate"]
        values = [tree.value[:, 0, 0] * scale for tree in fitted]
        return _exported(fitted, values, start=float(np.log(rate / (1 - rate))))

    def sums(self, columns: Floats) -> Floats:
        """What the leaves add up to, shape (rows,), for columns of shape (rows, features)."""
        rows = _single(columns)
        every = np.arange(len(rows))
        found = np.full(len(rows), self.start)
        for tree in range(len(self.feature)):
            node = np.zeros(len(rows), dtype=np.int16)
            while True:
                seen = rows[every, self.feature[tree, node]]
                goes_left = seen <= self.threshold[tree, node]
                after = np.where(goes_left, self.left[tree, node], self.right[tree, node])
                if np.array_equal(after, node):
                    break
                node = after
            found += self.value[tree, node]
        return found

    def as_arrays(self, prefix: str) -> dict[str, NDArray[Any]]:
        return {f"{prefix}_{name}": getattr(self, name) for name in _ARRAYS}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], prefix: str, start: float) -> Trees:
        own: dict[str, Any] = {name: arrays[f"{prefix}_{name}"] for name in _ARRAYS}
        return cls(**own, start=start)


_ARRAYS = ("feature", "threshold", "left", "right", "value")


def _single(columns: Floats) -> NDArray[np.float32]:
    # Thresholds were found in single precision, and must be compared in it.
    return np.asarray(columns, dtype=np.float32)


def _exported(fitted: Sequence[Any], values: Sequence[Floats], *, start: float) -> Trees:
    shape = (len(fitted), max(tree.node_count for tree in fitted))
    itself = np.tile(np.arange(shape[1], dtype=np.int16), (shape[0], 1))
    feature = np.zeros(shape, dtype=np.int16)
    threshold, value = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    left, right = itself.copy(), itself.copy()
    for row, (tree, own) in enumerate(zip(fitted, values, strict=True)):
        is_inner = tree.children_left >= 0
        inner = np.flatnonzero(is_inner)
        feature[row, inner] = tree.feature[inner]
        threshold[row, inner] = _rounded_down(tree.threshold[inner])
        left[row, inner] = tree.children_left[inner]
        right[row, inner] = tree.children_right[inner]
        value[row, : tree.node_count] = np.where(is_inner, 0, own)
    return Trees(feature, threshold, left, right, value, start)


def _rounded_down(values: Floats) -> NDArray[np.float32]:
    """In single precision, so that a value in single precision falls on the same side."""
    single = values.astype(np.float32)
    return np.where(single > values, np.nextafter(single, np.float32(-np.inf)), single)
