"""How well questions find what they should, and the weight that finds best. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.finding.fusion import Candidates, best_first, fused

WEIGHTS = tuple(round(0.05 * step, 2) for step in range(21))
FOLDS = 5

Score = Callable[[Candidates], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's candidates, and which group of chunks answers it.

    Attributes:
        found: What was found.
        groups: The document (or heading) each candidate belongs to, shape (candidates,).
        wanted: The group that answers the question.
    """

    found: Candidates
    groups: NDArray[np.int64]
    wanted: int


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures over questions, each from 0 to 1.

    Attributes:
        mean_average_precision: Mean of 1 / rank of the group that answers (one per question).
        hit_rate: Share of questions whose best group answers.
        found_in_five: Share of questions with the answering group among the best five.
    """

    mean_average_precision: float
    hit_rate: float
    found_in_five: float


def rank_of_wanted(asked: Asked, scores: NDArray[np.float64]) -> int | None:
    """The rank of the answering group, groups standing where their best chunk does; None: absent.

    >>> found = Candidates(np.arange(3), np.zeros(3), np.zeros(3), np.zeros(3, dtype=bool))
    >>> rank_of_wanted(Asked(found, np.array([4, 4, 9]), wanted=9), np.array([0.9, 0.8, 0.7]))
    2
    """
    in_order = asked.groups[best_first(scores, asked.found.ids)]
    groups = list(dict.fromkeys(in_order.tolist()))
    return 1 + groups.index(asked.wanted) if asked.wanted in groups else None


def precisions(questions: Sequence[Asked], score: Score) -> NDArray[np.float64]:
    """1 / rank of the answering group, 0 where it was not found: shape (questions,)."""
    ranks = [rank_of_wanted(asked, score(asked.found)) for asked in questions]
    return np.array([0.0 if rank is None else 1 / rank for rank in ranks])


def quality(found: NDArray[np.float64]) -> Quality:
    """The figures of what `precisions` says of at least one question.

    >>> quality(np.array([1.0, 0.5, 0.1, 0.0])).hit_rate
    0.25

    Raises:
        ValueError: There is no question.
    """
    if not found.size:
        raise ValueError("no questions: nothing can be judged")
    return Quality(float(found.mean()), float((found == 1).mean()), float((found >= 0.2).mean()))


def by_meaning(found: Candidates) -> NDArray[np.float64]:
    """Meaning alone."""
    return found.dense


def by_words(found: Candidates) -> NDArray[np.float64]:
    """Words alone."""
    return found.lexical


def by_both(weight: float) -> Score:
    """Both, words with one weight everywhere."""
    return lambda found: fused(found, answers=weight, pages=weight)


@dataclass(frozen=True, slots=True)
class Weighing:
    """What every weight of words finds.

    Attributes:
        weights: The weights tried, rising.
        found: `precisions` by weight, shape (weights, questions).
        wanted: The group that answers each question, shape (questions,).
    """

    weights: tuple[float, ...]
    found: NDArray[np.float64]
    wanted: NDArray[np.int64]

    @classmethod
    def of(cls, questions: Sequence[Asked], weights: tuple[float, ...] = WEIGHTS) -> Weighing:
        """Try every weight on every question."""
        rows = [precisions(questions, by_both(weight)) for weight in weights]
        return cls(weights, np.stack(rows), np.array([asked.wanted for asked in questions]))

    def best(self) -> float:
        """The weight with the highest mean average precision; of several the smallest."""
        return self.weights[int(np.argmax(self.found.mean(axis=1)))]

    def held_out(self, *, rng: np.random.Generator) -> NDArray[np.float64]:
        """`precisions` of a tuned weight on questions it was not tuned on: five folds by answer.

        Questions for one answer stay in one fold, or a weight would be judged on what it has seen.
        """
        groups, group_of = np.unique(self.wanted, return_inverse=True)
        fold = rng.permutation(len(groups))[group_of] % FOLDS
        kept = np.empty(len(self.wanted))
        for number in np.unique(fold):
            is_held = fold == number
            # One group alone cannot be held out: its weight is then the one it chose itself.
            known = self.found[:, ~is_held] if (~is_held).any() else self.found
            kept[is_held] = self.found[int(np.argmax(known.mean(axis=1))), is_held]
        return kept
