"""How happy a text is, from -1 to 1, where its writer gave no rating. Pure.

With enough of the shop's own rated texts of both kinds, a logistic regression over the text
vectors learns what its customers mean by happy; until then a short word list has to do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from audience.one_thread import one_thread
from audience.word_lists import HAPPY, NEGATIONS, UNHAPPY

LEAST_OF_EACH = 200
NEGATION_REACH = 3

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|[.!?;]")


class SentimentModel(Protocol):
    """Texts and their vectors in, sentiments out."""

    name: str

    def score(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        """One number from -1 (unhappy) to 1 (happy) per text."""


class LexiconSentiment:
    """Happy words less unhappy ones over both, a negation turning the next three words round."""

    name = "lexicon"

    def score(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float64]:  # noqa: ARG002 (the contract's)
        """Vectors are not looked at.

        >>> LexiconSentiment().score(["I love it", "not happy"], np.empty((2, 0))).tolist()
        [0.5, -0.5]
        """
        return np.array([_lexicon_score(text) for text in texts], dtype=float)


class FittedSentiment:
    """A logistic regression over text vectors: 2 p(happy) - 1, 0 where it cannot tell."""

    name = "fitted on the shop's ratings"

    def __init__(self, vectors: NDArray[np.float32], ratings: NDArray[np.int_]) -> None:
        """Learn happy (4, 5) from unhappy (1, 2); a 3 says neither and is left out."""
        from sklearn.linear_model import LogisticRegression

        is_telling = ratings != 3
        # Balanced, because most reviews are happy: a text that says nothing must not
        # score as they do.
        self._head: Any = LogisticRegression(C=4.0, class_weight="balanced", max_iter=500)
        with one_thread():
            self._head.fit(vectors[is_telling], ratings[is_telling] > 3)

    def score(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> NDArray[np.float64]:
        return 2 * self._head.predict_proba(vectors)[:, 1] - 1 if len(texts) else np.empty(0)


def sentiment_model(vectors: NDArray[np.float32], ratings: NDArray[np.int_]) -> SentimentModel:
    """The model these rated texts support: fitted from 200 happy and 200 unhappy ones on.

    Args:
        vectors: Shape (texts, size).
        ratings: 1 to 5, one per text.
    """
    if min((ratings > 3).sum(), (ratings < 3).sum()) < LEAST_OF_EACH:
        return LexiconSentiment()
    return FittedSentiment(vectors, ratings)


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
