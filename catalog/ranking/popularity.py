"""What everybody has: the same answer for all, and the last resort for whom nothing is known."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import NDArray

from catalog.ranking.contract import Arrays, NotFitted
from catalog.ranking.histories import Histories


class Popularity:
    """How often an item was had, recent days counting more.

    score(i) = sum over interactions with i of 2 ** (-age / half_life), divided by the highest.

    Args:
        half_life_days: The age at which an interaction counts half; None counts all alike.

    >>> histories = Histories.of([[0, 1], [1]], item_count=3)
    >>> Popularity().fit(histories).scores(histories)[0].tolist()
    [0.5, 1.0, 0.0]
    """

    name = "popularity"

    def __init__(self, *, half_life_days: float | None = None) -> None:
        self.half_life_days = half_life_days
        self._scores: NDArray[np.float32] | None = None

    def fit(self, histories: Histories) -> Self:
        counts = histories.counts(half_life_days=self.half_life_days)
        self._scores = counts / max(float(counts.max(initial=0.0)), 1e-12)
        return self

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        return np.tile(self._fitted(), (len(histories), 1))

    def reasons(self, history: NDArray[np.int32], items: NDArray[np.int64]) -> NDArray[np.float32]:
        return np.zeros((len(history), len(items)), dtype=np.float32)

    @property
    def item_count(self) -> int:
        return len(self._fitted())

    def arrays(self) -> dict[str, NDArray]:
        return {"scores": self._fitted()}

    def restore(self, arrays: Arrays) -> Self:
        self._scores = np.asarray(arrays["scores"], dtype=np.float32)
        return self

    def _fitted(self) -> NDArray[np.float32]:
        if self._scores is None:
            raise NotFitted("popularity has not been fitted")
        return self._scores
