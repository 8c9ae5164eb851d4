"""Characters that are not what they seem: invisible ones, and letters of two scripts in a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from generation.guardrails.cases import Case
from generation.guardrails.findings import Finding

_WORD = re.compile(r"[^\W\d_]+")
_JOINER = "\u200d"
# Scripts that share letter shapes with another; a word of Kana and Han is ordinary Japanese.
_CONFUSABLE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU")


def check_characters(case: Case) -> Iterator[Finding]:
    """Look for control, format and private characters, and for words of mixed script."""
    for field, text in case.fields.items():
        if text.isascii() and text.replace("\n", "").isprintable():
            continue
        yield from _hidden(field, text)
        if not text.isascii():
            yield from _mixed(field, text)


def _hidden(field: str, text: str) -> Iterator[Finding]:
    for place, char in enumerate(text):
        if char.isprintable() or char in "\n\t\r\u00a0\u202f" or _joins_emoji(text, place):
            continue
        if unicodedata.category(char) in {"Cf", "Cc", "Co", "Cs", "Cn", "Zl", "Zp"}:
            message = f"An invisible character (U+{ord(char):04X}) is hidden in the text."
            yield Finding(
                "characters.hidden", "block", field, (place, place + 1), message, "Delete it."
            )


def _joins_emoji(text: str, place: int) -> bool:
    around = text[max(0, place - 2) : place] + text[place + 1 : place + 2]
    return text[place] == _JOINER and any(unicodedata.category(char) == "So" for char in around)


def _mixed(field: str, text: str) -> Iterator[Finding]:
    for found in _WORD.finditer(text):
        if found.group().isascii():
            continue
        scripts = {_script(char) for char in found.group()} - {""}
        if len(scripts) > 1:
            names = " and ".join(sorted(script.capitalize() for script in scripts))
            message = f"“{found.group()}” mixes {names} letters that look alike."
            yield Finding(
                "characters.mixed", "block", field, found.span(), message, "Type the word anew."
            )


def _script(char: str) -> str:
    name = unicodedata.name(char, "").partition(" ")[0]
    return name if name in _CONFUSABLE else ""
