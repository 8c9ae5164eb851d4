"""Which of the choices somebody was given they take. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.understanding.words import telling_words

CHOICES_MAX = 4
_NUMBER = re.compile(
    r"(?:number|no\.?|option|choice|the)?\s*#?(\d)[.)!]?(?: (?:one|please))?", re.I
)
_ORDINALS = ("first", "second", "third", "fourth")
_WHOLE_ORDINAL = re.compile(
    r"(?:i mean |i meant |yes,? )?(?:the )?(first|second|third|fourth|last|latter|former)"
    r"(?: one)?(?:,? please)?[.!]?",
    re.I,
)
_YES = re.compile(r"(?:yes|yeah|yep|yup|right|exactly|correct|sure|that one)\b.{0,20}", re.I)
# Longer, it is a new question.
WORDS_MAX = 12


def picked(said: str, labels: Sequence[str]) -> int | None:
    """The place of the label that is meant, from 0; None where it is none of them, or several.

    >>> labels = ["Alma linen dress", "Bella linen dress"]
    >>> picked("2", labels), picked("the first one", labels), picked("bella please", labels)
    (1, 0, 1)
    >>> picked("the linen dress", labels), picked("Do you ship to Norway?", labels)
    (None, None)
    """
    text = said.strip()
    numbered = _NUMBER.fullmatch(text)
    if numbered:
        place = int(numbered[1]) - 1
        return place if 0 <= place < len(labels) else None
    ordinal = _WHOLE_ORDINAL.fullmatch(text)
    if ordinal:
        return _place_of(ordinal[1].lower(), len(labels))
    if len(labels) == 1 and _YES.fullmatch(text):
        return 0
    return _by_words(text, labels)


def _place_of(word: str, count: int) -> int | None:
    if word in ("last", "latter"):
        return count - 1
    place = 0 if word == "former" else _ORDINALS.index(word)
    return place if place < count else None


def _by_words(text: str, labels: Sequence[str]) -> int | None:
    if len(text.split()) > WORDS_MAX:
        return None
    said = set(telling_words(text))
    shared = [len(said & set(telling_words(label))) for label in labels]
    best = max(shared, default=0)
    if not best or shared.count(best) > 1:
        return None
    place = shared.index(best)
    # Half of what was said has to be of the label, or it is a question that happens to share one.
    return place if 2 * best >= len(said) else None
