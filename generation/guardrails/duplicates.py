"""Near-duplicates: copy that says the same as other copy in almost the same words."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz

from generation.briefs import Copy
from generation.guardrails.cases import Case, folded, mask_liquid
from generation.guardrails.findings import Finding, Severity

NEAR = 0.85
_WORD = re.compile(r"[^\W\d_]+")
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")


class _Profile(NamedTuple):
    words: Counter[str]
    figures: Counter[str]
    text: str


def check_duplicates(case: Case) -> Iterator[Finding]:
    """Compare with the control, with what else the cell holds, and with what was sent lately."""
    around = case.around
    if around.control is not None and is_near_duplicate(case.copy, around.control):
        message = "It says the same as the control copy: the test could not tell them apart."
        yield _finding(case, "duplicates.control", "block", message)
    if any(is_near_duplicate(case.copy, other) for other in around.siblings):
        message = "Another candidate says the same in almost the same words."
        yield _finding(case, "duplicates.sibling", "warn", message)
    if any(is_near_duplicate(case.copy, other) for other in around.recent):
        message = "The same people were sent almost the same words not long ago."
        yield _finding(case, "duplicates.recent", "warn", message)


def is_near_duplicate(one: Copy, other: Copy, *, threshold: float = NEAR) -> bool:
    """Whether two copies differ by so little that a reader would take them for one.

    Figures are compared apart: “20 %” and “25 %” are all but the same text, and not the same offer.
    Words in common decide; where they nearly do, the edits between the texts have to agree, so
    that the same words in another order count as one and a slip in each word does, too.

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
    mine, theirs = _profile(one), _profile(other)
    if mine.figures != theirs.figures:
        return False
    if word_overlap(mine.words, theirs.words) >= threshold:
        return True
    # Another spelling of most words: nothing in common by words, next to nothing by letters.
    cutoff = 100 * (1 + threshold) / 2
    return fuzz.ratio(mine.text, theirs.text, score_cutoff=cutoff) >= cutoff


def word_overlap(one: Counter[str], other: Counter[str]) -> float:
    """Words in common over the mean number of words (Dice's coefficient on multisets), 0 to 1.

    >>> word_overlap(Counter("ab"), Counter("bc"))
    0.5
    """
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


@lru_cache(maxsize=4096)
def _profile(copy: Copy) -> _Profile:
    text = folded(mask_liquid(" ".join(text for _, text in copy.texts())))
    words = _WORD.findall(text)
    return _Profile(Counter(words), Counter(_FIGURE.findall(text)), " ".join(words))


def _finding(case: Case, rule: str, severity: Severity, message: str) -> Finding:
    field = case.main_field
    span = (0, len(case.fields[field]))
    return Finding(rule, severity, field, span, message, "Say it in another way.")
