"""Markup: plain text, with a few harmless tags in the body."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from generation.guardrails.cases import Case
from generation.guardrails.findings import Finding

ALLOWED_ELEMENTS = frozenset({"a", "b", "br", "em", "i", "li", "ol", "p", "strong", "u", "ul"})
_ELEMENT = re.compile(r"<\s*/?\s*(?P<name>[a-zA-Z!?][\w:-]*)[^>]*>?")
_ACTIVE = re.compile(
    r"(?:java|vb)\s*script\s*:|data\s*:\s*text/html|\bon[a-z]{3,}\s*=|\bstyle\s*=|expression\s*\(",
    re.IGNORECASE,
)
_HTTPS_LINK = re.compile(r"<a\s+href=\"(?:https://[^\"<>]*|\{\{[^\"<>]*\}\})\"\s*>", re.IGNORECASE)


def check_markup(case: Case) -> Iterator[Finding]:
    """Refuse scripts, event handlers and every element that is not on the list."""
    for field, text in case.fields.items():
        seen = html.unescape(text) if "&" in text else text
        if "<" in seen:
            yield from _elements(field, seen, len(text))
        active = _ACTIVE.search(seen) if _may_be_active(seen) else None
        if active:
            message = f"“{active.group().strip()}” can run code in a mail program."
            span = active.span() if seen == text else (0, len(text))
            yield Finding("markup.active", "block", field, span, message, "Take it out.")


def _may_be_active(text: str) -> bool:
    """A cheap look, so that the costly pattern runs on few texts."""
    lowered = text.lower()
    return "=" in text or any(word in lowered for word in ("script", "text/html", "expression"))


def _elements(field: str, text: str, length: int) -> Iterator[Finding]:
    for found in _ELEMENT.finditer(text):
        name = found["name"].lower()
        is_link = name == "a" and not found.group().startswith("</")
        is_allowed = field == "body" and name in ALLOWED_ELEMENTS
        if is_allowed and (not is_link or _HTTPS_LINK.fullmatch(found.group())):
            continue
        span = (min(found.start(), length), min(found.end(), length))
        message = f"The markup “{found.group()[:40]}” is not allowed here."
        yield Finding("markup.element", "block", field, span, message, "Write plain text.")
