"""Whether a sentence somebody else wrote says only what a passage says. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from assistant.answering.evidence import Evidence

# Meaning near enough to one sentence of the passage …
LIKE = 0.6
# … and enough of the sentence's own words in it: meaning alone takes “in two days” for “in ten”.
WORDS_SHARED = 0.4

_FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")
_ADDRESS = re.compile(
    r"\b[a-z][a-z0-9+.-]*:/\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|\b[\w-]+(?:\.[^\W\d_]{2,})+(?:/\S*)?",
    re.IGNORECASE,
)
# What a page would show as a link, an image, a tag or a field to fill in: no sentence needs it.
_MARKUP = re.compile(
    r"[<>{}\[\]`|\\]|&#?\w+;|\*\*|__|\b(?:javascript|data|vbscript):", re.IGNORECASE
)
# A sentence may not carry a second one along.
_JOINT = re.compile(
    r"[;:!?…]\s+|[.](?=\s)|\s[–—-]+\s|,\s+|\s+(?:and|but|so|then)\s+", re.IGNORECASE
)
CLAUSE_WORDS = 2
_WORD = re.compile(r"[^\W\d_]{3,}")
# Capitals inside a sentence: who or where is meant.
_NAME = re.compile(r"(?<=[\w,;:] )[A-ZÅÄÖÜÆØÉ][^\W\d_]+")
_NAMED = """
    one two three four five six seven eight nine ten eleven twelve twenty thirty forty fifty sixty
    hundred thousand january february april june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday free percent euro euros dollar dollars
    pound pounds always never only guarantee guaranteed every everywhere everyone everybody all any
    anywhere each worldwide most best
"""
# Words that state a fact as a figure does.
_STATING = frozenset(_NAMED.split())
_NEGATIONS = frozenset(
    ["no", "not", "never", "cannot", "without", "none", "neither", "nor", "unable", "except"]
)
_NEGATED = re.compile(r"\b\w+n['’]t\b", re.IGNORECASE)
_STOP = """
    the and for are you your our with that this from have has was were will can may they them their
    its it's what which who how when where all any out been also into than then there here just
    about would could should please
"""
_UNTELLING = frozenset(_STOP.split())


def source_of(sentence: str, vector: NDArray[np.float32], found: Sequence[Evidence]) -> int | None:
    """The chunk that says what a sentence says; None where no passage does.

    Every figure, address, name and stating word of the sentence must stand in the passage, and
    most of its words, and a word of each of its clauses; some sentence of the passage must mean the
    same, and deny as much. Markup is said by no passage.

    Args:
        sentence: What a language model wrote.
        vector: Its unit vector, shape (size,).
        found: The passages it was told to keep to.

    >>> passage = Evidence(7, False, 0.8, ("Returns are free within 30 days.",),
    ...                    np.array([[1, 0]], dtype=np.float32))
    >>> near = np.array([0.9, 0.43], dtype=np.float32)
    >>> source_of("You can make free returns within 30 days.", near, [passage])
    7
    >>> source_of("You can make free returns within 60 days.", near, [passage]) is None
    True
    """
    fitting = [
        (likeness, one.chunk_id)
        for one in found
        if _states_nothing_new(sentence, " ".join(one.sentences))
        and (likeness := _likeness(sentence, vector, one)) >= LIKE
    ]
    return max(fitting, key=lambda one: one[0])[1] if fitting else None


def _states_nothing_new(sentence: str, passage: str) -> bool:
    names = {name.lower() for name in _NAME.findall(sentence)}
    return (
        not _MARKUP.search(sentence)
        and _stated(sentence) <= _stated(passage)
        and names <= set(re.findall(r"\w+", passage.lower()))
        and _shared(sentence, passage) >= WORDS_SHARED
        and all(_shared(clause, passage) > 0 for clause in _clauses(sentence))
    )


def _clauses(sentence: str) -> list[str]:
    """Its parts that say something of their own."""
    return [part for part in _JOINT.split(sentence) if len(_telling(part)) >= CLAUSE_WORDS]


def _stated(text: str) -> set[str]:
    """Figures, addresses and stating words, each in one spelling."""
    plain = text.lower().replace("’", "'")
    figures = {figure.replace(",", ".") for figure in _FIGURE.findall(plain)}
    addresses = {address.rstrip(".,;:!?)") for address in _ADDRESS.findall(plain)}
    return figures | addresses | (set(_WORD.findall(plain)) & _STATING)


def _shared(sentence: str, passage: str) -> float:
    own, known = _telling(sentence), _telling(passage)
    return len(own & known) / len(own) if own else 1.0


def _telling(text: str) -> set[str]:
    words = _WORD.findall(text.lower())
    return {_stem(word) for word in words if word not in _UNTELLING}


def _stem(word: str) -> str:
    """Endings off, so that “returned” and “returns” meet."""
    for ending in ("ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def _likeness(sentence: str, vector: NDArray[np.float32], passage: Evidence) -> float:
    """To the nearest sentence that denies as much; -1 where none does."""
    like = passage.vectors @ vector
    agreeing = [
        float(score)
        for score, own in zip(like, passage.sentences, strict=True)
        if _denies(own) == _denies(sentence)
    ]
    return max(agreeing, default=-1.0)


def _denies(text: str) -> bool:
    words = set(re.findall(r"\w+", text.lower()))
    return bool(words & _NEGATIONS) or bool(_NEGATED.search(text))
