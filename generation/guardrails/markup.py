"""Markup: plain text, with a few harmless tags in the body of an email."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import nh3

from generation.channels import IN_HTML
from generation.guardrails.cases import Case
from generation.guardrails.findings import Finding

ALLOWED_ELEMENTS = frozenset({"a", "b", "br", "em", "i", "li", "ol", "p", "strong", "u", "ul"})
_ELEMENT = re.compile(r"<\s*/?\s*(?P<name>[a-zA-Z!?][\w:-]*)[^>]*>?")
_ACTIVE = re.compile(
    r"(?:java|vb)\s*script\s*:|data\s*:\s*(?:text|image|application)/|\bon[a-z]{3,}\s*=|\bstyle\s*="
    r"|expression\s*\(|\bsrc(?:doc|set)?\s*=|@import\b|url\s*\(",
    re.IGNORECASE,
)
# A text with none of these is only text.
_SIGNS = ("<", "&", "%3", "=", "script", "data", "expression", "@import", "url(", "url (")
_HTTPS_LINK = re.compile(r"<a\s+href=\"(?:https://[^\"<>]*|\{\{[^\"<>]*\}\})\"\s*>", re.IGNORECASE)
_VOID = re.compile(r"<br\s*/?>", re.IGNORECASE)
# A merge tag is no markup, and its quotes and angle brackets are not the sanitiser's business.
_LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_DEEPEST = 5


def check_markup(case: Case) -> Iterator[Finding]:
    """Refuse scripts, event handlers and every element that is not on the list."""
    if not any(mark in case.raw_lower for mark in _SIGNS):
        return
    for field, text in case.fields.items():
        seen = _decoded(text) if "&" in text or "%" in text else text
        refused = False
        if "<" in seen:
            for finding in _elements(case, field, seen, len(text)):
                refused = True
                yield finding
        active = _ACTIVE.search(seen)
        if active:
            message = f"“{active.group().strip()}” can run code in a mail program."
            span = active.span() if seen == text else (0, len(text))
            yield Finding("markup.active", "block", field, span, message, "Take it out.")
        elif "<" in seen and not refused and _sanitiser_objects(text):
            message = "Its markup is not sound: mail programs would each read it in their own way."
            suggestion = "Close every tag, in the order in which they were opened."
            yield Finding("markup.unsound", "block", field, (0, len(text)), message, suggestion)


def _decoded(text: str) -> str:
    """The text as a browser ends up reading it, however often it was escaped."""
    for _ in range(_DEEPEST):
        decoded = html.unescape(text)
        if decoded == text:
            break
        text = decoded
    return text.replace("%3C", "<").replace("%3c", "<") if "%3" in text else text


def _sanitiser_objects(text: str) -> bool:
    """Whether nh3, which reads HTML as browsers do, would change anything but the spelling."""
    plain = _VOID.sub("<br>", _LIQUID.sub("x", text))
    cleaned = nh3.clean(
        plain,
        tags=set(ALLOWED_ELEMENTS),
        attributes={"a": {"href"}},
        url_schemes={"https"},
        link_rel=None,
    )
    return _spelling(cleaned) != _spelling(plain)


def _spelling(text: str) -> str:
    return "".join(html.unescape(text).casefold().split())


def _elements(case: Case, field: str, text: str, length: int) -> Iterator[Finding]:
    for found in _ELEMENT.finditer(text):
        name = found["name"].lower()
        is_link = name == "a" and not found.group().startswith("</")
        is_allowed = (case.brief.channel, field) in IN_HTML and name in ALLOWED_ELEMENTS
        if is_allowed and _is_bare(found.group(), is_link=is_link):
            continue
        span = (min(found.start(), length), min(found.end(), length))
        message = f"The markup “{found.group()[:40]}” is not allowed here."
        yield Finding("markup.element", "block", field, span, message, "Write plain text.")


def _is_bare(element: str, *, is_link: bool) -> bool:
    """Without attributes; a link has its address and nothing else."""
    if is_link:
        return _HTTPS_LINK.fullmatch(element) is not None
    return re.fullmatch(r"</?\s*\w+\s*/?>", element) is not None
