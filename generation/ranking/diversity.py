"""Choosing several good texts that are not the same text: maximal marginal relevance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Two parts score to three against likeness: a test of three near-equal arms teaches nothing.
BALANCE = 0.4
# Reduced precision moves numbers by less than this; an equal rank goes to the earlier candidate.
_DECIMALS = 3
_WORD = re.compile(r"\w+")


def pick_diverse(
    scores: Sequence[float], similarity: Floats, *, wanted: int, balance: float = BALANCE
) -> list[int]:
    """Positions of the `wanted` best by maximal marginal relevance, first the best score.

    Each next one maximises `balance * score - (1 - balance) * likeness to what is chosen`, scores
    brought to 0..1 first (Carbonell and Goldstein 1998).

    >>> alike = np.array([[1.0, 0.9, 0.0], [0.9, 1.0, 0.0], [0.0, 0.0, 1.0]])
    >>> pick_diverse([3.0, 2.9, 2.0], alike, wanted=2)
    [0, 2]
    """
    rounded = [round(float(score), _DECIMALS) for score in scores]
    worth = _between_0_and_1(np.array(rounded, dtype=np.float64))
    chosen: list[int] = []
    likeness = np.zeros(len(worth))
    for _ in range(min(wanted, len(worth))):
        value = np.round(balance * worth - (1 - balance) * likeness, _DECIMALS)
        if not chosen:
            value = worth.copy()
        value[chosen] = -np.inf
        best = int(np.argmax(value))
        likeness = np.maximum(likeness, similarity[best])
        chosen.append(best)
    return chosen


def word_similarity(texts: Sequence[str]) -> Floats:
    """Words in common over the mean number of words, for each two texts.

    >>> word_similarity(["a b", "b c"]).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    words = [Counter(_WORD.findall(text.lower())) for text in texts]
    return np.array([[_overlap(one, other) for other in words] for one in words])


def _overlap(one: Counter[str], other: Counter[str]) -> float:
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def _between_0_and_1(values: Floats) -> Floats:
    if not len(values):
        return values
    width = values.max() - values.min()
    return (values - values.min()) / width if width else np.ones_like(values)
