"""Ranking learned from what visitors thought of answers: a small logistic model. Pure.

For a question with vector q, what visitors thought of chunk c for questions near it is

    helped(c) = log(1 + sum of max(0, cos(q, m) - NEAR) / (1 - NEAR) over good votes m on c)

and likewise for bad votes. A passage's score is 1 / (1 + exp(-(b + w . z))), z its features made
comparable (mean 0, spread 1 over the training rows). Fitted by penalised likelihood (ridge).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.finding.fusion import Candidates

FEATURES = ("fused", "meaning", "words", "is_answer", "age", "helped", "disappointed")
# A vote counts from this likeness of its question on.
NEAR = 0.6
PENALTY = 1.0
STEPS = 25


@dataclass(frozen=True, slots=True)
class Memory:
    """What visitors thought of chunks, one row a vote.

    Attributes:
        vectors: Of the questions, unit length, shape (votes, size).
        chunks: The chunks, shape (votes,).
        votes: 1 for a good one (helpful, or opened), -1 for a bad one, shape (votes,).
        messages: The answers' ids as 16 bytes each, shape (votes, 16).
    """

    vectors: NDArray[np.float32]
    chunks: NDArray[np.int64]
    votes: NDArray[np.float32]
    messages: NDArray[np.uint8]

    @classmethod
    def empty(cls, size: int) -> Memory:
        """No votes."""
        return cls(
            np.empty((0, size), np.float32),
            np.empty(0, np.int64),
            np.empty(0, np.float32),
            np.empty((0, 16), np.uint8),
        )

    def only(self, rows: NDArray[np.bool_]) -> Memory:
        """The votes of some rows, shape (votes,)."""
        return Memory(self.vectors[rows], self.chunks[rows], self.votes[rows], self.messages[rows])


def features(
    found: Candidates,
    scores: NDArray[np.float64],
    ages: NDArray[np.float64],
    question: NDArray[np.float32],
    memory: Memory,
) -> NDArray[np.float64]:
    """What a passage is judged by, shape (candidates, features), in the order of `FEATURES`.

    Args:
        found: The candidates of one question.
        scores: Their fused scores, shape (candidates,).
        ages: Days since each was last read anew, shape (candidates,).
        question: Its unit vector, shape (size,).
        memory: Votes on answers to other questions.
    """
    weights = (memory.vectors @ question - NEAR).clip(min=0) / (1 - NEAR)
    helped, disappointed = (
        np.log1p(_voted(found.ids, memory.chunks, weights * (memory.votes * sign > 0)))
        for sign in (1, -1)
    )
    top = found.lexical.max(initial=0.0)
    return np.column_stack(
        [
            scores,
            found.dense,
            found.lexical / top if top > 0 else found.lexical,
            found.is_answer,
            np.log1p(ages),
            helped,
            disappointed,
        ]
    )


def _voted(
    ids: NDArray[np.int64], chunks: NDArray[np.int64], weights: NDArray[np.floating]
) -> NDArray[np.float64]:
    places = np.searchsorted(ids, chunks).clip(max=max(0, len(ids) - 1))
    is_here = ids[places] == chunks if len(ids) else np.zeros(len(chunks), dtype=bool)
    counted = np.bincount(places[is_here], weights=weights[is_here], minlength=len(ids))
    return np.asarray(counted, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Ranker:
    """A fitted model: `bias`, and weight, mean and spread, each of shape (features,)."""

    bias: float
    weights: NDArray[np.float64]
    means: NDArray[np.float64]
    spreads: NDArray[np.float64]

    def scores(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """How likely each passage helps, 0 to 1, shape (rows,)."""
        margins = self.bias + ((rows - self.means) / self.spreads) @ self.weights
        return np.asarray(1 / (1 + np.exp(-margins)))


def fitted(rows: NDArray[np.float64], is_good: NDArray[np.bool_]) -> Ranker:
    """Ridge-penalised logistic regression by Newton's method.

    Minimises -log likelihood + |w|^2 / 2 (the bias free), as scikit-learn's LogisticRegression
    with C=1 does on standardised features.

    Args:
        rows: Features of passages that were judged, shape (rows, features).
        is_good: What was thought of them, shape (rows,).

    Raises:
        ValueError: There is no row, or all are alike good or bad.
    """
    if not is_good.any() or is_good.all():
        raise ValueError("passages that helped and passages that did not are needed")
    means, spreads = rows.mean(axis=0), rows.std(axis=0)
    spreads = np.where(spreads > 1e-9, spreads, 1.0)
    design = np.column_stack([np.ones(len(rows)), (rows - means) / spreads])
    ridge = PENALTY * np.eye(design.shape[1])
    ridge[0, 0] = 0.0
    weights = np.zeros(design.shape[1])
    for _ in range(STEPS):
        chances = 1 / (1 + np.exp(-design @ weights))
        slope = design.T @ (chances - is_good) + ridge @ weights
        bend = (design.T * (chances * (1 - chances))) @ design + ridge
        step = np.linalg.solve(bend + 1e-9 * np.eye(len(bend)), slope)
        weights = weights - step
        if np.abs(step).max() < 1e-8:
            break
    return Ranker(float(weights[0]), weights[1:], means, spreads)


def worth(order: Sequence[int], *, good: frozenset[int], bad: frozenset[int]) -> float:
    """What an order of chunks is worth where a visitor judged some, 0 to 1.

    1 / rank of the first that helped; where none did, 1 - 1 / rank of the first that disappointed.

    >>> worth([7, 8, 9], good=frozenset({8}), bad=frozenset())
    0.5
    >>> worth([7, 8, 9], good=frozenset(), bad=frozenset({7}))
    0.0
    """
    ranks = {chunk: 1 / rank for rank, chunk in enumerate(order, start=1)}
    if good:
        return max((ranks.get(chunk, 0.0) for chunk in good), default=0.0)
    return 1 - max((ranks.get(chunk, 0.0) for chunk in bad), default=0.0)
