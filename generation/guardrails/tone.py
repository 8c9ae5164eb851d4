"""Tone and readability: advice, never a gate.

Syllables are counted as groups of vowels. Hyphenation (pyphen's dictionaries) was not taken: it
counts where a word may be broken, which leaves out one- and two-letter ends, and English by some
one syllable in five.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from generation.guardrails.cases import Case
from generation.guardrails.findings import Finding

_SENTENCE_END = re.compile(r"[.!?…]+(?=\s|$)|\n{2,}")
_ENDS = str.maketrans("!?…\n", "....")
_LONG_STRETCH = 130
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_VOWELS = re.compile(r"[aeiouyàâäáåæèéêëíìîïóòôöøœúùûü]+", re.IGNORECASE)
_YOU = frozenset(
    ["you", "your", "yours", "you're", "you'll", "you've", "yourself", "we", "us", "our", "let's"]
)
# Share of the difficulty that words of many syllables make, by language (Flesch; Amstad).
_FLESCH = {"en": (206.835, 1.015, 84.6), "de": (180.0, 1.0, 58.5)}
_HARD, _FEWEST_WORDS, _LONG_SENTENCE = 45.0, 30, 32


def check_tone(case: Case) -> Iterator[Finding]:
    """Look at sentence length, reading ease, and whether the reader is spoken to."""
    field = case.main_field
    text = case.prose[field]
    longest = _longest_sentence(text)
    if longest and longest[1] > _LONG_SENTENCE:
        message = f"A sentence of {longest[1]} words is hard to follow."
        yield Finding("tone.sentence", "advice", field, longest[0], message, "Make two of it.")
    language = case.brief.language.partition("-")[0].lower()
    if language in _FLESCH and _may_be_hard(text) and reading_ease(text, language) < _HARD:
        message = "It reads like a contract (Flesch reading ease below 45)."
        yield _whole(case, "tone.ease", message, "Use shorter words and sentences.")
    if language == "en" and len(text) > 150 and _YOU.isdisjoint(case.vocabulary):
        message = "It never speaks to the reader."
        yield _whole(case, "tone.reader", message, "Say “you”.")


def _longest_sentence(text: str) -> tuple[tuple[int, int], int] | None:
    """Span and number of words; None where none can be long."""
    # A long sentence is at least that long: most texts need no counting.
    if max(map(len, text.translate(_ENDS).split("."))) < _LONG_STRETCH:
        return None
    start, longest = 0, None
    ends = [*(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]
    for end in ends:
        words = len(text[start:end].split())
        if longest is None or words > longest[1]:
            longest = (start, end), words
        start = end
    return longest


def _may_be_hard(text: str) -> bool:
    """Whether words or sentences are long enough for the slow count to be worth it."""
    words = text.count(" ") + text.count("\n") + 1
    sentences = text.count(".") + text.count("!") + text.count("?") + 1
    return words >= _FEWEST_WORDS and (len(text) / words > 6.0 or words / sentences > 18)


def reading_ease(text: str, language: str = "en") -> float:
    """Flesch's reading ease: about 100 is a comic, 60 plain, 30 a contract. 100 for a few words.

    >>> reading_ease("Short words are good. " * 10) > 80
    True
    """
    words = len(_WORD.findall(text))
    if words < _FEWEST_WORDS:
        return 100.0
    sentences = max(1, len(_SENTENCE_END.findall(text)))
    syllables = max(words, len(_VOWELS.findall(text)) - _silent(text, language))
    base, per_word, per_syllable = _FLESCH.get(language, _FLESCH["en"])
    return base - per_word * words / sentences - per_syllable * syllables / words


def _silent(text: str, language: str) -> int:
    """Final e's that English does not speak, about half of which stand after a single vowel."""
    return len(re.findall(r"[^aeiouy\W]e\b", text)) * 4 // 5 if language == "en" else 0


def _whole(case: Case, rule: str, message: str, suggestion: str) -> Finding:
    field = case.main_field
    return Finding(rule, "advice", field, (0, len(case.fields[field])), message, suggestion)
