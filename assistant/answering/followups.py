"""Questions that lean on the one before. Pure."""

from __future__ import annotations

import re

# “And to Norway?” goes on with what was asked, “How long?” asks more of it, “in red?” is a part of
# it, and “it” is something that was said.
_GOES_ON = re.compile(
    r"^\s*(?:and|but|so|also|or|then|ok(?:ay)?|what about|how about|what if|same|"
    r"und|aber|oder|auch|was ist mit|et|mais|y|pero|ma|e(?= )|en|maar|och|og|oraz|a co z|mas)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"^\s*(?:(?:for )?how (?:long|much|many|often|soon)|where|when|who|why|why not|really|"
    r"which(?: one)?)\b",
    re.IGNORECASE,
)
_PART = re.compile(r"^\s*(?:in|to|for|with|without|from|by|on|as)\s", re.IGNORECASE)
_POINTERS = re.compile(
    r"\b(?:it|its|this|that|these|those|they|them|one|ones|he|she|same|other|another)\b",
    re.IGNORECASE,
)
# Here they point at nothing.
_DUMMIES = re.compile(
    r"\b(?:is it (?:possible|ok|okay|allowed|safe|true)|"
    r"(?:does|will|would) it (?:cost|take)\b.* to|"
    r"which one of|this (?:week|month|year|morning|evening)|one of (?:my|your|the)|"
    r"make it possible|no one|each other)\b",
    re.IGNORECASE,
)
# Chats are written without capitals.
_BETWEEN = re.compile(r"(?<=[.?!…])\s+")
WORDS_GOING_ON = 12
WORDS_POINTING = 8
WORDS_OF_A_PART = 4
WORDS_BARE = 3
QUESTION_MAX = 500


def rewritten(question: str, before: str) -> str:
    """What is looked for: the question, with what it leans on where it does.

    >>> rewritten("And to Norway?", "How long does delivery take?")
    'How long does delivery take? And to Norway?'
    >>> rewritten("And to Sweden?", "How long does delivery take? And to Norway?")
    'How long does delivery take? And to Sweden?'
    >>> rewritten("Can I pay by invoice when I order from Sweden?", "How long does delivery take?")
    'Can I pay by invoice when I order from Sweden?'
    """
    if not before or not leans(question):
        return question
    return f"{topic_of(before)} {question.strip()}"[-QUESTION_MAX:]


def topic_of(before: str) -> str:
    """What questions lean on: the one that stood alone, without those that leaned on it.

    >>> topic_of("How long does delivery take? And to Norway? And by express?")
    'How long does delivery take?'
    """
    said = _BETWEEN.split(before.strip())
    while len(said) > 1 and leans(said[-1]):
        said.pop()
    return " ".join(said)


def leans(question: str) -> bool:
    """Whether a question points back: it goes on, is only a part, or has a word for what was said.

    >>> [leans(one) for one in ("And to Norway?", "in red?", "How long?", "How much is it?")]
    [True, True, True, True]
    >>> [leans(one) for one in ("How long does delivery take?", "Is it possible to pay later?")]
    [False, False]
    """
    count = len(question.split())
    if count <= 2:
        return True
    if points_back(question):
        return True
    return (
        (count <= WORDS_GOING_ON and bool(_GOES_ON.search(question)))
        or (count <= WORDS_BARE and bool(_BARE.search(question)))
        or (count <= WORDS_OF_A_PART and bool(_PART.search(question)))
    )


def points_back(question: str, *, words: int = WORDS_POINTING) -> bool:
    """Whether a question of so many words at most has a word that stands for something said."""
    plain = _DUMMIES.sub(" ", question)
    return len(question.split()) <= words and bool(_POINTERS.search(plain))
