"""Recommenders that are a table of item to item: what was had pulls what goes with it.

score(h, j) = sum over items i of h of recency ** (items after i in h) * table[i, j]
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Self

import numpy as np
import scipy
from numpy.typing import NDArray

from catalog.ranking.contract import Arrays, NotFitted
from catalog.ranking.histories import Histories

ROWS_AT_ONCE = 2_000


class ItemToItem(ABC):
    """The shared part: a sparse table, of which each row keeps its `keep` largest entries.

    Args:
        recency: What an item is worth for each one that came after it in the history; 1 treats all
            alike, 0 sees only the last.
        keep: How many entries of a row are kept; None keeps all.
    """

    name: str

    def __init__(self, *, recency: float, keep: int | None) -> None:
        if not 0 <= recency <= 1:
            raise ValueError("recency must be from 0 to 1")
        self.recency, self.keep = recency, keep
        self._table: scipy.sparse.csr_array | None = None

    @abstractmethod
    def table_of(self, histories: Histories) -> scipy.sparse.csr_array:
        """Items x items: what having the row's item says for the column's, at least 0."""

    def fit(self, histories: Histories) -> Self:
        table = self.table_of(histories)
        self._table = table if self.keep is None else strongest(table, self.keep)
        return self

    @property
    def table(self) -> scipy.sparse.csr_array:
        if self._table is None:
            raise NotFitted(f"{self.name} has not been fitted")
        return self._table

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        weights = histories.matrix(decay=self.recency)
        return np.asarray((weights @ self.table).toarray(), dtype=np.float32)

    def reasons(self, history: NDArray[np.int32], items: NDArray[np.int64]) -> NDArray[np.float32]:
        steps = np.arange(len(history) - 1, -1, -1)
        rows = self.table[history].toarray()[:, items]
        return np.asarray(rows * (self.recency**steps)[:, None], dtype=np.float32)

    @property
    def item_count(self) -> int:
        return int(self.table.shape[0])

    def arrays(self) -> dict[str, NDArray]:
        table = self.table
        return {
            "values": table.data.astype(np.float32),
            "columns": table.indices.astype(np.int32),
            "rows": table.indptr.astype(np.int64),
        }

    def restore(self, arrays: Arrays) -> Self:
        size = len(arrays["rows"]) - 1
        self._table = scipy.sparse.csr_array(
            (arrays["values"], arrays["columns"], arrays["rows"]), shape=(size, size)
        )
        return self


class Transitions(ItemToItem):
    """What comes after what: a Markov chain that looks further than one step.

    count[i, j] = sum over pairs (i before j) of decay ** (distance - 1), and backward times that
    for pairs the other way round, within `window` items;
    table[i, j] = count[i, j] / (row sum ** row_power * popularity(j) ** column_power).

    `Transitions(window=1, recency=0, row_power=1, column_power=0)` is the plain first-order chain,
    P(next = j | last = i).

    >>> histories = Histories.of([[0, 1], [0, 1], [0, 2]], item_count=3)
    >>> chain = Transitions.first_order().fit(histories)
    >>> [round(float(score), 2) for score in chain.scores(Histories.of([[2, 0]], item_count=3))[0]]
    [0.0, 0.67, 0.33]
    """

    def __init__(
        self,
        *,
        window: int = 10,
        decay: float = 0.8,
        backward: float = 0.5,
        row_power: float = 0.5,
        column_power: float = 0.3,
        recency: float = 0.5,
        keep: int | None = None,
        name: str = "next item",
    ) -> None:
        super().__init__(recency=recency, keep=keep)
        self.name = name
        self.window, self.decay, self.backward = window, decay, backward
        self.row_power, self.column_power = row_power, column_power

    @classmethod
    def first_order(cls) -> Self:
        return cls(
            window=1, backward=0.0, row_power=1.0, column_power=0.0, recency=0.0, name="one step"
        )

    @classmethod
    def forward(cls, *, keep: int | None = None) -> Self:
        """What comes after, over ten items, as plain chances."""
        return cls(backward=0.0, row_power=1.0, column_power=0.0, keep=keep, name="what follows")

    def table_of(self, histories: Histories) -> scipy.sparse.csr_array:
        counted = self._counted(histories)
        rows = np.maximum(counted.sum(axis=1), 1e-12) ** -self.row_power
        columns = np.maximum(histories.counts(), 1.0) ** -self.column_power
        return _scaled(counted, rows, columns)

    def _counted(self, histories: Histories) -> scipy.sparse.csr_array:
        size = histories.item_count
        counted: Any = scipy.sparse.csr_array((size, size), dtype=np.float32)
        for distance in range(1, self.window + 1):
            follows = np.flatnonzero(histories.steps_back >= distance)
            if not len(follows):
                break
            before, after = histories.items[follows], histories.items[follows + distance]
            weight = np.full(len(follows), self.decay ** (distance - 1), dtype=np.float32)
            pairs = scipy.sparse.csr_array((weight, (before, after)), shape=(size, size))
            counted = counted + pairs
        if self.backward:
            counted = counted + counted.T * np.float32(self.backward)
        counted = scipy.sparse.csr_array(counted)
        counted.setdiag(0)
        counted.eliminate_zeros()
        return counted


class CoPurchase(ItemToItem):
    """What is had by the same people, in whatever order: item-to-item cosine with shrinkage.

    table[i, j] = both(i, j) / (sqrt(had(i) * had(j)) + shrinkage)

    Linden, Smith and York 2003 (item-to-item collaborative filtering).
    """

    name = "bought together"

    def __init__(
        self, *, shrinkage: float = 0.0, recency: float = 0.7, keep: int | None = None
    ) -> None:
        super().__init__(recency=recency, keep=keep)
        self.shrinkage = shrinkage

    def table_of(self, histories: Histories) -> scipy.sparse.csr_array:
        had = histories.matrix(is_binary=True)
        both = scipy.sparse.csr_array(had.T @ had)
        sizes = np.sqrt(np.maximum(both.diagonal(), 1.0))
        both.setdiag(0)
        both.eliminate_zeros()
        rows, columns = both.nonzero()
        scale = sizes[rows] * sizes[columns] + self.shrinkage
        both.data = (both.data / scale).astype(np.float32)
        return both


class Ease(ItemToItem):
    """The linear model that predicts each item from the others, in closed form.

    With G = X'X + l2 I and P = its inverse, table[i, j] = -P[i, j] / P[j, j], diagonal 0. Negative
    entries are dropped: a score is what speaks for an item.

    Steck 2019, "Embarrassingly shallow autoencoders for sparse data". One dense matrix of items x
    items: 4 * items ** 2 bytes, twice over while it is inverted (1.2 GB for 12,000).
    """

    name = "linear"

    def __init__(self, *, l2: float = 100.0, recency: float = 0.7, keep: int | None = 200) -> None:
        super().__init__(recency=recency, keep=keep)
        self.l2 = l2

    def table_of(self, histories: Histories) -> scipy.sparse.csr_array:
        had = histories.matrix(is_binary=True)
        gram = np.asarray((had.T @ had).toarray(), dtype=np.float32, order="F")
        gram[np.diag_indices(histories.item_count)] += self.l2
        factor, failed = scipy.linalg.lapack.spotrf(gram, lower=1, overwrite_a=1, clean=1)
        if failed:
            raise ValueError("l2 is too small for these histories: the matrix is singular")
        inverse, _ = scipy.linalg.lapack.spotri(factor, lower=1, overwrite_c=1)
        return self._weights(inverse)

    def _weights(self, inverse: NDArray[np.float32]) -> scipy.sparse.csr_array:
        """From the lower triangle of the inverse, a band of rows at a time."""
        size = len(inverse)
        diagonal = np.diag(inverse).copy()
        bands = []
        for start in range(0, size, ROWS_AT_ONCE):
            rows = slice(start, min(start + ROWS_AT_ONCE, size))
            band = np.tril(inverse[rows], k=start) + np.triu(inverse[:, rows].T, k=start + 1)
            band = np.maximum(-band / diagonal, 0)
            band[np.arange(band.shape[0]), np.arange(rows.start, rows.stop)] = 0
            table = scipy.sparse.csr_array(band.astype(np.float32))
            bands.append(table if self.keep is None else strongest(table, self.keep))
        return scipy.sparse.csr_array(scipy.sparse.vstack(bands))


def strongest(table: scipy.sparse.csr_array, keep: int) -> scipy.sparse.csr_array:
    """The table with the `keep` largest entries of each row, its columns in order.

    >>> import numpy as np
    >>> strongest(scipy.sparse.csr_array(np.array([[1.0, 3.0, 2.0]])), 2).toarray().tolist()
    [[0.0, 3.0, 2.0]]
    """
    table = scipy.sparse.csr_array(table)
    lengths = np.diff(table.indptr)
    owners = np.repeat(np.arange(table.shape[0]), lengths)
    order = np.lexsort((table.indices, -table.data, owners))
    place = np.arange(len(order)) - table.indptr[:-1][owners[order]]
    chosen = np.sort(order[place < keep])
    kept = scipy.sparse.csr_array(
        (table.data[chosen], (owners[chosen], table.indices[chosen])), shape=table.shape
    )
    kept.sort_indices()
    return kept


def _scaled(
    table: scipy.sparse.csr_array, rows: NDArray, columns: NDArray
) -> scipy.sparse.csr_array:
    scaled = scipy.sparse.csr_array(table, copy=True)
    scaled.data = (
        scaled.data * np.repeat(rows, np.diff(scaled.indptr)) * columns[scaled.indices]
    ).astype(np.float32)
    return scaled
