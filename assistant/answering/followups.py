"""Questions that lean on the one before. Pure."""

from __future__ import annotations

import re

# “And to Norway?” and “How much is it?” mean nothing alone.
_OPENERS = re.compile(
    r"^\s*(?:and|but|so|also|or|then|ok(?:ay)?|what about|how about|what if|why|why not|really|"
    r"for how long|how long|how much|which one|where|when|who)\b",
    re.IGNORECASE,
)
_POINTERS = re.compile(
    r"\b(?:it|its|that|this|these|those|they|them|there|one|ones|he|she|same)\b", re.IGNORECASE
)
WORDS_ALONE = 7
QUESTION_MAX = 500


def rewritten(question: str, before: str) -> str:
    """What is looked for: the question, with the one before where it leans on it.

    >>> rewritten("And to Norway?", "How long does delivery take?")
    'How long does delivery take? And to Norway?'
    >>> rewritten("Can I pay by invoice when I order from Sweden?", "How long does delivery take?")
    'Can I pay by invoice when I order from Sweden?'
    """
    if not before or not leans(question):
        return question
    return f"{before.strip()} {question.strip()}"[-QUESTION_MAX:]


def leans(question: str) -> bool:
    """Whether a question points back: short, and with a word that stands for something said."""
    words = question.split()
    if len(words) > WORDS_ALONE:
        return False
    return len(words) <= 2 or bool(_OPENERS.search(question) or _POINTERS.search(question))
