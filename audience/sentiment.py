"""How happy a text is, from -1 to 1, where its writer gave no rating. Pure.

With enough of the shop's own rated texts of both kinds, a head over words and vectors learns what
its customers mean by happy; until then the shipped head has to do, or, for vectors of an encoder it
was not learnt on, a short word list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from audience.one_thread import one_thread
from audience.word_lists import HAPPY, NEGATIONS, UNHAPPY
from inference.heads.sentiment import SentimentHead

LEAST_OF_EACH = 200
NEGATION_REACH = 3

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[.!?;]")


class SentimentModel(Protocol):
    """Texts and their vectors in, sentiments out."""

    name: str
    # Changes with what it would say.
    key: str
    # Whether clauses need vectors.
    reads_vectors: bool

    def score(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """One number from -1 (unhappy) to 1 (happy) per text."""

    def score_clauses(
        self, clauses: Sequence[str], vectors: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """The same for pieces of texts."""


class LexiconSentiment:
    """Happy words less unhappy ones over both, a negation turning the next three words round."""

    name = key = "lexicon"
    reads_vectors = False

    def score(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float64]:  # noqa: ARG002 (the contract's)
        """Vectors are not looked at.

        >>> LexiconSentiment().score(["I love it", "not happy"], np.empty((2, 0))).tolist()
        [0.5, -0.5]
        """
        return np.array([_lexicon_score(text) for text in texts], dtype=float)

    def score_clauses(
        self, clauses: Sequence[str], vectors: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        return self.score(clauses, vectors)


class HeadSentiment:
    """A fitted head: 2 p(happy) - 1, near 0 where it cannot tell."""

    reads_vectors = True

    def __init__(self, head: SentimentHead, *, name: str) -> None:
        self.name = name
        self.key = head.digest
        self._head = head

    def score(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        return self._head.score(texts, vectors)

    def score_clauses(
        self, clauses: Sequence[str], vectors: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        return self._head.score_clauses(clauses, vectors)


def fit_sentiment(
    texts: Sequence[str], vectors: NDArray[np.float32], ratings: NDArray[np.int_]
) -> SentimentHead | None:
    """A head learnt from rated texts: happy (4, 5) from unhappy (1, 2); a 3 says neither.

    Args:
        texts: Cleaned texts.
        vectors: Shape (texts, size).
        ratings: 1 to 5, one per text.

    Returns:
        None where there are fewer than 200 of either kind.
    """
    if min((ratings > 3).sum(), (ratings < 3).sum()) < LEAST_OF_EACH:
        return None
    telling = np.flatnonzero(ratings != 3)
    with one_thread():
        return SentimentHead.fit(
            [texts[row] for row in telling.tolist()], vectors[telling], ratings[telling] > 3
        )


def rating_sentiment(rating: int) -> float:
    """A rating of 1 to 5 as a sentiment.

    >>> rating_sentiment(1), rating_sentiment(3), rating_sentiment(5)
    (-1.0, 0.0, 1.0)
    """
    return (rating - 3) / 2


def _lexicon_score(text: str) -> float:
    happy = unhappy = turned = 0
    for word in _WORD.findall(text.lower().replace("’", "'")):
        if word in NEGATIONS:
            turned = NEGATION_REACH
            continue
        is_turned, turned = turned > 0, 0 if word in ".!?;" else max(0, turned - 1)
        happy += word in (UNHAPPY if is_turned else HAPPY)
        unhappy += word in (HAPPY if is_turned else UNHAPPY)
    # One more in the denominator, so that a single word is no certainty.
    return (happy - unhappy) / (happy + unhappy + 1)
