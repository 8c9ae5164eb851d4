"""Sentences of a text, for citing and for checking one at a time. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

# A full stop after these ends no sentence.
_SHORT = """
    mr mrs ms dr prof st no nr vs etc e.g i.e approx incl excl max min tel jan feb mar apr jun jul
    aug sep sept oct nov dec co inc ltd p pp fig vol u.s u.k a.m p.m
"""
_ABBREVIATIONS = frozenset(_SHORT.split())
_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s+[\"'“‘(\[]*[^\sa-z])")


def sentences_of(text: str) -> list[str]:
    """The sentences of one block, in order; together they are the block.

    >>> sentences_of("Returns are free, e.g. by mail. Write to Dr. Ek! It takes 3.5 days.")
    ['Returns are free, e.g. by mail.', 'Write to Dr. Ek!', 'It takes 3.5 days.']
    """
    return [sentence for sentence in _split(text) if sentence]


def _split(text: str) -> Iterator[str]:
    start = 0
    for found in _END.finditer(text):
        before = text[start : found.start()].rsplit(None, 1)
        last = before[-1].lower().lstrip("(\"'“‘") if before else ""
        if found.group() == "." and (last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha())):
            continue
        yield text[start : found.end()].strip()
        start = found.end()
    yield text[start:].strip()
