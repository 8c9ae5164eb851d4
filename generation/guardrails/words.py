"""Words the brand never uses, and those it must."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rapidfuzz.distance import OSA

from generation.guardrails.cases import Case, folded, span_in
from generation.guardrails.findings import Finding

_NEAR_LETTERS = 5  # shorter words have too many honest neighbours
_ENDINGS = r"(?:'?s|s'|es|d|ed|ing|er|est)?"
_MOST_CLEARED = 50_000
# What fingers and dodgers put in place of letters.
_LOOKS = str.maketrans("0134578@$", "oieastbas")


def check_words(case: Case) -> Iterator[Finding]:
    """Look for banned terms as whole words, in any form, and for required ones."""
    yield from _banned(case)
    yield from _near(case)
    yield from _required(case)


def _banned(case: Case) -> Iterator[Finding]:
    pattern = _any_of(case.brief.banned_terms)
    if pattern is None:
        return
    for field, searched in case.searched.items():
        for found in pattern.finditer(searched):
            message = f"The brand does not use “{found.group()}”."
            span = span_in(case.fields[field], found.span(), searched)
            yield Finding("words.banned", "block", field, span, message, "Say it in other words.")


def _near(case: Case) -> Iterator[Finding]:
    terms = _single_words(case.brief.banned_terms)
    if not terms:
        return
    cleared = _cleared(terms)
    for word in case.vocabulary - cleared:
        term = _near_term(word, terms)
        if term is None:
            cleared.add(word)
            continue
        field, span = case.locate(word)
        message = f"“{word}” is all but “{term}”, which the brand does not use."
        yield Finding("words.near", "warn", field, span, message, "Say it in other words.")


@lru_cache(maxsize=256)
def _cleared(_terms: tuple[str, ...]) -> set[str]:
    """Words that are known not to be near any of the terms: most words of most copy."""
    return _Bounded()


class _Bounded(set[str]):
    """Forgets everything before it grows too large."""

    def add(self, word: str) -> None:
        if len(self) >= _MOST_CLEARED:
            self.clear()
        super().add(word)


def _near_term(word: str, terms: tuple[str, ...]) -> str | None:
    """The banned term that a word is one slip, or a disguise, away from.

    >>> _near_term("ch3ap", ("cheap",)), _near_term("cheat", ("cheap",))
    ('cheap', None)
    """
    if len(word) < _NEAR_LETTERS or word in terms:
        return None
    plain = word.translate(_LOOKS)
    for term in terms:
        if plain == term or (
            abs(len(word) - len(term)) <= 1
            and word[0] == term[0]
            and word[-1] == term[-1]
            and OSA.distance(word, term, score_cutoff=1) <= 1
        ):
            return term
    return None


def _required(case: Case) -> Iterator[Finding]:
    if not case.brief.required_terms:
        return
    read = folded("\n".join([*case.renderings[0].texts.values(), *case.prose.values()]))
    for term in case.brief.required_terms:
        pattern = _exactly(term)
        if pattern is not None and not pattern.search(read):
            end = len(case.fields[case.main_field])
            message = f"“{term}” has to be in the copy."
            yield Finding(
                "words.required", "block", case.main_field, (end, end), message, f"Add “{term}”."
            )


@lru_cache(maxsize=1024)
def _exactly(term: str) -> re.Pattern[str] | None:
    words = folded(term).split()
    spaced = r"\s+".join(map(re.escape, words))
    return re.compile(rf"(?<!\w){spaced}(?!\w)") if words else None


@lru_cache(maxsize=256)
def _any_of(terms: tuple[str, ...]) -> re.Pattern[str] | None:
    """Any of the terms as whole words, with English endings; `cheap*` takes any ending."""
    forms = [_forms(folded(term.strip())) for term in terms if term.strip(" *")]
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)") if forms else None


def _forms(term: str) -> str:
    *start, last = term.split()
    if last.endswith("*"):
        end = re.escape(last.rstrip("*")) + r"\w*"
    elif not last[-1:].isalpha():
        end = re.escape(last)
    elif last[-1] == "y" and last[-2:-1] not in "aeiou":
        end = re.escape(last[:-1]) + r"(?:y(?:'?s|ing)?|ie[srd]|iest)"
    else:
        stem = re.escape(last)
        end = (
            stem
            + _ENDINGS
            + (f"|{re.escape(last[:-1])}(?:ing|ed|er|est)" if last[-1] == "e" else "")
        )
    spaced = "".join(re.escape(word) + r"[\s-]+" for word in start)
    return f"{spaced}(?:{end})"


@lru_cache(maxsize=256)
def _single_words(terms: tuple[str, ...]) -> tuple[str, ...]:
    words = (folded(term.strip(" *")) for term in terms)
    return tuple(word for word in words if len(word) >= _NEAR_LETTERS and word.isalpha())
