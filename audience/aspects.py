"""What people say of fit, price, delivery and the like, and how happy they are with each. Pure.

A clause that names an aspect is judged by itself; a text's opinion of an aspect is the mean over
its clauses, a contact's view of it the mean over their texts, with how many those are and which. A
word may be a stem: `deliver*`.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from audience.word_lists import ASPECTS

LEAST_WORDS = 2
_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\s+[-–—]\s+|\n+")
_TURN = re.compile(r",?\s+(?=(?:but|however|although|though|except|yet)\b)", re.IGNORECASE)
_LISTED = re.compile(r",\s+(?:and\s+)?(?=(?:the|it|its|my|i|quality|fit|colou?r|delivery)\b)", re.I)
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Mention:
    """A clause that speaks of an aspect, by where it stands in its text."""

    aspect: str
    start: int
    end: int

    def clause(self, text: str) -> str:
        return text[self.start : self.end]


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
        read = {aspect: sorted(own) for aspect, own in words.items()}
        self._patterns = {aspect: _pattern(own) for aspect, own in read.items()}
        # Changes with what it would find.
        self.key = hashlib.sha256(repr(sorted(read.items())).encode()).hexdigest()[:16]

    def aspects(self, clause: str) -> list[str]:
        """The aspects a clause names.

        >>> Lexicon().aspects("it runs large and the colour fades")
        ['fit', 'look']
        """
        return [name for name, pattern in self._patterns.items() if pattern.search(clause)]

    def mentions(self, text: str) -> list[Mention]:
        """Every aspect of every clause of a text.

        >>> Lexicon().mentions("It is lovely. The fit is not.")
        [Mention(aspect='fit', start=14, end=29)]
        """
        return [
            Mention(aspect, start, end)
            for start, end in clause_spans(text)
            for aspect in self.aspects(text[start:end])
        ]


def clauses(text: str) -> list[str]:
    """A text in pieces of one opinion each, as far as punctuation and turns of speech tell.

    >>> clauses("Love the colour, but it runs small. Fast delivery!")
    ['Love the colour', 'but it runs small.', 'Fast delivery!']
    """
    return [text[start:end] for start, end in clause_spans(text)]


def clause_spans(text: str) -> list[tuple[int, int]]:
    """Where each of the `clauses` starts and ends."""
    parts = [(0, len(text))]
    for divider in (_SENTENCE, _TURN, _LISTED):
        parts = [piece for start, end in parts for piece in _divided(text, start, end, divider)]
    trimmed = (_trimmed(text, start, end) for start, end in parts)
    return [
        (start, end)
        for start, end in trimmed
        if len(_WORD.findall(text, start, end)) >= LEAST_WORDS
    ]


def opinions_in(mentions: Sequence[Mention], sentiments: Sequence[float]) -> dict[str, float]:
    """What one text says of each aspect it names: the mean over the clauses that do.

    Args:
        mentions: Of the text.
        sentiments: One for each, -1 to 1.
    """
    heard: dict[str, list[float]] = defaultdict(list)
    for mention, sentiment in zip(mentions, sentiments, strict=True):
        heard[mention.aspect].append(sentiment)
    return {aspect: float(np.mean(own)) for aspect, own in sorted(heard.items())}


def views(opinions: Sequence[Mapping[str, float]]) -> dict[str, View]:
    """What texts say together; each counts once for an aspect, however often it names it.

    Args:
        opinions: `opinions_in` each text of one contact.

    >>> views([{"fit": 1.0}, {}, {"fit": 0.0}])
    {'fit': View(sentiment=0.5, texts=(0, 2))}
    """
    named = sorted({aspect for own in opinions for aspect in own})
    return {
        aspect: View(
            sentiment=float(np.mean([own[aspect] for own in opinions if aspect in own])),
            texts=tuple(place for place, own in enumerate(opinions) if aspect in own),
        )
        for aspect in named
    }


def _divided(
    text: str, start: int, end: int, divider: re.Pattern[str]
) -> Iterator[tuple[int, int]]:
    for found in divider.finditer(text, start, end):
        yield start, found.start()
        start = found.end()
    yield start, end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - len(piece) + len(piece.rstrip())


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    joined = "|".join(
        re.escape(word.rstrip("*")).replace(r"\ ", r"\s+") + (r"\w*" if word.endswith("*") else "")
        for word in sorted(words, key=len, reverse=True)
    )
    return re.compile(rf"\b(?:{joined})\b", re.IGNORECASE)
