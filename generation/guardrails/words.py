"""Words the brand never uses, and those it must."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from generation.guardrails.cases import Case, folded, span_in
from generation.guardrails.findings import Finding


def check_words(case: Case) -> Iterator[Finding]:
    """Look for banned terms as whole words, case and accents folded, and for required ones."""
    yield from _banned(case)
    yield from _required(case)


def _banned(case: Case) -> Iterator[Finding]:
    pattern = _whole_words(case.brief.banned_terms)
    if pattern is None:
        return
    for field, text in case.prose.items():
        searched = folded(text)
        for found in pattern.finditer(searched):
            message = f"The brand does not use “{found.group()}”."
            span = span_in(text, found, searched)
            yield Finding("words.banned", "block", field, span, message, "Say it in other words.")


def _required(case: Case) -> Iterator[Finding]:
    if not case.brief.required_terms:
        return
    read = folded("\n".join([*case.renderings[0].texts.values(), *case.prose.values()]))
    for term in case.brief.required_terms:
        if folded(term.strip()) not in read:
            main = "body" if "body" in case.fields else [*case.fields][-1]
            end = len(case.fields[main])
            message = f"“{term}” has to be in the copy."
            yield Finding("words.required", "block", main, (end, end), message, "Add it.")


@lru_cache(maxsize=256)
def _whole_words(terms: tuple[str, ...]) -> re.Pattern[str] | None:
    words = [re.escape(folded(term.strip())) for term in terms if term.strip()]
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)") if words else None
