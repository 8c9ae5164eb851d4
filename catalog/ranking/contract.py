"""What every recommender keeps to, and the choice of the best from its scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from catalog.ranking.histories import Histories

Arrays = Mapping[str, NDArray]


class NotFitted(Exception):
    """A recommender was asked before it was fitted."""


class Recommender(Protocol):
    """Histories in, scores out: 0 says nothing for an item, and a higher score ranks before."""

    name: str

    @property
    def item_count(self) -> int:
        """How many items it was fitted on."""

    def fit(self, histories: Histories) -> Self:
        """Learn from histories; the same ones give the same fit."""

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        """Shape (histories, items); at least 0."""

    def reasons(self, history: NDArray[np.int32], items: NDArray[np.int64]) -> NDArray[np.float32]:
        """How much each item of one history adds to the scores of `items`, (history, items)."""

    def arrays(self) -> dict[str, NDArray]:
        """What was learnt, for keeping."""

    def restore(self, arrays: Arrays) -> Self:
        """Take what `arrays` gave in place of a fit."""


def recommend(
    recommender: Recommender,
    history: Iterable[int],
    *,
    k: int,
    item_count: int,
    exclude: Iterable[int] = (),
) -> list[tuple[int, float]]:
    """The `k` best items for one history with their scores, best first; items without one left out.

    Ties go to the lower item number, so that the answer is the same every time.
    """
    histories = Histories.of([list(history)], item_count=item_count)
    scores = recommender.scores(histories)[0].copy()
    scores[list(exclude)] = 0
    return [(int(item), float(scores[item])) for item in best(scores, k)]


def best(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """The numbers of the `k` highest scores above 0, best first, ties by number.

    >>> import numpy as np
    >>> best(np.array([0.2, 0.0, 0.5, 0.5], dtype=np.float32), 3).tolist()
    [2, 3, 0]
    """
    found = np.flatnonzero(scores > 0)
    if len(found) > k:
        least = np.partition(scores[found], len(found) - k)[len(found) - k]
        found = found[scores[found] >= least]
    return found[np.lexsort((found, -scores[found]))][:k]
