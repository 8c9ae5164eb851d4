"""Length: measured on the rendered text with long values, in the units the channel counts in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import regex

from generation.channels import MANY_LINES
from generation.guardrails.cases import Case
from generation.guardrails.findings import Finding, Severity
from generation.guardrails.sms import foreign_characters, sms_size

_GRAPHEME = regex.compile(r"\X")


class Limit(NamedTuple):
    """At most `longest` characters, and what happens beyond."""

    field: str
    longest: int
    severity: Severity
    reason: str


_BUTTON = Limit("call_to_action", 40, "block", "it does not fit on a button")
# Widest first: the first limit of a field that is broken speaks.
LIMITS: Mapping[str, tuple[Limit, ...]] = {
    "email": (
        Limit("subject", 100, "block", "mail programs cut it off long before"),
        Limit("subject", 60, "warn", "most desktops cut it off"),
        Limit("subject", 50, "warn", "phones cut it off"),
        Limit("preheader", 200, "block", "no inbox shows that much"),
        Limit("preheader", 90, "warn", "inboxes cut it off"),
        Limit("body", 2_000, "block", "few people read on"),
        _BUTTON,
    ),
    "push": (
        Limit("title", 65, "block", "no phone shows that much"),
        Limit("title", 50, "warn", "iPhones cut it off"),
        Limit("body", 240, "block", "no phone shows that much"),
        Limit("body", 178, "warn", "iPhones cut it off"),
    ),
    "ad": (
        Limit("headline", 60, "block", "ad networks refuse it"),
        Limit("headline", 30, "warn", "search ads refuse it"),
        Limit("description", 180, "block", "ad networks refuse it"),
        Limit("description", 90, "warn", "search ads refuse it"),
        _BUTTON,
    ),
    "banner": (
        Limit("headline", 60, "block", "it does not fit on a banner"),
        Limit("headline", 40, "warn", "it wraps on phones"),
        Limit("text", 200, "block", "it does not fit on a banner"),
        Limit("text", 100, "warn", "it wraps on phones"),
        _BUTTON,
    ),
}
_LINE_BYTES = 998  # RFC 5322
_PUSH_BYTES = 3_800  # of the 4,096 of a push message; the rest is its envelope
_SMS_PARTS, _SMS_CHARACTERS, _SMS_PARTS_ADVISED = 10, 1_600, 2


def check_length(case: Case) -> Iterator[Finding]:
    """Compare each field with its limits, and what stands on one line with being one line."""
    longest = case.renderings[1].texts
    yield from _characters(case, longest)
    for field, text in case.fields.items():
        if (case.brief.channel, field) not in MANY_LINES and "\n" in longest.get(field, "").strip():
            place = text.find("\n")
            message = "It is more than one line."
            yield Finding(
                "length.lines", "block", field, (place, place + 1), message, "Keep it to one line."
            )
    if case.brief.channel == "sms":
        yield from _sms(case, longest.get("text", case.fields.get("text", "")))
    yield from _bytes(case, longest)


def _characters(case: Case, longest: Mapping[str, str]) -> Iterator[Finding]:
    broken: set[str] = set()
    for limit in LIMITS.get(case.brief.channel, ()):
        text = longest.get(limit.field, case.fields.get(limit.field, ""))
        if limit.field in broken or len(text) <= limit.longest:
            continue
        count = count_characters(text)
        if count > limit.longest:
            broken.add(limit.field)
            yield _too_long(case, limit, count)


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


def _sms(case: Case, text: str) -> Iterator[Finding]:
    size, span = sms_size(text), (0, len(case.fields.get("text", "")))
    if size.parts > _SMS_PARTS or len(text) > _SMS_CHARACTERS:
        message = f"It takes {size.parts} messages; carriers take at most {_SMS_PARTS}."
        yield Finding("length.sms", "block", "text", span, message, "Shorten it.")
    elif size.parts > _SMS_PARTS_ADVISED:
        message = f"It is sent, and paid for, as {size.parts} messages ({size.encoding})."
        suggestion = f"Keep it to {_SMS_PARTS_ADVISED}."
        yield Finding("length.sms", "warn", "text", span, message, suggestion)
    odd = foreign_characters(text)
    if odd:
        message = f"“{odd[:10]}” leaves room for 70 characters a message in place of 160."
        suggestion = "Write plain quotes and dashes, and no emoji, unless you mean it."
        yield Finding("length.encoding", "warn", "text", span, message, suggestion)


def _bytes(case: Case, longest: Mapping[str, str]) -> Iterator[Finding]:
    subject = longest.get("subject", "")
    if not subject.isascii() and _size(subject) > _LINE_BYTES:
        message = f"It takes {_size(subject)} bytes; mail servers refuse more than {_LINE_BYTES}."
        span = (0, len(case.fields["subject"]))
        yield Finding("length.bytes", "block", "subject", span, message, "Use fewer emoji.")
    if case.brief.channel == "push" and _size("".join(longest.values())) > _PUSH_BYTES:
        message = f"Title and body take more than {_PUSH_BYTES:,} bytes; phones refuse that."
        span = (0, len(case.fields[case.main_field]))
        yield Finding("length.bytes", "block", case.main_field, span, message, "Use fewer emoji.")


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
