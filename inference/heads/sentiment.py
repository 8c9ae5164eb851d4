"""How happy a text is: one logistic regression over its vector and its n-grams together. Pure.

The vector knows what is meant, the n-grams how it is said ("runs large", "had to return"); either
alone ranks texts worse (docs/explanation/profiles.md has the figures).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

from inference.heads.ngrams import Floats, Hashing, Ngrams
from inference.heads.storing import pack, read_weights, unpack

KIND = "sentiment"
WEIGHTS = Path(__file__).parent / "weights" / "sentiment.npz"
# So many places that a word nobody wrote meets none that somebody did.
HASHING = Hashing(words=(1, 2), size=2**24)
# Chosen once by cross-validation on reviews, over a coarse grid; results hardly move near it.
PENALTY = 4.0
VECTOR_SCALE = 2.0
LEAST_TEXTS = 3


@dataclass(frozen=True)
class SentimentHead:
    """Fitted weights.

    Attributes:
        ngrams: The n-grams and their rarity.
        words: Weight of each n-gram.
        vector: Weight of each number of the vector.
        intercept: The log odds of a text that says nothing.
        about: Where the weights come from: command, digest, quality, encoder.
    """

    ngrams: Ngrams
    words: Floats
    vector: Floats
    intercept: float
    about: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def fit(
        cls,
        texts: Sequence[str],
        vectors: NDArray[np.float32],
        is_happy: NDArray[np.bool_],
        *,
        about: Mapping[str, Any] | None = None,
    ) -> SentimentHead:
        """Learn from texts of both kinds, balanced: a text that says nothing scores 0.

        Args:
            texts: Cleaned texts.
            vectors: Their unit vectors, shape (texts, size).
            is_happy: Shape (texts,); both values must occur.
        """
        from sklearn.linear_model import LogisticRegression

        counted = HASHING.count(texts)
        ngrams = Ngrams.fit(HASHING, counted, least=LEAST_TEXTS)
        columns = scipy.sparse.hstack(
            [scipy.sparse.csr_matrix(vectors * VECTOR_SCALE), ngrams.weigh(counted)], format="csr"
        )
        model = LogisticRegression(
            C=PENALTY, class_weight="balanced", solver="liblinear", random_state=0
        ).fit(columns, is_happy)
        size = vectors.shape[1]
        return cls(
            ngrams=ngrams,
            words=model.coef_[0, size:],
            vector=model.coef_[0, :size] * VECTOR_SCALE,
            intercept=float(model.intercept_[0]),
            about=about or {},
        )

    def log_odds(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> Floats:
        """The log odds of happy, shape (texts,)."""
        if not len(texts):
            return np.empty(0)
        return np.asarray(
            self.ngrams.transform(texts) @ self.words + vectors @ self.vector + self.intercept
        )

    def score(self, texts: Sequence[str], vectors: NDArray[np.float32]) -> Floats:
        """From -1 (unhappy) to 1 (happy): 2 p(happy) - 1, shape (texts,)."""
        return np.asarray(np.tanh(self.log_odds(texts, vectors) / 2))

    def score_clauses(self, clauses: Sequence[str], vectors: NDArray[np.float32]) -> Floats:
        """The same of pieces of texts, shape (clauses,).

        Without the intercept: how happy texts are on the whole says nothing of one clause.
        """
        if not len(clauses):
            return np.empty(0)
        said = self.ngrams.transform(clauses) @ self.words
        return np.asarray(np.tanh((said + vectors @ self.vector) / 2))

    @cached_property
    def digest(self) -> str:
        """Changes with the weights: what was judged by another head can be told by it."""
        held = self.words.astype(np.float16).tobytes() + self.vector.astype(np.float16).tobytes()
        return hashlib.sha256(held).hexdigest()[:16]

    def pack(self) -> bytes:
        about: dict[str, Any] = {
            "hashing": self.ngrams.hashing.as_json(),
            "intercept": self.intercept,
            "provenance": dict(self.about),
        }
        # Half precision moves no score by more than a thousandth.
        arrays: dict[str, NDArray[Any]] = {
            "places": self.ngrams.places.astype(np.uint32),
            "rare": self.ngrams.rare.astype(np.float16),
            "words": self.words.astype(np.float16),
            "vector": self.vector.astype(np.float16),
        }
        return pack(KIND, about, arrays)

    @classmethod
    def unpack(cls, stored: bytes) -> SentimentHead:
        """Raises HeadUnusable where the bytes are no sentiment head."""
        about, arrays = unpack(KIND, stored)
        hashing = Hashing.from_json(about["hashing"])
        rare = arrays["rare"].astype(np.float64)
        return cls(
            ngrams=Ngrams(hashing, arrays["places"].astype(np.int64), rare),
            words=arrays["words"].astype(np.float64),
            vector=arrays["vector"].astype(np.float64),
            intercept=about["intercept"],
            about=about["provenance"],
        )


@cache
def shipped_sentiment() -> SentimentHead:
    """The weights in the repository, read once per process."""
    return SentimentHead.unpack(read_weights(WEIGHTS))
