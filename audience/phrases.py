"""What people talk about: phrases of one or two words, and which of them set a group apart. Pure.

The weight is class-based TF-IDF (Grootendorst, 2022, arXiv 2203.05794, eq. 3): for phrase t in
class c, W = tf(t, c) / A(c) * ln(1 + A / f(t)), where f(t) is how many texts of everybody's hold t,
A how many texts there are, and A(c) how many in c. Texts count, not mentions, so that one person's
litany weighs one.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from audience.sensitive import is_sensitive
from audience.word_lists import (
    AFTER_VERBS,
    ALWAYS_PLURAL,
    DESCRIPTIONS,
    KEPT_PLURAL,
    NOT_ADVERBS,
    OPINIONS,
    STOP_WORDS,
    TOO_BROAD_ALONE,
    VERBS,
)

PIECE = re.compile(r"\[\w+\]|[^\W\d_]+(?:['’-][^\W\d_]+)*|[^\s\w]|\d+")
_LONGEST_WORD = 24
_UNNAMED = STOP_WORDS | VERBS | OPINIONS
_ES_AFTER = ("ss", "sh", "ch", "x", "zz")


@dataclass(frozen=True, slots=True)
class WeightedPhrase:
    """A phrase, how strongly it sets its class apart, which share of its texts hold it, and how
    many times that of everybody else's; 0 where that was not asked.
    """

    phrase: str
    weight: float
    share: float
    lift: float = 0.0


@dataclass(frozen=True, slots=True)
class Background:
    """How many of everybody's texts hold each phrase: what a class is compared with."""

    texts: int
    holding: Counter[str]

    @classmethod
    def of(cls, texts: Iterable[Iterable[str]]) -> Background:
        """Count from the phrases of each text."""
        holding: Counter[str] = Counter()
        total = 0
        for phrases in texts:
            holding.update(set(phrases))
            total += 1
        return cls(texts=total, holding=holding)

    def rarity(self, phrase: str) -> float:
        return math.log1p(self.texts / max(1, self.holding[phrase]))


def phrases(text: str) -> list[str]:
    """Every phrase of a text, in reading order, repeats included.

    A phrase is one or two neighbouring words that name a thing: the second may not be a
    description, and neither may be a verb, an opinion or a filler. No list holds every verb, so
    what follows is asked too: what breathes *well* or creases *a little* is doing, not named.
    Nothing that touches a sensitive trait is returned.

    >>> phrases("I love these soft sweaters, the petite fit is great on short legs!")
    ['soft sweater', 'sweater', 'petite fit', 'short leg']
    >>> phrases("The vest breathes well and the linen creases a little.")
    ['vest', 'linen']
    """
    return list(_phrases(text))


def _phrases(text: str) -> Iterator[str]:
    before = ""
    pieces = PIECE.findall(text.lower())
    for piece, after in zip(pieces, [*pieces[1:], ""], strict=True):
        word = "" if _is_doing(after) else content_word(piece)
        if word and word not in DESCRIPTIONS:
            pair = f"{before} {word}"
            if before and before != word and _is_a_pair(before, word) and not _is_taboo(pair):
                yield pair
            if word not in TOO_BROAD_ALONE:
                yield word
        before = word


def _is_doing(after: str) -> bool:
    """Whether a word that is followed by this one does something, rather than is something."""
    return after in AFTER_VERBS or (after.endswith("ly") and after not in NOT_ADVERBS)


def _is_a_pair(before: str, word: str) -> bool:
    # "The dress fit": a verb, unless something describes it ("petite fit").
    return word != "fit" or before in DESCRIPTIONS


_is_taboo = lru_cache(maxsize=50_000)(is_sensitive)


@lru_cache(maxsize=50_000)
def content_word(piece: str) -> str:
    """The word in its singular, or nothing where a phrase cannot run on."""
    word = piece.replace("’", "'").removesuffix("'s")
    if is_sensitive(word):
        return ""
    if not (3 <= len(word) <= _LONGEST_WORD) or not word[0].isalpha():
        return ""
    one = singular(word)
    is_adverb = word.endswith("ly") and word not in NOT_ADVERBS
    return "" if is_adverb or _UNNAMED.intersection((word, one)) else one


def singular(word: str) -> str:
    """The form of a noun that is counted: its singular, or the plural of what comes in pairs.

    >>> [singular(word) for word in ("dresses", "bodies", "sleeves", "jeans", "dress", "boxes")]
    ['dress', 'body', 'sleeve', 'jeans', 'dress', 'box']
    """
    if word in ALWAYS_PLURAL:
        return word + "s"
    if word in KEPT_PLURAL or len(word) < 4 or not word.endswith("s") or word.endswith("ss"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("es") and word[:-2].endswith(_ES_AFTER):
        return word[:-2]
    return word if word.endswith(("us", "is")) else word[:-1]


def distinctive_phrases(
    texts: Iterable[Iterable[str]], background: Background, *, limit: int, least_texts: int = 1
) -> list[WeightedPhrase]:
    """The phrases that set a class's texts apart from everybody's, strongest first.

    Args:
        texts: The phrases of each of the class's texts.
        background: Counts over everybody's texts; the newest may not be among them yet.
        limit: Most phrases to return.
        least_texts: Texts, of everybody's or own, that must hold a phrase before it is believed.

    Returns:
        At most `limit` phrases, none of which is part of another one returned.
    """
    own = Background.of(texts)
    if not own.texts:
        return []
    ranked = sorted(
        (
            WeightedPhrase(phrase, count / own.texts * background.rarity(phrase), count / own.texts)
            for phrase, count in own.holding.items()
            if max(count, background.holding[phrase]) >= least_texts
        ),
        # Of phrases that weigh the same, the longer says more.
        key=lambda found: (-found.weight, -len(found.phrase.split()), found.phrase),
    )
    return without_overlap(ranked, limit=limit)


def without_overlap(ranked: Iterable[WeightedPhrase], *, limit: int) -> list[WeightedPhrase]:
    """The first `limit` phrases, leaving out one that shares a word with a stronger one."""
    kept: list[WeightedPhrase] = []
    words_said: set[str] = set()
    for found in ranked:
        words = set(found.phrase.split())
        if words & words_said:
            continue
        kept.append(found)
        words_said |= words
        if len(kept) == limit:
            break
    return kept
