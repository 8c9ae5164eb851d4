"""What is never inferred about a person (GDPR, art. 9). Pure.

A word list cannot understand a text, so it errs on the side of silence: a phrase with one of these
words is never an interest, and never part of a name or portrait. Only where an expression is
plainly about something else ("retail therapy", "faith in this brand") is it let pass. The lists
are English.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from audience.sensitive_words import HARMLESS, SENSITIVE_PHRASES, SENSITIVE_WORDS
from core.errors import InputRefused

__all__ = ["SENSITIVE_WORDS", "is_sensitive", "refuse_sensitive", "sensitive_topic"]

TOPIC_NAMES = {
    "health": "somebody's health",
    "religion": "religion or belief",
    "ethnicity": "ethnic origin",
    "politics": "political opinions",
    "sexuality": "sexual orientation",
    "union": "trade-union membership",
    "genetics": "genetics",
    "biometrics": "biometrics",
}
_TOPIC_OF = {word: topic for topic, words in SENSITIVE_WORDS.items() for word in words.split()}
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def _any_of(expressions: Iterable[str]) -> re.Pattern[str]:
    # A space in a list stands for any spaces or a hyphen, so that "same sex" is "same-sex" too.
    spaced = (
        one.strip().replace(" ?", r"[\s-]*").replace(" ", r"[\s-]+")
        for one in expressions
        if one.strip()
    )
    return re.compile(rf"(?<!\w)(?:{'|'.join(spaced)})(?!\w)")


_HARMLESS = _any_of(HARMLESS.splitlines())
_PHRASES = {
    topic: _any_of(expressions.splitlines()) for topic, expressions in SENSITIVE_PHRASES.items()
}


def is_sensitive(text: str) -> bool:
    """Whether a phrase touches what must not be inferred; plurals and parts of hyphenated words
    count.

    >>> is_sensitive("maternity dress"), is_sensitive("baby bumps"), is_sensitive("wide legs")
    (True, True, False)
    >>> is_sensitive("retail therapy"), is_sensitive("therapy sessions")
    (False, True)
    """
    return sensitive_topic(text) is not None


def sensitive_topic(text: str) -> str | None:
    """Which of the topics of art. 9 a text touches, a key of `TOPIC_NAMES`; None where none.

    >>> sensitive_topic("shop steward"), sensitive_topic("black dress")
    ('union', None)
    """
    said = _HARMLESS.sub(" ", text.lower().replace("’", "'"))
    for topic, expressions in _PHRASES.items():
        if expressions.search(said):
            return topic
    found = (_topic_of(word) for word in _WORD.findall(said))
    return next((topic for topic in found if topic), None)


def refuse_sensitive(text: str, *, field: str) -> None:
    """Let nobody write down by hand what may not be inferred either.

    >>> refuse_sensitive("white jeans", field="name")

    Raises:
        InputRefused: The text touches one of the topics; it names the field and the topic.
    """
    topic = sensitive_topic(text)
    if topic:
        raise InputRefused(
            f"{field}: this seems to be about {TOPIC_NAMES[topic]}, which is never kept about "
            "people here (GDPR, art. 9). Say what they like or do instead",
            field=field,
        )


def _topic_of(word: str) -> str | None:
    return next((_TOPIC_OF[form] for form in _forms(word) if form in _TOPIC_OF), None)


def _forms(word: str) -> list[str]:
    parts = word.removesuffix("'s").split("-")
    whole = [word, word.removesuffix("'s"), *parts]
    return [form for one in whole for form in (one, *_singulars(one))]


def _singulars(word: str) -> tuple[str, ...]:
    if word.endswith("ies"):
        return (word[:-3] + "y", word[:-1])
    if word.endswith("es"):
        return (word[:-1], word[:-2])
    return (word[:-1],) if word.endswith("s") else ()
