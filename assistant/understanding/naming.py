"""Which product a text names: by its code, by its words, by words that are nearly its own. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from assistant.understanding.words import telling_words, words_of

# Words this alike are one, misspelt.
ALIKE = 0.75
MISSPELT_SHORTEST = 4
# Looked at for a misspelt word, by the pairs of letters they share with it.
LOOKED_AT = 30
# Below this a product is not meant; within `NEAR` of the best, another may be.
LEAST = 0.45
NEAR = 0.08
BEST = 60


@dataclass(frozen=True, slots=True)
class Name:
    """What a product is called.

    Attributes:
        product: Its key.
        title: Its name.
        codes: Its id and bar code.
        group: What its variants share; empty where it has none.
    """

    product: int
    title: str
    codes: tuple[str, ...] = ()
    group: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A product, or variants of one, that a text may mean.

    Attributes:
        products: The variants that are meant.
        title: Of the first of them.
        confidence: 0 to 1; a code or the whole name is 1.
    """

    products: tuple[int, ...]
    title: str
    confidence: float


class NameIndex:
    """Names of a catalog, to be searched by the words of a question.

    >>> index = NameIndex([Name(1, "Alma linen dress", ("A-1",)), Name(2, "Bella linen dress")])
    >>> [(one.title, round(one.confidence, 2)) for one in index.matches("the alma dress?")]
    [('Alma linen dress', 0.86), ('Bella linen dress', 0.25)]
    >>> index.matches("What about a-1?")[0].confidence
    1.0
    """

    def __init__(self, names: Iterable[Name]) -> None:
        self.names: Sequence[Name] = list(names)
        rows: dict[str, list[int]] = defaultdict(list)
        self._codes: dict[str, int] = {}
        self._group: dict[str, list[int]] = defaultdict(list)
        for row, name in enumerate(self.names):
            for word in dict.fromkeys(words_of(name.title)):
                rows[word].append(row)
            self._codes |= {code.lower(): row for code in name.codes if code}
            if name.group:
                self._group[name.group].append(row)
        self._rows = {word: np.array(found) for word, found in rows.items()}
        count = len(self.names)
        self._weight = {word: float(np.log1p(count / len(at))) for word, at in rows.items()}
        self._total = np.zeros(count)
        for word, at in self._rows.items():
            self._total[at] += self._weight[word]
        self._pairs: dict[str, set[str]] = defaultdict(set)
        for word in rows:
            for pair in _pairs(word):
                self._pairs[pair].add(word)

    def matches(self, text: str) -> list[Match]:
        """What the text may mean, the most likely first; variants of one product are one."""
        coded = self._by_code(text)
        if coded is not None:
            name = self.names[coded]
            return [Match((name.product,), name.title, 1.0)]
        confidence = self._confidence(telling_words(text))
        best = np.argsort(-confidence, kind="stable")[:BEST]
        return self._families([int(row) for row in best if confidence[row] > 0], confidence)

    def holds(self, text: str) -> bool:
        """Whether a product has these words, in this order, in its name.

        >>> index = NameIndex([Name(1, "Alma linen dress")])
        >>> index.holds("Linen dress"), index.holds("Alma dress"), index.holds("")
        (True, False, False)
        """
        words = words_of(text)
        if not words or any(word not in self._rows for word in words):
            return False
        rows = set.intersection(*(set(self._rows[word].tolist()) for word in words))
        said = f" {' '.join(words)} "
        return any(said in f" {' '.join(words_of(self.names[row].title))} " for row in rows)

    def _by_code(self, text: str) -> int | None:
        """The product whose code stands in the text; one of letters alone might be a word."""
        for token in text.lower().split():
            code = token.strip("\"'“”‘’.,;:!?()#")
            if any(char.isdigit() for char in code) and code in self._codes:
                return self._codes[code]
        return None

    def _confidence(self, words: Sequence[str]) -> NDArray[np.float64]:
        """Share of the product words of the question that a title has, and of the title's own.

        c = m / q * (1 + m / t) / 2, with the weights (log(1 + N / n)) of the words they share (m),
        of the question's words that any title has (q), and of the title's words (t).
        """
        found = np.zeros(len(self.names))
        asked = 0.0
        for word in words:
            known, likeness = self._known(word)
            if known is not None:
                asked += self._weight[known]
                found[self._rows[known]] += self._weight[known] * likeness
        if not asked:
            return found
        share = np.divide(found, self._total, out=np.zeros_like(found), where=self._total > 0)
        return found / asked * (1 + share) / 2

    def _known(self, word: str) -> tuple[str | None, float]:
        if word in self._rows:
            return word, 1.0
        if len(word) < MISSPELT_SHORTEST:
            return None, 0.0
        shared: dict[str, int] = defaultdict(int)
        for pair in _pairs(word):
            for other in self._pairs.get(pair, ()):
                shared[other] += 1
        near = sorted(shared, key=lambda other: (-shared[other], other))[:LOOKED_AT]
        alike = [(SequenceMatcher(None, word, other).ratio(), other) for other in near]
        likeness, best = max(alike, default=(0.0, None))
        return (best, likeness) if likeness >= ALIKE else (None, 0.0)

    def _families(self, rows: Sequence[int], confidence: NDArray[np.float64]) -> list[Match]:
        families: dict[str, list[int]] = {}
        for row in rows:
            families.setdefault(self.names[row].group or f"\0{row}", []).append(row)
        return [
            Match(
                tuple(
                    self.names[row].product for row in members if _ties(confidence, row, members)
                ),
                self.names[members[0]].title,
                float(confidence[members[0]]),
            )
            for members in families.values()
        ]


def meant(matches: Sequence[Match]) -> list[Match]:
    """The match that is meant; several where they are about equally likely; none where none is.

    >>> near = [Match((1,), "A", 0.8), Match((2,), "B", 0.75), Match((3,), "C", 0.5)]
    >>> [one.title for one in meant(near)], meant([Match((1,), "A", 0.3)])
    (['A', 'B'], [])
    """
    if not matches or matches[0].confidence < LEAST:
        return []
    return [one for one in matches if one.confidence >= matches[0].confidence - NEAR]


def _ties(confidence: NDArray[np.float64], row: int, members: Sequence[int]) -> bool:
    return bool(confidence[row] >= confidence[members[0]] - 1e-9)


def _pairs(word: str) -> set[str]:
    return {word[at : at + 2] for at in range(len(word) - 1)}
