"""Whether a sentence reads as somebody wrote it: every three words in a row are the inventory's.

The model may recombine what it has learnt, and a sentence it glues together wrongly ("Open the day
fills up"), a verb that does not agree, or news of another kind of message shows in three words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from inference.composer import short, tones
from inference.composer.angles import ANGLE_PHRASES
from inference.composer.decks import as_sentence
from inference.composer.inventory import ByTone, for_tone
from inference.composer.kinds import CALLS_TO_ACTION, INTEREST_BRIDGES, NEWS
from inference.composer.lines import SHORT_PHRASES
from inference.composer.slots import agree

Triple = tuple[str, str, str]
_LEAD = re.compile(r"^(?:\{brand\}: )?(?:\{name\}, )?")
_TAIL = re.compile(r"(?:: \{offer\})?(?: \(code \{code\}\))?$")
_BREAK = re.compile(r"(?<=[.!?])[”\"]?\s+|\n+")
_WORD = re.compile(r"\{\w+\}|[^\W\d_]+(?:['’\-][^\W\d_]+)*")
_PLACE = re.compile(r"\{([pm])[12]\}")


def reads_as_written(
    text: str, *, angle: str, kind: str, tone: str, for_anybody: bool = True
) -> bool:
    """Whether every three words of a slot text are known in its angle, kind and tone.

    >>> reads_as_written("{name}, time for {p1}", angle="urgency", kind="launch", tone="warm")
    True
    >>> reads_as_written("{name}, time is {p1}", angle="urgency", kind="launch", tone="warm")
    False
    >>> reads_as_written("Ready, set, {p1}", angle="urgency", kind="launch", tone="premium")
    False
    """
    bare = _TAIL.sub("", _LEAD.sub("", text))
    known = known_triples(angle, kind, tone, for_anybody=for_anybody)
    return known.issuperset(_triples(bare))


@lru_cache(maxsize=512)
def known_triples(angle: str, kind: str, tone: str, *, for_anybody: bool) -> frozenset[Triple]:
    """Every three words in a row of the phrases that suit an angle, a kind and a tone."""
    phrases = phrases_for(angle, kind, tone, for_anybody=for_anybody)
    return frozenset(triple for phrase in phrases for triple in _triples(phrase))


def phrases_for(
    angle: str, kind: str, tone: str, *, in_message: bool = False, for_anybody: bool = True
) -> Iterator[str]:
    """Every phrase that suits, its topic a slot or, for who has none, what they like.

    Args:
        angle: As in the request.
        kind: As in the request.
        tone: As in the request.
        in_message: Whether titles stand as sentences.
        for_anybody: Whether the segment has no topics, and phrases may speak of what it likes.
    """
    heads = frozenset(for_tone(SHORT_PHRASES[angle].heads, tone)) if in_message else frozenset()
    for phrase in _inventory(angle, kind, tone):
        phrase = as_sentence(phrase) if phrase in heads else phrase
        if "{x}" in phrase:
            yield agree(phrase, "jeans").replace("{x}", "{p1}")
            yield agree(phrase, "denim").replace("{x}", "{m1}")
            if for_anybody:
                yield agree(phrase, "denim").replace("{x}", "what you like")
        else:
            yield phrase


def _inventory(angle: str, kind: str, tone: str) -> Iterator[str]:
    full, brief = ANGLE_PHRASES[angle], SHORT_PHRASES[angle]
    by_tone: tuple[ByTone, ...] = (
        *(full.subjects, full.openers, full.turns, brief.heads, brief.lines),
        *(NEWS[kind], CALLS_TO_ACTION[kind], short.SHORT_NEWS[kind], short.MORE_CALLS[kind]),
        *(short.SHORT_GREETINGS, short.SHORT_OFFERS, *_of_any_angle()),
    )
    for phrases in by_tone:
        yield from for_tone(phrases, tone)
    yield from (*full.preheaders, *INTEREST_BRIDGES, *short.SHORT_CODES, *short.SHORT_EXPIRIES)
    yield from (*short.SHORT_PRODUCTS, *short.SHORT_LINKS, "{claim}.", "{brand}")


def _of_any_angle() -> Iterable[ByTone]:
    return (
        *(tones.GREETINGS, tones.NAMELESS_GREETINGS, tones.OFFERS, tones.RUNNING_OFFERS),
        *(tones.CODES, tones.EXPIRIES, tones.PRODUCTS, tones.LINKS, tones.FAREWELLS),
    )


def _triples(text: str) -> Iterator[Triple]:
    for sentence in _BREAK.split(text):
        found = _WORD.findall(_PLACE.sub(r"{\1}", sentence).lower())
        words = ["", *found, ""]
        yield from zip(words, words[1:], words[2:], strict=False)
