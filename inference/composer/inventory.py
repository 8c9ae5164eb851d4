"""The shape of the inventory. `{x}` is what the segment cares about, plural or uncountable.

`{is|are}` agrees with it: the first word goes with what cannot be counted, the second with plurals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TONES = ("warm", "plain", "playful", "premium")
KINDS = ("recommendation", "promotion", "winback", "launch", "service")
ANY_TONE = "any"

Phrases = tuple[str, ...]
ByTone = Mapping[str, Phrases]


@dataclass(frozen=True)
class AnglePhrases:
    """What one angle says, by tone; `any` suits every tone.

    Attributes:
        subjects: Subject lines, up to about 45 characters once `{x}` is filled in.
        preheaders: The line an inbox shows after the subject.
        openers: How the body begins; the angle must be plain from here alone.
        turns: What brings the angle home, after the news.
    """

    subjects: ByTone
    preheaders: Phrases
    openers: ByTone
    turns: ByTone


@dataclass(frozen=True)
class ShortPhrases:
    """What one angle says where there is little room; `any` suits every tone.

    Attributes:
        heads: Titles, headlines and subject lines, mostly under 30 characters.
        lines: Single sentences for text messages, push messages, advertisements and banners.
    """

    heads: ByTone
    lines: ByTone


def for_tone(phrases: ByTone, tone: str) -> Phrases:
    """The phrases of a tone, and those that suit every tone.

    >>> for_tone({"any": ("a",), "warm": ("b",)}, "warm")
    ('b', 'a')
    """
    return (*phrases.get(tone, ()), *phrases.get(ANY_TONE, ()))
