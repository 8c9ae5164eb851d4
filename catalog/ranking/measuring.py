"""How good a recommender is: the item that came next, ranked among all items."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from catalog.ranking.contract import Recommender
from catalog.ranking.histories import Histories

K = 10
SCORES_AT_ONCE = 20_000_000


@dataclass(frozen=True)
class Quality:
    """Hit rate and nDCG at `k` over `count` histories, each with its 95 % interval."""

    hit_rate: float
    hit_rate_interval: tuple[float, float]
    ndcg: float
    ndcg_interval: tuple[float, float]
    count: int
    k: int = K


def measure(
    recommender: Recommender, histories: Histories, following: NDArray[np.int32], *, k: int = K
) -> Quality:
    """Rank each history's next item among all items but those of the history (full ranking).

    Items of one score share their mean place, so that no order of the items helps.

    Args:
        recommender: Fitted on nothing that came after the histories.
        histories: What is known of each one.
        following: The item that came next, shape (histories,).
        k: How many places count.
    """
    at_once = max(SCORES_AT_ONCE // histories.item_count, 1)
    ranks = [
        ranks_of(
            recommender.scores(histories.picked(positions)),
            histories.picked(positions),
            following[positions],
        )
        for positions in np.array_split(
            np.arange(len(histories)), max(-(-len(histories) // at_once), 1)
        )
        if len(positions)
    ]
    return quality_of(np.concatenate(ranks), k=k)


def ranks_of(
    scores: NDArray[np.float32], histories: Histories, following: NDArray[np.int32]
) -> NDArray[np.float64]:
    """The place of each next item, from 0, shape (histories,); `scores` loses the items had."""
    scores[histories.owners, histories.items] = -np.inf
    reached = scores[np.arange(len(following)), following][:, None]
    above = (scores > reached).sum(axis=1)
    alike = (scores == reached).sum(axis=1) - 1
    return above + alike / 2


def gains_of(ranks: NDArray[np.float64], *, k: int = K) -> NDArray[np.float64]:
    """1 / log2(place + 1) for places up to `k` (the ideal order has the item first), else 0.

    >>> gains_of(np.array([0.0, 2.0, 10.0])).tolist()
    [1.0, 0.5, 0.0]
    """
    return np.where(ranks < k, 1 / np.log2(ranks + 2), 0)


def quality_of(ranks: NDArray[np.float64], *, k: int = K) -> Quality:
    gains = gains_of(ranks, k=k)
    hits = (ranks < k).astype(float)
    return Quality(
        float(hits.mean()), _interval(hits), float(gains.mean()), _interval(gains), len(ranks), k
    )


def _interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and 1.96 standard errors either way: the histories are thousands."""
    half = 1.96 * float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return float(values.mean() - half), float(values.mean() + half)
