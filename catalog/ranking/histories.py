"""Who had what, in which order: many sequences of item numbers in three flat arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray


@dataclass(frozen=True)
class Histories:
    """Sequences of items, oldest first.

    Attributes:
        items: Item numbers of all sequences one after the other, shape (interactions,).
        starts: Where each sequence begins, and where the last ends, shape (sequences + 1,).
        ages: Days from each interaction to the moment of the fit, shape (interactions,); all zero
            where times are unknown.
        item_count: How many items there are; every number is below it.
    """

    items: NDArray[np.int32]
    starts: NDArray[np.int64]
    ages: NDArray[np.float32]
    item_count: int

    def __post_init__(self) -> None:
        if len(self.items) and not 0 <= self.items.min() <= self.items.max() < self.item_count:
            raise ValueError(f"item numbers must be from 0 to {self.item_count - 1}")
        if len(self.ages) != len(self.items) or self.starts[-1] != len(self.items):
            raise ValueError("items, ages and starts must be of one length")

    @classmethod
    def of(
        cls,
        sequences: Iterable[Sequence[int] | NDArray[np.int32]],
        *,
        item_count: int,
        ages: Iterable[Sequence[float] | NDArray[np.float32]] | None = None,
    ) -> Histories:
        """Histories from lists.

        >>> histories = Histories.of([[0, 2], [], [1]], item_count=3)
        >>> len(histories), histories[0].tolist(), histories.lengths.tolist()
        (3, [0, 2], [2, 0, 1])
        """
        lists = [np.asarray(sequence, dtype=np.int32) for sequence in sequences]
        starts = np.cumsum([0, *map(len, lists)], dtype=np.int64)
        items = np.concatenate(lists) if lists else np.empty(0, dtype=np.int32)
        if ages is None:
            days = np.zeros(len(items), dtype=np.float32)
        else:
            listed = [np.asarray(each, dtype=np.float32) for each in ages]
            days = np.concatenate(listed) if listed else np.empty(0, dtype=np.float32)
        return cls(items, starts, days, item_count)

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, position: int) -> NDArray[np.int32]:
        return self.items[self.starts[position] : self.starts[position + 1]]

    @property
    def lengths(self) -> NDArray[np.int64]:
        return np.diff(self.starts)

    @property
    def owners(self) -> NDArray[np.int64]:
        """The sequence each interaction belongs to, shape (interactions,)."""
        return np.repeat(np.arange(len(self)), self.lengths)

    @property
    def steps_back(self) -> NDArray[np.int64]:
        """How many items of the same sequence come after each one, shape (interactions,).

        >>> Histories.of([[4, 2, 1], [3]], item_count=5).steps_back.tolist()
        [2, 1, 0, 0]
        """
        return self.starts[1:][self.owners] - 1 - np.arange(len(self.items))

    def shortened(self, by: int) -> tuple[Histories, NDArray[np.int32]]:
        """The histories without their last `by` items, and the first item taken off each.

        Sequences that are no longer than `by` are left out.

        >>> cut, held_out = Histories.of([[4, 2, 1], [3]], item_count=5).shortened(1)
        >>> len(cut), cut[0].tolist(), held_out.tolist()
        (1, [4, 2], [1])
        """
        long = np.flatnonzero(self.lengths > by)
        kept = (self.steps_back >= by) & np.isin(self.owners, long)
        held_out = self.items[self.starts[1:][long] - by]
        starts = np.concatenate([[0], np.cumsum(self.lengths[long] - by)]).astype(np.int64)
        return Histories(self.items[kept], starts, self.ages[kept], self.item_count), held_out

    def picked(self, positions: NDArray[np.int64]) -> Histories:
        """These sequences, in this order."""
        return Histories.of(
            [self[position] for position in positions],
            item_count=self.item_count,
            ages=[
                self.ages[self.starts[position] : self.starts[position + 1]]
                for position in positions
            ],
        )

    def matrix(self, *, decay: float = 1.0, is_binary: bool = False) -> scipy.sparse.csr_array:
        """Sequences x items, each interaction worth decay ** (items that came after it).

        `is_binary` counts an item once however often it was had.
        """
        weights = (decay**self.steps_back).astype(np.float32)
        found = scipy.sparse.csr_array(
            (weights, (self.owners, self.items)), shape=(len(self), self.item_count)
        )
        found.sum_duplicates()
        if is_binary:
            found.data[:] = 1.0
        return found

    def counts(self, *, half_life_days: float | None = None) -> NDArray[np.float32]:
        """How often each item was had; one had `half_life_days` ago counts half."""
        weights = None if half_life_days is None else 0.5 ** (self.ages / half_life_days)
        counted = np.bincount(self.items, weights=weights, minlength=self.item_count)
        return counted.astype(np.float32)
