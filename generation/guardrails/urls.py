"""Web addresses: where a click leads, and whether the address says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, urlsplit

from generation.briefs import Brief
from generation.guardrails.cases import Case
from generation.guardrails.findings import Finding, Severity
from generation.guardrails.phrases import split_phrases

_URL = re.compile(r"(?:https?|ftp)://[^\s<>\"'{}|\\^]+", re.IGNORECASE)
_SCHEME = re.compile(r"\b(?:javascript|vbscript|data|file|blob)\s*:(?=\S)", re.IGNORECASE)
_NUMERIC_HOST = re.compile(r"[\d.]+|0x[\da-f.x]+|\[.*\]")
SHORTENERS = frozenset(
    split_phrases("""
        bit.ly|t.co|goo.gl|tinyurl.com|ow.ly|is.gd|buff.ly|rebrand.ly|cutt.ly|tiny.cc|lnkd.in
        rb.gy|shorturl.at|t.ly|bl.ink|s.id|v.gd|soo.gd|clck.ru|trib.al|dlvr.it|smarturl.it|adf.ly
    """)
)


def check_urls(case: Case) -> Iterator[Finding]:
    """Look at every address written out in the copy; what merge tags fill in is the tool's."""
    if "://" not in case.raw and not _SCHEME.search(case.raw):
        return
    for field, text in case.fields.items():
        for found in _SCHEME.finditer(text):
            message = f"“{found.group()}” is no address of a web page."
            yield _finding("urls.scheme", field, found.span(), message, "Link to a page by https.")
        for found in _URL.finditer(text):
            address = found.group().rstrip(".,;:!?)")
            yield from _check(case, field, address, (found.start(), found.start() + len(address)))


def host_of(address: str) -> str:
    """The host an address leads to, in lower case; empty where it has none.

    >>> host_of("https://Shop.example:443/a")
    'shop.example'
    """
    split = _split(address)
    return (split.hostname or "").rstrip(".") if split else ""


def is_on(host: str, domains: frozenset[str]) -> bool:
    """Whether a host is one of the domains or below one.

    >>> is_on("www.shop.example", frozenset({"shop.example"}))
    True
    >>> is_on("evilshop.example", frozenset({"shop.example"}))
    False
    """
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None


def _check(case: Case, field: str, address: str, span: tuple[int, int]) -> Iterator[Finding]:
    split = _split(address)
    host = host_of(address)
    if split is None or not host:
        yield _finding("urls.deceptive", field, span, "It is no valid address.", "Take it out.")
        return
    if split.username is not None or _NUMERIC_HOST.fullmatch(host) or "xn--" in host:
        message = f"“{address[:60]}” hides where it leads."
        yield _finding("urls.deceptive", field, span, message, "Link to a page of the shop.")
    if not host.isascii():
        message = f"“{host}” has letters that can pass for others."
        yield _finding("urls.deceptive", field, span, message, "Link to a page of the shop.")
    if split.scheme.lower() != "https":
        message = f"“{address[:60]}” is not encrypted."
        yield _finding("urls.insecure", field, span, message, "Begin it with https://.")
    if is_on(host, SHORTENERS):
        message = f"“{host}” shortens links: readers and spam filters cannot see where it leads."
        yield _finding("urls.shortener", field, span, message, "Write the address in full.")
    yield from _tracking(case, field, split, span)


def _tracking(
    case: Case, field: str, split: SplitResult, span: tuple[int, int]
) -> Iterator[Finding]:
    wanted = _utm_by_page(case.brief).get((split.hostname or "", split.path), frozenset())
    missing = sorted(name for name, _ in wanted - set(parse_qsl(split.query)))
    if missing:
        message = f"The address lost {', '.join(missing)}, so its clicks are not counted."
        suggestion = "Copy the whole address from the template."
        yield _finding("urls.tracking", field, span, message, suggestion, severity="warn")


@lru_cache(maxsize=256)
def _utm_by_page(brief: Brief) -> dict[tuple[str, str], frozenset[tuple[str, str]]]:
    sources = [text for _, text in brief.template.texts()]
    sources += [brief.offer.url] if brief.offer else []
    pages: dict[tuple[str, str], frozenset[tuple[str, str]]] = {}
    for source in sources:
        for found in _URL.finditer(source):
            split = _split(found.group().rstrip(".,;:!?)"))
            marks = (
                [pair for pair in parse_qsl(split.query) if pair[0].startswith("utm_")]
                if split
                else []
            )
            if split and marks:
                pages[split.hostname or "", split.path] = frozenset(marks)
    return pages


def _finding(
    rule: str,
    field: str,
    span: tuple[int, int],
    message: str,
    suggestion: str,
    *,
    severity: Severity = "block",
) -> Finding:
    return Finding(rule, severity, field, span, message, suggestion)
