"""Lists of phrases, looked up by the words of a copy so that a clean text costs next to nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from generation.guardrails.cases import Case, span_in, words_in


class Hit(NamedTuple):
    """A phrase in a text: where it stands, its words there, and what the list says it is."""

    start: int
    end: int
    words: str
    label: str


class Phrase(NamedTuple):
    """A phrase to look for; no text lacking one of the words it needs can hold it."""

    needs: frozenset[str]
    text: str
    label: str


class PhraseList:
    """Phrases to look for as whole words in folded text, whatever stands between their words.

    Only phrases all of whose words occur in a copy are searched for. Where two overlap, the longer
    one counts: “free returns” is not “free”.

    >>> found = PhraseList({"": ["act now", "now"]})
    >>> possible = found.possible(words_in("please act now"))
    >>> [hit.words for hit in found.hits("please act  now!", possible)]
    ['act  now']
    """

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        self._by_word: dict[str, list[Phrase]] = {}
        for label, listed in phrases.items():
            for text in listed:
                phrase = Phrase(words_in(text), text, label)
                # The longest word is about the rarest.
                self._by_word.setdefault(max(phrase.needs, key=len), []).append(phrase)

    @staticmethod
    def hits(folded_text: str, possible: Sequence[Phrase]) -> list[Hit]:
        """Those phrases that do stand in the text, from left to right."""
        found: list[Hit] = []
        for phrase in possible:
            for match in _pattern(phrase.text).finditer(folded_text):
                start, end = match.span()
                if not any(start < hit.end and hit.start < end for hit in found):
                    found.append(Hit(start, end, match.group(), phrase.label))
        return sorted(found)

    def places(self, case: Case) -> Iterator[tuple[str, tuple[int, int], str]]:
        """Field, span and words of every phrase in a copy."""
        possible = self.possible(case.vocabulary)
        for field, searched in case.searched.items() if possible else ():
            for hit in self.hits(searched, possible):
                yield field, span_in(case.fields[field], hit[:2], searched), hit.words

    def possible(self, vocabulary: frozenset[str]) -> list[Phrase]:
        """The phrases whose words all occur, the longest first."""
        if self._by_word.keys().isdisjoint(vocabulary):
            return []
        present = self._by_word.keys() & vocabulary
        possible = [
            phrase
            for word in present
            for phrase in self._by_word[word]
            if phrase.needs <= vocabulary
        ]
        return sorted(possible, key=lambda phrase: -len(phrase.text))


# Of thousands of phrases a process ever looks for some; compiling all takes half a second.
@cache
def _pattern(text: str) -> re.Pattern[str]:
    spaced = r"[\s.,;_-]+".join(map(re.escape, text.split()))
    return re.compile(rf"(?<![^\W_]){spaced}(?![^\W_])")


def split_phrases(listed: str) -> list[str]:
    """The phrases of a block of text with `|` and line ends between them.

    >>> split_phrases("act now|hurry\\n  at once")
    ['act now', 'hurry', 'at once']
    """
    parts = listed.replace("\n", "|").split("|")
    return [phrase.strip() for phrase in parts if phrase.strip()]
