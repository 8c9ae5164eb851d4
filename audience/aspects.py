"""What people say of fit, price, delivery and the like, and how happy they are with each. Pure.

A clause that names an aspect is judged by itself; a contact's view of an aspect is the mean over
their clauses, with how many texts it rests on and which. A word may be a stem: `deliver*`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audience.word_lists import ASPECTS

Judge = Callable[[Sequence[str]], NDArray[np.float64]]

LEAST_WORDS = 2
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\s+[-–—]\s+|\n+")
_TURN = re.compile(r",?\s+(?=(?:but|however|although|though|except|yet)\b)", re.IGNORECASE)
_LISTED = re.compile(r",\s+(?:and\s+)?(?=(?:the|it|its|my|i|quality|fit|colou?r|delivery)\b)", re.I)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Mention:
    """A clause that speaks of an aspect."""

    aspect: str
    clause: str
    text: int


@dataclass(frozen=True, slots=True)
class View:
    """What a contact's texts say of an aspect.

    Attributes:
        sentiment: Mean over its texts, -1 to 1.
        texts: Positions of the texts that speak of it, ascending.
    """

    sentiment: float
    texts: tuple[int, ...]


class Lexicon:
    """Which words name which aspect; a shop may add its own."""

    def __init__(self, words: Mapping[str, Iterable[str]] = ASPECTS) -> None:
        self._patterns = {aspect: _pattern(own) for aspect, own in words.items()}

    def aspects(self, clause: str) -> list[str]:
        """The aspects a clause names.

        >>> Lexicon().aspects("it runs large and the colour fades")
        ['fit', 'look']
        """
        return [name for name, pattern in self._patterns.items() if pattern.search(clause)]

    def mentions(self, texts: Sequence[str]) -> list[Mention]:
        """Every aspect of every clause, with the position of its text."""
        return [
            Mention(aspect, clause, position)
            for position, text in enumerate(texts)
            for clause in clauses(text)
            for aspect in self.aspects(clause)
        ]


def clauses(text: str) -> list[str]:
    """A text in pieces of one opinion each, as far as punctuation and turns of speech tell.

    >>> clauses("Love the colour, but it runs small. Fast delivery!")
    ['Love the colour', 'but it runs small.', 'Fast delivery!']
    """
    parts = [text]
    for divider in (_SENTENCE, _TURN, _LISTED):
        parts = [piece for part in parts for piece in divider.split(part)]
    return [part.strip() for part in parts if len(_WORD.findall(part)) >= LEAST_WORDS]


def views(mentions: Sequence[Mention], sentiments: Sequence[float]) -> dict[str, View]:
    """What mentions say together; a text counts once for an aspect, however often it names it.

    Args:
        mentions: Of one contact.
        sentiments: One for each, -1 to 1.
    """
    heard: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for mention, sentiment in zip(mentions, sentiments, strict=True):
        heard[mention.aspect][mention.text].append(sentiment)
    return {
        aspect: View(
            sentiment=float(np.mean([np.mean(own) for own in by_text.values()])),
            texts=tuple(sorted(by_text)),
        )
        for aspect, by_text in sorted(heard.items())
    }


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    joined = "|".join(
        re.escape(word.rstrip("*")).replace(r"\ ", r"\s+") + (r"\w*" if word.endswith("*") else "")
        for word in sorted(words, key=len, reverse=True)
    )
    return re.compile(rf"\b(?:{joined})\b", re.IGNORECASE)
