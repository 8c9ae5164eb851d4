"""Scores by meaning and by words as one, and the best few without repetition. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PASSAGES_MAX = 5
# Share of words in common from which a second passage tells a reader nothing new.
SAME = 0.85
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Candidates:
    """What was found for one question by meaning or by words, row by row.

    Attributes:
        ids: The chunks, shape (candidates,).
        dense: Similarity of meaning, -1 to 1, shape (candidates,).
        lexical: BM25, 0 where no word is shared, shape (candidates,).
        is_answer: Whether the chunk answers a written question, shape (candidates,).
        reach: The BM25 of a chunk that were full of the question's words; 0: not known.
    """

    ids: NDArray[np.int64]
    dense: NDArray[np.float64]
    lexical: NDArray[np.float64]
    is_answer: NDArray[np.bool_]
    reach: float = 0.0


def fused(found: Candidates, *, answers: float, pages: float) -> NDArray[np.float64]:
    """One score per candidate, from 0 to 1.

    (1 - w) * dense' + w * lexical', where dense' is brought to 0..1 among the question's candidates
    and lexical' is the share of what the question's words can bring at all: where the best chunk
    has few of them, as where a question is paraphrased, words say little, and so count little.
    Ranks are not used: blind reciprocal ranks lose to meaning alone on paraphrases.

    Args:
        found: The candidates of one question.
        answers: The weight w of words, 0 to 1, for written questions with their answers.
        pages: The same for everything else.

    >>> found = Candidates(np.array([7, 8]), np.array([0.8, 0.2]), np.array([0.0, 3.0]),
    ...                    np.array([True, False]), reach=6.0)
    >>> fused(found, answers=0.1, pages=0.5).tolist()
    [0.9, 0.25]
    """
    weights = np.where(found.is_answer, answers, pages)
    reach = found.reach or found.lexical.max(initial=0.0)
    lexical = found.lexical / reach if reach > 0 else found.lexical
    return (1 - weights) * _scaled(found.dense) + weights * lexical


def best_first(scores: NDArray[np.float64], ids: NDArray[np.int64]) -> NDArray[np.intp]:
    """Places by falling score; of two alike the chunk with the lower id stands first."""
    return np.lexsort((ids, -scores))


def without_repeats(bodies: Sequence[str], *, limit: int = PASSAGES_MAX) -> list[int]:
    """The places of the first `limit` texts that each say something the ones before do not.

    >>> without_repeats(["Returns are free.", "Returns are free!", "Write to us."])
    [0, 2]
    """
    kept: list[tuple[int, frozenset[str]]] = []
    for place, body in enumerate(bodies):
        words = frozenset(_WORD.findall(body.lower()))
        if all(_overlap(words, other) < SAME for _, other in kept):
            kept.append((place, words))
        if len(kept) == limit:
            break
    return [place for place, _ in kept]


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def _scaled(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    if not scores.size:
        return scores
    low = scores.min()
    span = scores.max() - low
    return (scores - low) / span if span > 0 else np.zeros_like(scores)
