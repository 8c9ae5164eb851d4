"""Runs every rule over a copy."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from generation.briefs import Brief, Copy
from generation.guardrails.cases import Case
from generation.guardrails.characters import check_characters
from generation.guardrails.facts import check_facts
from generation.guardrails.findings import Finding
from generation.guardrails.length import check_length
from generation.guardrails.markup import check_markup
from generation.guardrails.rendering import check_rendering
from generation.guardrails.spam import check_spam
from generation.guardrails.tags import check_tags
from generation.guardrails.words import check_words

LONGEST_FIELD = 20_000
RULES: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    check_tags,
    check_rendering,
    check_length,
    check_words,
    check_facts,
    check_markup,
    check_characters,
    check_spam,
)


def check(copy: Copy, brief: Brief) -> list[Finding]:
    """What is wrong with a copy, the blocking findings first. Never raises, whatever the text.

    Args:
        copy: The four texts, in Liquid.
        brief: What it was written for; its template, offer and approved claims say what is allowed.

    >>> frame = Copy("Hello", "", "See {{ url }}", "Go")
    >>> brief = Brief("k", "email", "promotion", "urgency", "plain", "Juniper", "", (), (), (),
    ...               "All", "", (), frame)
    >>> [finding.rule for finding in check(frame, brief)]
    []
    >>> [finding.message for finding in check(Copy("Hello", "", "50% off: {{ url }}", "Go"), brief)]
    ['The percentage “50%” is not in the template, the offer or the approved claims.']
    """
    oversized = [name for name, text in copy.texts() if len(text) > LONGEST_FIELD]
    if oversized:
        return [_oversized(name, copy) for name in oversized]
    case = Case(copy, brief)
    findings = [finding for rule in RULES for finding in rule(case)]
    return sorted(findings, key=lambda finding: not finding.is_blocking)


def _oversized(name: str, copy: Copy) -> Finding:
    length = len(getattr(copy, name))
    message = f"{length:,} characters; more than {LONGEST_FIELD:,} are not even read."
    return Finding("length.oversized", "block", name, (0, length), message, "Shorten it.")
