"""Characters that are not what they seem: invisible ones, look-alikes, floods of accents."""

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
# Cyrillic and Greek letters that a reader takes for Latin ones.
_LATIN_LOOKS = frozenset("аеорсухіјѕһԁԛԝѵґкмнтвАВЕКМНОРСТУХІЈЅԌԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧονικρτυχα")
# Letters and marks that print as nothing; variation selectors beyond 16 carry hidden bytes.
_BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0\ufe00-\ufe0d\U000e0100-\U000e01ef]"
)
_MARKS_IN_A_ROW = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3,}"
)
# Letters of mathematics, circles and full width: filters read them otherwise than people.
_FANCY = re.compile(
    "[\U0001d400-\U0001d7ff\u24b6-\u24e9\U0001f130-\U0001f189\uff21-\uff3a\uff41-\uff5a]"
)
_ALPHABETS = {"ru", "uk", "bg", "sr", "mk", "be", "el"}


def check_characters(case: Case) -> Iterator[Finding]:
    """Look for invisible characters, and for words that are not what they seem."""
    if case.raw.isascii() and case.raw.replace("\n", "").isprintable():
        return
    for field, text in case.fields.items():
        yield from _hidden(field, text)
        if not text.isascii():
            yield from _mixed(case, field, text)
            yield from _dressed(field, text)


def _hidden(field: str, text: str) -> Iterator[Finding]:
    for place, char in enumerate(text):
        if char.isprintable() or char in "\n\t\r\u00a0\u202f" or _joins_emoji(text, place):
            continue
        if unicodedata.category(char) in {"Cf", "Cc", "Co", "Cs", "Cn", "Zl", "Zp"}:
            yield _hidden_finding(field, char, (place, place + 1))
            return
    blank = _BLANK.search(text)
    if blank:
        yield _hidden_finding(field, blank.group(), blank.span())


def _hidden_finding(field: str, char: str, span: tuple[int, int]) -> Finding:
    message = f"An invisible character (U+{ord(char):04X}) is hidden in the text."
    return Finding("characters.hidden", "block", field, span, message, "Type the passage anew.")


def _joins_emoji(text: str, place: int) -> bool:
    around = text[max(0, place - 2) : place] + text[place + 1 : place + 2]
    return text[place] == _JOINER and any(unicodedata.category(char) == "So" for char in around)


def _mixed(case: Case, field: str, text: str) -> Iterator[Finding]:
    for found in _WORD.finditer(text):
        word = found.group()
        if word.isascii():
            continue
        scripts = {_script(char) for char in word} - {""}
        if len(scripts) > 1:
            names = " and ".join(sorted(script.capitalize() for script in scripts))
            message = f"“{word}” mixes {names} letters that look alike."
            yield Finding(
                "characters.mixed", "block", field, found.span(), message, "Type the word anew."
            )
        elif _is_disguised(word, case.brief.language):
            message = f"“{word}” looks Latin, and is written in other letters."
            yield Finding(
                "characters.lookalike", "block", field, found.span(), message, "Type the word anew."
            )


def _is_disguised(word: str, language: str) -> bool:
    is_foreign = language.partition("-")[0] not in _ALPHABETS
    return is_foreign and len(word) > 2 and _LATIN_LOOKS.issuperset(word)


def _dressed(field: str, text: str) -> Iterator[Finding]:
    stacked = _MARKS_IN_A_ROW.search(text)
    if stacked:
        message = "Accents are piled up until the text cannot be read."
        yield Finding(
            "characters.stacked", "block", field, stacked.span(), message, "Type the word anew."
        )
    fancy = _FANCY.search(text)
    if fancy:
        message = f"“{fancy.group()}” is a symbol, not a letter: screen readers spell it out."
        yield Finding(
            "characters.fancy", "block", field, fancy.span(), message, "Use ordinary letters."
        )


def _script(char: str) -> str:
    name = unicodedata.name(char, "").partition(" ")[0]
    return name if name in _CONFUSABLE else ""
