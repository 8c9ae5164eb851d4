"""How a person feels, in a word. Pure."""

from __future__ import annotations

HAPPY, MIXED, UNHAPPY = "happy", "mixed", "unhappy"
# What a person who corrects a mood means by the word, on the scale of sentiments.
MOODS = {HAPPY: 0.7, MIXED: 0.1, UNHAPPY: -0.5}


def mood_word(sentiment: float) -> str:
    """A sentiment from −1 to 1 in a word.

    >>> [mood_word(one) for one in (0.9, 0.0, -0.6)]
    ['happy', 'mixed', 'unhappy']
    """
    if sentiment >= 0.35:
        return HAPPY
    return UNHAPPY if sentiment <= -0.15 else MIXED
