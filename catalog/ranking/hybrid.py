"""Several recommenders as one: each part's scores on one scale, added with learnt weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from catalog.ranking.contract import Arrays, Recommender
from catalog.ranking.histories import Histories
from catalog.ranking.measuring import Quality, gains_of, quality_of

GRID = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.7, 1.0)
ROUNDS = 2
# Scores held at once while weights are learnt: a number for each part, history and item.
SCORES_HELD = 120_000_000
HISTORIES_MOST = 2_500
CANDIDATES = 100

PartScores = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class Reason:
    """Why an item was chosen: the place in the history that pulled most, or a part of its own.

    Attributes:
        part: The name of the part that gave most by itself; empty where an item of the history did.
        place: Which item of the history pulled most; None where none did.
        share: What that is of the whole score, 0 to 1.
    """

    part: str
    place: int | None
    share: float


class Hybrid:
    """score(j) = sum over parts of weight * score_part(j) / highest score_part of this history.

    Args:
        parts: The recommenders, by no other name than their own.
        weights: One per part's name; what is missing counts 0.
    """

    name = "hybrid"

    def __init__(
        self, parts: Sequence[Recommender], *, weights: Mapping[str, float] | None = None
    ) -> None:
        self.parts = list(parts)
        self.weights = {part.name: 1.0 for part in parts} if weights is None else dict(weights)
        self.foreseen: Quality | None = None

    def fit(self, histories: Histories) -> Self:
        for part in self.parts:
            part.fit(histories)
        return self

    def learn(self, histories: Histories, *, rng: np.random.Generator) -> Self:
        """Choose the weights, then fit on everything.

        The parts are fitted without each history's last item, and the weights are those that rank
        that item best (nDCG@10) on a sample; how well is `foreseen`, a little too well, as it is
        the sample they were chosen on. The last item teaches weights, the rest the parts.
        """
        known, following = histories.shortened(1)
        if len(known):
            self.fit(known)
            chosen = _sample(len(known), len(self.parts) * histories.item_count, rng)
            self._learn_weights(known.picked(chosen), following[chosen])
        return self.fit(histories)

    def _learn_weights(self, histories: Histories, following: NDArray[np.int32]) -> None:
        """Coordinate ascent over a grid, from the best single part."""
        scaled = {part.name: one_scale(part.scores(histories)) for part in self.parts}
        contest = _Contest(scaled, histories, following)
        weights = max(({name: 1.0} for name in scaled), key=contest.worth)
        reached = contest.worth(weights)
        for _ in range(ROUNDS):
            for name in scaled:
                for weight in GRID:
                    tried = {**weights, name: weight}
                    gained = contest.worth(tried) if any(tried.values()) else 0.0
                    if gained > reached:
                        weights, reached = tried, gained
        self.weights = {name: weight for name, weight in weights.items() if weight}
        self.foreseen = quality_of(contest.ranks(weights))

    def scores(self, histories: Histories) -> NDArray[np.float32]:
        return self.total(self.part_scores(histories))

    def part_scores(self, histories: Histories) -> PartScores:
        """What each part gives, weighed and on one scale: one array per part with a weight."""
        return {
            part.name: np.float32(self.weights[part.name]) * one_scale(part.scores(histories))
            for part in self._used()
        }

    def total(self, given: PartScores) -> NDArray[np.float32]:
        return np.asarray(sum(given.values()), dtype=np.float32)

    def reasons(self, history: NDArray[np.int32], items: NDArray[np.int64]) -> NDArray[np.float32]:
        histories = Histories.of([history], item_count=self.item_count)
        total = np.zeros((len(history), len(items)), dtype=np.float32)
        for part in self._used():
            highest = float(part.scores(histories).max(initial=0.0))
            if highest:
                total += part.reasons(history, items) * (self.weights[part.name] / highest)
        return total

    def explain(
        self, given: PartScores, history: NDArray[np.int32], items: NDArray[np.int64]
    ) -> list[Reason]:
        """Why each of `items` was chosen, from the `part_scores` of the one history.

        `given` may hold scores of the caller's own beside those of the parts.
        """
        pulls = np.zeros((len(history), len(items)), dtype=np.float32)
        alone = {}
        parts = {part.name: part for part in self._used()}
        for name, scores in given.items():
            own = scores[0][items]
            if name not in parts:
                alone[name] = own
                continue
            # What a part gives an item is in proportion to what the history's items pull.
            found = parts[name].reasons(history, items)
            pulled = found.sum(axis=0)
            pulls += found * np.divide(own, pulled, out=np.zeros_like(pulled), where=pulled > 0)
            alone[name] = np.where(pulled > 0, 0, own)
        totals = np.maximum(self.total(given)[0][items], 1e-12)
        return [
            _reason(
                pulls[:, column],
                {name: float(values[column]) for name, values in alone.items()},
                float(totals[column]),
            )
            for column in range(len(items))
        ]

    def _used(self) -> list[Recommender]:
        return [part for part in self.parts if self.weights.get(part.name)]

    @property
    def item_count(self) -> int:
        return max(part.item_count for part in self._used())

    def arrays(self) -> dict[str, NDArray]:
        return {
            f"{part.name}/{name}": array
            for part in self._used()
            for name, array in part.arrays().items()
        }

    def restore(self, arrays: Arrays) -> Self:
        for part in self.parts:
            own = {
                name.partition("/")[2]: array
                for name, array in arrays.items()
                if name.partition("/")[0] == part.name
            }
            if own:
                part.restore(own)
        return self


class _Contest:
    """The items that can reach the first places whatever the weights: each part's best.

    Ranking a few hundred candidates in place of all items makes each try of weights that much
    quicker; an item that no part has among its best does not come before one that some has.
    """

    def __init__(
        self, scaled: PartScores, histories: Histories, following: NDArray[np.int32]
    ) -> None:
        for scores in scaled.values():
            scores[histories.owners, histories.items] = -1.0
        most = min(CANDIDATES, histories.item_count)
        bests = [np.argpartition(scores, -most, axis=1)[:, -most:] for scores in scaled.values()]
        items = np.sort(np.concatenate([*bests, following[:, None]], axis=1), axis=1)
        self._twice = np.zeros(items.shape, dtype=bool)
        self._twice[:, 1:] = items[:, 1:] == items[:, :-1]
        self._scores = {
            name: np.take_along_axis(scores, items, axis=1) for name, scores in scaled.items()
        }
        self._is_next = (items == following[:, None]) & ~self._twice

    def worth(self, weights: Mapping[str, float]) -> float:
        return float(gains_of(self.ranks(weights)).mean())

    def ranks(self, weights: Mapping[str, float]) -> NDArray[np.float64]:
        total = np.zeros(self._twice.shape, dtype=np.float32)
        for name, scores in self._scores.items():
            total += np.float32(weights.get(name, 0.0)) * scores
        total[self._twice] = -np.inf
        reached = total[self._is_next][:, None]
        above, alike = (total > reached).sum(axis=1), (total == reached).sum(axis=1) - 1
        return np.asarray(above + alike / 2, dtype=np.float64)


def one_scale(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each row divided by its highest score; a row of zeros stays one."""
    highest = scores.max(axis=1, keepdims=True, initial=0.0)
    scale = np.where(highest > 0, highest, 1.0).astype(np.float32)
    return np.asarray(scores / scale, dtype=np.float32)


def _sample(count: int, numbers_each: int, rng: np.random.Generator) -> NDArray[np.int64]:
    most = min(count, HISTORIES_MOST, max(SCORES_HELD // numbers_each, 100))
    return np.sort(rng.choice(count, size=most, replace=False))


def _reason(pulls: NDArray[np.float32], alone: Mapping[str, float], total: float) -> Reason:
    strongest = max(alone, key=alone.__getitem__)
    if len(pulls) and pulls.max() > 0 and pulls.max() >= alone[strongest]:
        place = int(pulls.argmax())
        return Reason("", place, float(pulls[place]) / total)
    return Reason(strongest, None, alone[strongest] / total)
