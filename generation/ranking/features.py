"""What can be named about a text: the part of the score that a person can argue with.

Every feature is a number of one text alone, so that a ranking cannot change with its company.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from generation.ranking.lexicon import FUNCTION_WORDS, WORDS

_MERGE_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*|[%$€£]")
_VOWELS = re.compile(r"[aeiouy]+")
_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$|[\"'”’])")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_QUOTED = re.compile(r"[\"“”]|(?<!\w)['‘](?=\w)")
_LONG_WORD = 7
_MANY_CHARACTERS = 400


def without_tags(text: str) -> str:
    """The text as it reads without its merge tags, which stand for something else every time.

    >>> without_tags("Hi {{ first_name }}, look")
    'Hi, look'
    """
    return re.sub(r"\s+(?=[,.!?:;])", "", " ".join(_MERGE_TAG.sub(" ", text).split()))


class Reading:
    """A text with what its features share worked out once: words, sentences, cases.

    >>> Reading("You won't believe it!").lowered
    ('you', "won't", 'believe', 'it')
    """

    def __init__(self, text: str) -> None:
        self.text = without_tags(text)[:_MANY_CHARACTERS]

    @cached_property
    def words(self) -> tuple[str, ...]:
        return tuple(_WORD.findall(self.text.replace("’", "'")))

    @cached_property
    def lowered(self) -> tuple[str, ...]:
        return tuple(word.lower() for word in self.words)

    @cached_property
    def sentences(self) -> int:
        return max(1, len(_SENTENCE_END.findall(self.text + " ")))

    def share(self, wanted: Callable[[str], bool]) -> float:
        """The share of words for which `wanted` holds; 0 for a text without words."""
        return sum(map(wanted, self.words)) / max(1, len(self.words))

    def count(self, group: str) -> float:
        """How many words belong to a group of the lexicon, damped: a third mention adds little."""
        return math.sqrt(sum(word in WORDS[group] for word in self.lowered))


@dataclass(frozen=True)
class Feature:
    """One number about a text.

    Attributes:
        name: How the weights' file calls it.
        label: How it is called to a person, fit for “{label} +”.
        measure: Works it out.
    """

    name: str
    label: str
    measure: Callable[[Reading], float]


def _syllables(word: str) -> int:
    return max(1, len(_VOWELS.findall(word.lower())))


def _flesch(reading: Reading) -> float:
    """Flesch's reading ease over 100: higher is easier (Flesch 1948)."""
    words = max(1, len(reading.words))
    syllables = sum(map(_syllables, reading.words)) / words
    return (206.835 - 1.015 * words / reading.sentences - 84.6 * syllables) / 100


def _emoji(reading: Reading) -> float:
    return float(sum(unicodedata.category(char) == "So" for char in reading.text))


def _shouting(reading: Reading) -> float:
    return math.sqrt(sum(len(word) > 1 and word.isupper() for word in reading.words))


def _names(reading: Reading) -> float:
    """Capitalised words beyond the first that are no function words: names, or Title Case."""
    rest = reading.words[1:]
    return sum(word[0].isupper() and word.lower() not in FUNCTION_WORDS for word in rest) / max(
        1, len(rest)
    )


def _first_in(group: str) -> Callable[[Reading], float]:
    return lambda reading: float(bool(reading.lowered) and reading.lowered[0] in WORDS[group])


def _marks(characters: str) -> Callable[[Reading], float]:
    return lambda reading: math.sqrt(sum(reading.text.count(char) for char in characters))


def _log_length(reading: Reading) -> float:
    return math.log1p(len(reading.text))


def _too_long(reading: Reading) -> float:
    return max(0.0, len(reading.text) - 90) / 20


def _very_short(reading: Reading) -> float:
    return max(0.0, 45 - len(reading.text)) / 20


def _mean_word_length(reading: Reading) -> float:
    return sum(map(len, reading.words)) / max(1, len(reading.words))


def _variety(reading: Reading) -> float:
    return len(set(reading.lowered)) / max(1, len(reading.words))


def _last_mark(reading: Reading) -> float:
    return float(reading.text.endswith((".", "…", "...")))


_GROUPS: Mapping[str, str] = {
    "second_person": "speaks to “you”",
    "first_person": "says “I”",
    "we": "says “we”",
    "he_or_she": "about a “he” or “she”",
    "they": "about “them”",
    "pointing_this": "points with “this” or “here”",
    "pointing_that": "points with “that” or “there”",
    "it": "says “it”",
    "why": "gives or promises a reason",
    "how": "says “how”",
    "what": "says “what”",
    "when_if": "sets a scene (“when”, “if”, “after”)",
    "negation": "negation",
    "extreme": "extremes (“every”, “never”, “best”)",
    "positive": "positive words",
    "negative": "negative words",
    "surprise": "surprise words",
    "hedge": "hedging",
    "family": "family and children",
    "people": "people (“woman”, “guy”)",
    "watching": "invites to look or listen",
    "thinking": "words of thinking and telling",
    "new_and_now": "new, or now",
    "offer": "words of offers",
    "urgency": "urgency",
    "money": "money",
    "politics": "politics",
    "science": "science and facts",
    "cause": "causes and rights",
    "make_and_get": "plain verbs (“make”, “get”)",
    "interjection": "interjections",
    "vague_noun": "holds back what it is (“thing”, “something”)",
    "contrast": "contrast (“but”, “instead”)",
    "linking": "linking words",
    "articles": "articles",
}


def _grouped() -> list[Feature]:
    def measure(group: str) -> Callable[[Reading], float]:
        return lambda reading: reading.count(group)

    return [Feature(f"words_{group}", label, measure(group)) for group, label in _GROUPS.items()]


FEATURES: tuple[Feature, ...] = (
    Feature("length", "length", _log_length),
    Feature("length_beyond_90", "longer than 90 characters", _too_long),
    Feature("length_below_45", "shorter than 45 characters", _very_short),
    Feature("words", "number of words", lambda reading: math.sqrt(len(reading.words))),
    Feature("sentences", "number of sentences", lambda reading: float(min(reading.sentences, 4))),
    Feature("word_length", "long words on average", _mean_word_length),
    Feature("long_words", "share of long words", lambda r: r.share(lambda w: len(w) >= _LONG_WORD)),
    Feature("reading_ease", "ease of reading", _flesch),
    Feature("variety", "words not repeated", _variety),
    Feature(
        "function_words",
        "share of small words",
        lambda r: r.share(lambda w: w.lower() in FUNCTION_WORDS),
    ),
    Feature("names", "names or capitalised words", _names),
    Feature("shouting", "words in capitals", _shouting),
    Feature("question", "question", lambda r: float("?" in r.text)),
    Feature("exclamation", "exclamation mark", _marks("!")),
    Feature("ellipsis", "trails off (…)", lambda r: float("..." in r.text or "…" in r.text)),
    Feature("quotes", "quoted words", lambda r: math.sqrt(len(_QUOTED.findall(r.text)))),
    Feature("colon", "colon", _marks(":")),
    Feature("commas", "commas", _marks(",")),
    Feature("dash", "dash", lambda r: float(bool(re.search(r"\s[-–—]|—", r.text)))),
    Feature("brackets", "brackets", _marks("([")),
    Feature("number", "number", lambda r: math.sqrt(len(_NUMBER.findall(r.text)))),
    Feature("starts_with_number", "begins with a number", lambda r: float(r.text[:1].isdigit())),
    Feature("full_stop_at_end", "ends with a full stop", _last_mark),
    Feature("emoji", "emoji", _emoji),
    Feature(
        "past_tense", "past tense", lambda r: r.share(lambda w: len(w) > 3 and w.endswith("ed"))
    ),
    Feature(
        "ing_words", "words in -ing", lambda r: r.share(lambda w: len(w) > 4 and w.endswith("ing"))
    ),
    Feature("contractions", "contractions", lambda r: math.sqrt(sum("'" in w for w in r.words))),
    Feature("starts_this", "begins with “this”", _first_in("pointing_this")),
    Feature("starts_he_she", "begins with “he” or “she”", _first_in("he_or_she")),
    Feature("starts_when_if", "begins with “when” or “if”", _first_in("when_if")),
    Feature(
        "starts_why_how_what",
        "begins with why, how or what",
        lambda r: float(bool(r.lowered) and r.lowered[0] in {"why", "how", "what"}),
    ),
    Feature("starts_watch", "begins with an invitation to look", _first_in("watching")),
    *_grouped(),
)


def measure_texts(texts: Sequence[str]) -> NDArray[np.float64]:
    """Every feature of every text, shape (texts, features), in the order of `FEATURES`.

    >>> measure_texts(["Why?"]).shape == (1, len(FEATURES))
    True
    """
    rows = [[feature.measure(reading) for feature in FEATURES] for reading in map(Reading, texts)]
    return np.array(rows, dtype=np.float64).reshape(len(texts), len(FEATURES))
