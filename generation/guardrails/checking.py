"""Runs every rule over a copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generation.briefs import Brief, Copy
from generation.guardrails.cases import Case
from generation.guardrails.characters import check_characters
from generation.guardrails.duplicates import check_duplicates
from generation.guardrails.facts import check_facts
from generation.guardrails.findings import GRAVITY, Finding
from generation.guardrails.language import check_language
from generation.guardrails.legal import check_legal
from generation.guardrails.length import check_length
from generation.guardrails.markup import check_markup
from generation.guardrails.personal import check_personal
from generation.guardrails.remnants import check_remnants
from generation.guardrails.rendering import check_rendering
from generation.guardrails.spam import check_spam
from generation.guardrails.surroundings import NOWHERE, Surroundings
from generation.guardrails.tags import check_tags
from generation.guardrails.tone import check_tone
from generation.guardrails.toxicity import check_toxicity
from generation.guardrails.urls import check_urls
from generation.guardrails.words import check_words

LONGEST_FIELD = 20_000
RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    check_tags,
    check_rendering,
    check_length,
    check_words,
    check_facts,
    check_urls,
    check_personal,
    check_markup,
    check_characters,
    check_remnants,
    check_toxicity,
    check_legal,
    check_language,
    check_duplicates,
    check_spam,
    check_tone,
)


def check(copy: Copy, brief: Brief, around: Surroundings = NOWHERE) -> list[Finding]:
    """What is wrong with a copy, the gravest findings first. Never raises, whatever the text.

    Args:
        copy: The texts of one message, in Liquid.
        brief: What it was written for; its template, offer and approved claims say what is allowed.
        around: What the brief does not say: the company, and other copy to compare with.

    >>> frame = Copy("Hello", "", "See {{ url }}", "Go")
    >>> brief = Brief("k", "email", "promotion", "urgency", "plain", "Juniper", "", (), (), (),
    ...               "All", "", (), frame)
    >>> [finding.rule for finding in check(frame, brief)]
    []
    >>> [finding.message for finding in check(Copy("Hello", "", "50% off: {{ url }}", "Go"), brief)]
    ['The percentage “50%” is not in the template, the offer or the approved claims.']
    """
    oversized = [(name, len(text)) for name, text in copy.texts() if len(text) > LONGEST_FIELD]
    if oversized:
        return [_oversized(name, length) for name, length in oversized]
    case = Case(copy, brief, around)
    findings = [finding for rule in RULES for finding in rule(case)]
    return sorted(findings, key=lambda finding: GRAVITY[finding.severity])


def _oversized(name: str, length: int) -> Finding:
    message = f"{length:,} characters; more than {LONGEST_FIELD:,} are not even read."
    return Finding("length.oversized", "block", name, (0, length), message, "Shorten it.")
