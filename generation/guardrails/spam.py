"""Signals that spam filters and readers hold against an email."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generation.guardrails.cases import Case
from generation.guardrails.findings import Finding, Severity

_REPLY = re.compile(r"\s*(?:re|fwd?|aw|wg)\s*:", re.IGNORECASE)
_SHOUTED = re.compile(r"[!?]{3,}")
_DOUBLED = re.compile(r"!!|\?\?")
_MONEY = re.compile(r"[$€£]{2,}")
_CAPITALS = re.compile(r"\b[A-Z]{4,}\b")
_SUBJECT_EXCLAMATIONS = 1
_BODY_EXCLAMATIONS = 3


def check_spam(case: Case) -> Iterator[Finding]:
    """Look for false replies, shouting, and signs in rows."""
    reply = _REPLY.match(case.prose.get("subject", ""))
    if reply:
        message = "It pretends to be a reply or a forwarded message."
        yield Finding("spam.reply", "block", "subject", reply.span(), message, "Take it out.")
    for field, text in case.prose.items():
        if "!" in text or "?" in text:
            yield from _exclamations(field, text)
        money = _MONEY.search(text)
        if money:
            message = f"“{money.group()}” is a sign of spam."
            yield Finding("spam.money", "block", field, money.span(), message, "Take it out.")
        yield from _shouting(case, field, text)


def _exclamations(field: str, text: str) -> Iterator[Finding]:
    found = _SHOUTED.search(text) or _DOUBLED.search(text)
    if found:
        severity: Severity = "block" if len(found.group()) > 2 else "warn"
        message = f"“{found.group()}” shouts."
        yield Finding("spam.marks", severity, field, found.span(), message, "One mark is enough.")
    most = _BODY_EXCLAMATIONS if field == "body" else _SUBJECT_EXCLAMATIONS
    if text.count("!") > most:
        message = f"{text.count('!')} exclamation marks."
        yield Finding(
            "spam.exclamations", "warn", field, (0, len(text)), message, f"Keep at most {most}."
        )


def _shouting(case: Case, field: str, text: str) -> Iterator[Finding]:
    words = [word for word in _CAPITALS.findall(text) if word not in _given(case)]
    if not words:
        return
    letters = sum(char.isalpha() for char in text)
    share = sum(map(len, words)) / letters
    severity: Severity = "block" if share > 0.5 and letters > 8 else "warn"
    place = text.find(words[0])
    span = (place, place + len(words[0]))
    message = f"“{words[0]}” is in capitals."
    yield Finding("spam.capitals", severity, field, span, message, "Write it in lower case.")


def _given(case: Case) -> str:
    offer = case.brief.offer
    return " ".join([case.brief.brand_name, *(offer.to_json().values() if offer else ())])
