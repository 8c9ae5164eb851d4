"""Words and pieces of words as numbers, with no vocabulary to keep. Pure.

N-grams are hashed (Weinberger et al., 2009, arXiv 0902.2206), counted on a log scale, weighted by
how rare they were in training, and scaled to length 1. Only places that enough texts of the
training hold are kept, so that stored weights stay small.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_WORD = r"(?u)\b\w[\w'’]*\b|[!?]"


@dataclass(frozen=True, slots=True)
class Hashing:
    """Which n-grams are hashed, and into how many places.

    Attributes:
        words: Shortest and longest run of words.
        size: Number of places for words, and as many again for characters.
        characters: Shortest and longest run of characters inside a word; None for none.
    """

    words: tuple[int, int]
    size: int
    characters: tuple[int, int] | None = None

    def count(self, texts: Sequence[str]) -> Any:
        """Counts on a log scale (1 + ln n) as a sparse matrix of shape (texts, places).

        >>> Hashing(words=(1, 1), size=64).count(["so so soft"]).data.round(3).tolist()
        [1.0, 1.693]
        """
        parts = [self._counter("word", self.words)]
        if self.characters:
            parts.append(self._counter("char_wb", self.characters))
        counted = scipy.sparse.hstack([part.transform(texts) for part in parts], format="csr")
        counted.data = 1 + np.log(counted.data)
        return counted

    def as_json(self) -> dict[str, Any]:
        return {"words": self.words, "size": self.size, "characters": self.characters}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Hashing:
        characters = stored["characters"]
        return cls(tuple(stored["words"]), stored["size"], tuple(characters or ()) or None)

    def _counter(self, analyzer: str, lengths: tuple[int, int]) -> Any:
        from sklearn.feature_extraction.text import HashingVectorizer

        return HashingVectorizer(
            analyzer=analyzer,
            ngram_range=lengths,
            n_features=self.size,
            alternate_sign=False,
            norm=None,
            token_pattern=_WORD,
        )


@dataclass(frozen=True)
class Ngrams:
    """Hashed n-grams with the weights a training gave them.

    Attributes:
        hashing: How n-grams become places.
        places: The places that are kept, ascending; shape (kept,).
        rare: Smoothed inverse document frequency of each, ln((1 + n) / (1 + holding)) + 1.
    """

    hashing: Hashing
    places: NDArray[np.int64]
    rare: Floats

    @classmethod
    def fit(cls, hashing: Hashing, counted: Any, *, least: int = 2) -> Ngrams:
        """Keep the places that at least `least` of the counted texts hold."""
        places, holding = np.unique(counted.indices, return_counts=True)
        is_kept = holding >= least
        rare = np.log((1 + counted.shape[0]) / (1 + holding[is_kept])) + 1
        return cls(hashing, places[is_kept].astype(np.int64), rare)

    def weigh(self, counted: Any) -> Any:
        """Counts times rarity, rows of length 1: a sparse matrix of shape (texts, kept)."""
        from sklearn.preprocessing import normalize

        chosen = self._chosen(counted)
        # scikit-learn refuses to scale what has no column.
        return (
            normalize(chosen @ scipy.sparse.diags(self.rare), copy=False)
            if len(self.places)
            else chosen
        )

    def _chosen(self, counted: Any) -> Any:
        """The kept columns; its cost does not grow with the number of places, as slicing's does."""
        shape = counted.shape[0], len(self.places)
        if not len(self.places):
            return scipy.sparse.csr_matrix(shape)
        found = np.searchsorted(self.places, counted.indices).clip(max=len(self.places) - 1)
        is_kept = self.places[found] == counted.indices
        before = np.concatenate([[0], np.cumsum(is_kept)])[counted.indptr]
        return scipy.sparse.csr_matrix((counted.data[is_kept], found[is_kept], before), shape=shape)

    def transform(self, texts: Sequence[str]) -> Any:
        return self.weigh(self.hashing.count(texts))
