"""What is alike by its words and pictures: works for an item that nobody has bought yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
import scipy
from numpy.typing import NDArray

from catalog.ranking.contract import Arrays
from catalog.ranking.histories import Histories
from catalog.ranking.item_to_item import ItemToItem, strongest

ROWS_AT_ONCE = 512


class Content(ItemToItem):
    """Cosine of the items' vectors, fused over the kinds of vector an item has.

    table[i, j] = sum of weight_k * cos_k(i, j) / sum of weight_k, over the kinds k (text, image)
    that both items have; negative cosines count as 0.

    Args:
        vectors: One array of shape (items, size) per kind; a row of zeros is "has none".
        weights: One per kind.
        least: Cosines below it say nothing: everything in a shop is a little alike.
    """

    name = "alike"

    def __init__(
        self,
        vectors: Sequence[NDArray[np.float32]],
        *,
        weights: Sequence[float] | None = None,
        least: float = 0.0,
        recency: float = 0.7,
        keep: int = 100,
    ) -> None:
        super().__init__(recency=recency, keep=keep)
        self.kinds = [normalised(each) for each in vectors]
        self.weights = list(weights or [1.0] * len(self.kinds))
        self.least = least

    def fit(self, histories: Histories) -> Self:
        """Once: what is alike does not depend on who bought it."""
        return self if self._table is not None else super().fit(histories)

    def table_of(self, histories: Histories) -> scipy.sparse.csr_array:  # noqa: ARG002 (looks alone say it)
        size = len(self.kinds[0])
        bands = []
        for start in range(0, size, ROWS_AT_ONCE):
            rows = np.arange(start, min(start + ROWS_AT_ONCE, size))
            alike = fused_similarity([each[rows] for each in self.kinds], self.kinds, self.weights)
            alike[np.arange(len(rows)), rows] = 0
            alike[alike < self.least] = 0
            bands.append(_top(alike, self.keep or size))
        return scipy.sparse.csr_array(scipy.sparse.vstack(bands))

    def arrays(self) -> dict[str, NDArray]:
        kinds = {f"kind{number}": each for number, each in enumerate(self.kinds)}
        return super().arrays() | kinds

    def restore(self, arrays: Arrays) -> Self:
        names = sorted(name for name in arrays if name.startswith("kind"))
        self.kinds = [np.asarray(arrays[name], dtype=np.float32) for name in names]
        return super().restore(arrays)

    def like_vectors(self, vectors: NDArray[np.float32], *, kind: int = 0) -> NDArray[np.float32]:
        """Cosines of vectors from outside, e.g. contacts' profiles, with every item; at least 0.

        Args:
            vectors: Shape (vectors, size); of another size than the kind's, they are like nothing.

        Returns:
            Shape (vectors, items).
        """
        if kind >= len(self.kinds) or vectors.shape[1] != self.kinds[kind].shape[1]:
            return np.zeros((len(vectors), self.item_count), dtype=np.float32)
        return np.maximum(normalised(vectors) @ self.kinds[kind].T, 0)


def normalised(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(
        vectors, lengths, out=np.zeros_like(vectors, dtype=np.float32), where=lengths > 0
    ).astype(np.float32)


def fused_similarity(
    left: Sequence[NDArray[np.float32]],
    right: Sequence[NDArray[np.float32]],
    weights: Sequence[float],
) -> NDArray[np.float32]:
    """Weighted mean of cosines over the kinds both sides have, shape (left, right).

    >>> text, image = np.eye(2, dtype=np.float32), np.array([[1.0, 0], [0, 0]], dtype=np.float32)
    >>> fused_similarity([text, image], [text, image], [1, 1]).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    shape = (len(left[0]), len(right[0]))
    total, shares = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
    for ours, theirs, weight in zip(left, right, weights, strict=True):
        total += weight * np.maximum(ours @ theirs.T, 0)
        shares += weight * np.outer(ours.any(axis=1), theirs.any(axis=1))
    return np.divide(total, shares, out=np.zeros(shape, dtype=np.float32), where=shares > 0)


def _top(band: NDArray[np.float32], keep: int) -> scipy.sparse.csr_array:
    """The largest of each row, found before the band is made sparse."""
    if band.shape[1] > keep:
        least = np.partition(band, band.shape[1] - keep, axis=1)[:, band.shape[1] - keep]
        band[band < least[:, None]] = 0
    return strongest(scipy.sparse.csr_array(band), keep)
