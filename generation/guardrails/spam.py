"""Signals that spam filters and readers hold against a message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import regex

from generation.briefs import Brief
from generation.guardrails.cases import Case
from generation.guardrails.findings import Finding, Severity
from generation.guardrails.phrases import PhraseList, split_phrases

_REPLY = re.compile(r"\s*(?:re|fwd?|aw|wg|tr|rv)\s*:", re.IGNORECASE)
_SHOUTED = re.compile(r"[!?]{3,}")
_DOUBLED = re.compile(r"!!|\?\?")
_MONEY = re.compile(r"[$€£]{2,}")
_CAPITALS = re.compile(r"\b[A-Z]{4,}\b")
_FOUR_CAPITALS = re.compile(r"[A-Z]{4}")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_LONE_LETTERS = 3
_SPACED = re.compile(r"\b(?:[A-Za-z][ .*_-]){4,}[A-Za-z]\b")
_EMOJI = regex.compile(r"\p{Extended_Pictographic}")
_EXCLAMATIONS = 1
_BODY_EXCLAMATIONS = 3
_EMOJI_ADVISED, _EMOJI_MOST = 3, 10
_PHRASES = """
    act now|buy now|order now|click here|click below|apply now|call now|urgent|no obligation
    no strings attached|no catch|no questions asked|once in a lifetime|dear friend|dear customer
    you were selected
    cash bonus|earn money|make money|extra income|get rich|double your|risk free|this is not spam
    not spam|what are you waiting for|don't miss out|do not miss out|don't delay|do it today|hurry
    for only|lowest price|unbelievable|amazing deal|incredible deal|special promotion|100 percent
    while you sleep|final warning|act immediately|limited time only|why pay more|satisfaction
    increase sales|work from home|lose weight|weight loss|viagra|casino|crypto|bitcoin|investment
    as seen on|money making|one time only|pre approved|nigerian
"""
_PHISHING = """
    verify your account|confirm your account|your account will be|password expired|final notice
    you have won|you've won|you have been selected|you are a winner|wire transfer|your package is
    your parcel is|unpaid invoice|overdue invoice|suspicious activity
"""
_LIST = PhraseList({"": split_phrases(_PHRASES)})
_PHISHING_LIST = PhraseList({"": split_phrases(_PHISHING)})


def check_spam(case: Case) -> Iterator[Finding]:
    """Look for false replies, shouting, signs in rows, and phrases filters know."""
    first, opening = next(iter(case.prose.items()))
    reply = _REPLY.match(opening)
    if reply:
        message = "It pretends to be a reply or a forwarded message."
        yield Finding("spam.reply", "block", first, reply.span(), message, "Take it out.")
    has_money = _MONEY.search(case.raw) is not None
    is_shouting = _FOUR_CAPITALS.search(case.raw) is not None
    # Spelled out, its letters stand alone.
    is_spaced = len(case.vocabulary & _LETTERS) >= _LONE_LETTERS
    for field, text in case.prose.items():
        if "!" in text or "?" in text:
            yield from _exclamations(case, field, text)
        if has_money:
            yield from _money(field, text)
        if is_shouting:
            yield from _shouting(case, field, text)
        if is_spaced:
            yield from _spelled_out(field, text)
        if not text.isascii():
            yield from _emoji(field, text)
    yield from _phrases(case)


def _money(field: str, text: str) -> Iterator[Finding]:
    money = _MONEY.search(text)
    if money:
        message = f"“{money.group()[:20]}” is a sign of spam."
        yield Finding("spam.money", "block", field, money.span(), message, "Take it out.")


def _phrases(case: Case) -> Iterator[Finding]:
    for field, span, words in _PHISHING_LIST.places(case):
        message = f"“{words}” is how frauds write."
        yield Finding("spam.phishing", "block", field, span, message, "Say what it is about.")
    for field, span, words in _LIST.places(case):
        message = f"Spam filters know “{words}”."
        yield Finding("spam.phrase", "warn", field, span, message, "Say it in other words.")


def _exclamations(case: Case, field: str, text: str) -> Iterator[Finding]:
    found = _SHOUTED.search(text) or _DOUBLED.search(text)
    if found:
        severity: Severity = "block" if len(found.group()) > 2 else "warn"
        message = f"“{found.group()[:20]}” shouts."
        yield Finding("spam.marks", severity, field, found.span(), message, "One mark is enough.")
    most = _BODY_EXCLAMATIONS if field == case.main_field else _EXCLAMATIONS
    if text.count("!") > most:
        message = f"{text.count('!')} exclamation marks."
        yield Finding(
            "spam.exclamations", "warn", field, (0, len(text)), message, f"Keep at most {most}."
        )


def _spelled_out(field: str, text: str) -> Iterator[Finding]:
    spaced = _SPACED.search(text)
    if spaced:
        message = f"“{spaced.group()}” is spelled out to slip past a filter."
        yield Finding("spam.spaced", "block", field, spaced.span(), message, "Write it as a word.")


def _shouting(case: Case, field: str, text: str) -> Iterator[Finding]:
    given = _given(case.brief)
    words = [word for word in _CAPITALS.findall(text) if word not in given]
    if not words:
        return
    letters = sum(char.isalpha() for char in text)
    share = sum(map(len, words)) / letters
    severity: Severity = "block" if share > 0.5 and letters > 8 else "warn"
    place = text.find(words[0])
    span = (place, place + len(words[0]))
    message = f"“{words[0]}” is in capitals."
    yield Finding("spam.capitals", severity, field, span, message, "Write it in lower case.")


def _emoji(field: str, text: str) -> Iterator[Finding]:
    count = len(_EMOJI.findall(text))
    if count > _EMOJI_ADVISED:
        severity: Severity = "block" if count > _EMOJI_MOST else "warn"
        message = f"{count} emoji."
        suggestion = f"Keep at most {_EMOJI_ADVISED}."
        yield Finding("spam.emoji", severity, field, (0, len(text)), message, suggestion)


@lru_cache(maxsize=256)
def _given(brief: Brief) -> str:
    """Capitals a brief uses itself: brand, offer, SMS keywords."""
    offer = brief.offer.to_json().values() if brief.offer else ()
    return " ".join(
        [brief.brand_name, *offer, *brief.approved_claims, *brief.required_terms, "STOP"]
    )
