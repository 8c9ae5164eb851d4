"""Near-duplicates: candidates of one brief that say the same in almost the same words."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from generation.briefs import Copy
from generation.guardrails.cases import folded, mask_liquid

NEAR = 0.85
_WORD = re.compile(r"[^\W\d_]+")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


def is_near_duplicate(one: Copy, other: Copy, *, threshold: float = NEAR) -> bool:
    """Whether two copies differ by so little that a reader would take them for one.

    Figures are compared apart: “20 %” and “25 %” are all but the same text, and not the same offer.

    Args:
        one: A copy.
        other: Another one.
        threshold: The share of words in common from which they count as one, 0 to 1.

    >>> first = Copy("Hello", "", "Twenty fine words about linen", "Go")
    >>> is_near_duplicate(first, Copy("Hello", "", "Twenty fine words about linen!", "Go"))
    True
    >>> is_near_duplicate(first, Copy("Hello", "", "Something else entirely", "Go"))
    False
    """
    mine, theirs = _words(one), _words(other)
    if _figures(one) != _figures(other):
        return False
    return word_overlap(mine, theirs) >= threshold


def word_overlap(one: Counter[str], other: Counter[str]) -> float:
    """Words in common over the mean number of words (Dice's coefficient on multisets), 0 to 1.

    >>> word_overlap(Counter("ab"), Counter("bc"))
    0.5
    """
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def _text(copy: Copy) -> str:
    return mask_liquid(" ".join(text for _, text in copy.texts()))


@lru_cache(maxsize=1024)
def _words(copy: Copy) -> Counter[str]:
    return Counter(_WORD.findall(folded(_text(copy))))


def _figures(copy: Copy) -> Counter[str]:
    return Counter(_FIGURE.findall(_text(copy)))
