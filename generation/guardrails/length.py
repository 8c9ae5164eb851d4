"""Length: measured on the rendered text with long values, in characters as a reader counts them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import regex

from generation.guardrails.cases import Case
from generation.guardrails.findings import Finding, Severity

_GRAPHEME = regex.compile(r"\X")


class Limit(NamedTuple):
    """At most `longest` characters, and what happens beyond."""

    field: str
    longest: int
    severity: Severity
    reason: str


# Tightest last: the first limit that is broken speaks.
LIMITS = (
    Limit("subject", 100, "block", "mail programs cut it off long before"),
    Limit("subject", 60, "warn", "most desktops cut it off"),
    Limit("subject", 50, "warn", "phones cut it off"),
    Limit("preheader", 200, "block", "no inbox shows that much"),
    Limit("preheader", 90, "warn", "inboxes cut it off"),
    Limit("body", 2_000, "block", "few people read on"),
    Limit("call_to_action", 40, "block", "it does not fit on a button"),
)


def check_length(case: Case) -> Iterator[Finding]:
    """Compare each field with its limits, and the subject with being one line."""
    longest = case.renderings[1].texts
    broken: set[str] = set()
    for limit in LIMITS:
        if limit.field not in case.fields or case.copy.channel != "email":
            continue
        text = longest.get(limit.field, case.fields[limit.field])
        if limit.field not in broken and len(text) > limit.longest < count_characters(text):
            broken.add(limit.field)
            yield _too_long(case, limit, count_characters(text))
    for field in ("subject", "preheader", "call_to_action"):
        if "\n" in longest.get(field, "").strip():
            place = case.fields[field].find("\n")
            message = "It is more than one line."
            yield Finding(
                "length.lines", "block", field, (place, place + 1), message, "Keep it to one line."
            )


def count_characters(text: str) -> int:
    """Characters as a reader counts them: an emoji of several code points is one.

    >>> count_characters("a👩‍👧")
    2
    """
    return len(text) if text.isascii() else len(_GRAPHEME.findall(text))


def _too_long(case: Case, limit: Limit, count: int) -> Finding:
    message = f"{count} characters with long values; beyond {limit.longest}, {limit.reason}."
    span = (0, len(case.fields[limit.field]))
    suggestion = f"Shorten it by {count - limit.longest}."
    return Finding(f"length.{limit.field}", limit.severity, limit.field, span, message, suggestion)
