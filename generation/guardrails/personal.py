"""Personal data and secrets: no card, account, key or real person's name belongs in copy."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generation.guardrails.cases import Case, folded, span_in
from generation.guardrails.findings import Finding
from privacy.masking import passes_mod_97

_CARD = re.compile(r"(?<![\d.])\d(?:[ -]?\d){12,18}(?!\d)")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,4})?\b")
_SECRET = re.compile(
    r"\b(?:sk|pk|rk)_(?:live|test)_\w{8,}|\bsk-[\w-]{16,}|\bAKIA[A-Z\d]{12,}|\bgh[pousr]_\w{20,}"
    r"|\bxox[abprs]-[\w-]{10,}|\bAIza[\w-]{20,}|\beyJ[\w-]{8,}\.[\w-]{8,}|-----BEGIN [A-Z ]*KEY"
    r"|\b(?:password|passwort|api[ _-]?key|secret)\s*[:=]\s*\S{4,}",
    re.IGNORECASE,
)
_KEY_MARKS = (
    *("sk_", "pk_", "rk_", "sk-", "akia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "xox", "aiza"),
    *("eyj", "-----", "password", "passwort", "key", "secret"),
)
_LONG_TOKEN = re.compile(
    r"(?<![\w/.-])(?=[\w-]*\d)(?=[\w-]*[a-z])(?=[\w-]*[A-Z])[\w-]{24,}(?![\w/])"
)
_LONG = 24
_MANY_DIGITS = re.compile(r"\d[\d A-Z-]{11}")


def check_personal(case: Case) -> Iterator[Finding]:
    """Look for what identifies a person, or opens a door."""
    has_numbers = _MANY_DIGITS.search(case.raw) is not None
    has_keys = any(mark in case.raw_lower for mark in _KEY_MARKS)
    is_long = case.longest_word >= _LONG
    for field, text in case.prose.items():
        if has_numbers:
            yield from _numbers(field, text)
        if has_keys or is_long:
            yield from _secrets(field, text)
    for name in case.around.names:
        yield from _name(case, folded(name.strip()))


def _numbers(field: str, text: str) -> Iterator[Finding]:
    for found in _CARD.finditer(text):
        if passes_luhn(found.group()):
            message = "This looks like the number of a payment card."
            yield Finding("personal.card", "block", field, found.span(), message, "Take it out.")
    for found in _IBAN.finditer(text):
        if passes_mod_97(found.group()):
            message = "This looks like the number of a bank account."
            yield Finding("personal.iban", "block", field, found.span(), message, "Take it out.")


def _secrets(field: str, text: str) -> Iterator[Finding]:
    found = _SECRET.search(text) or _LONG_TOKEN.search(text)
    if found:
        message = "This looks like a password or a key."
        suggestion = "Take it out, and have it changed if it is real."
        yield Finding("personal.secret", "block", field, found.span(), message, suggestion)


def _name(case: Case, name: str) -> Iterator[Finding]:
    if len(name) < 3 or name.split()[0] not in case.vocabulary:
        return
    pattern = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for field, searched in case.searched.items():
        found = pattern.search(searched)
        if found:
            message = f"“{found.group()}” is the name of a person from the data."
            suggestion = "Use the merge tag of the name."
            span = span_in(case.fields[field], found.span(), searched)
            yield Finding("personal.name", "block", field, span, message, suggestion)


def passes_luhn(number: str) -> bool:
    """Whether the check digit of a card number fits.

    >>> passes_luhn("4111 1111 1111 1111"), passes_luhn("4111 1111 1111 1112")
    (True, False)
    """
    digits = [int(char) for char in reversed(number) if char.isdecimal()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return any(digits) and (sum(digits[::2]) + sum(doubled)) % 10 == 0
