"""What the law wants in a message: a way out, a sender, an address, and the word “ad”."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from generation.guardrails.cases import Case, folded
from generation.guardrails.findings import Finding, Severity
from generation.liquid import merge_tags

_SERVICE = "service"  # about an order, not an ad: no consent to withdraw
_WAY_OUT = re.compile(
    r"\bstop\b|\bunsubscribe\b|\bopt[ -]?out\b|\babmelden\b|\babbestellen\b|\bdesabonne|\bbaja\b"
    r"|\bdisiscri|\bafmelden\b|\bcancelar\b|\bavsluta\b"
)
_WAY_OUT_TAGS = ("unsubscribe", "opt_out", "preferences_url")
# Who is told that it is advertising, in which channels, in which words, and how strictly.
_LABELS: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], Severity]] = {
    "KR": (("email", "sms", "push"), ("(광고)",), "block"),
    "CN": (("email",), ("ad", "广告"), "block"),
    "DE": (("ad", "banner"), ("anzeige", "werbung"), "warn"),
    "AT": (("ad", "banner"), ("anzeige", "werbung"), "warn"),
}


def check_legal(case: Case) -> Iterator[Finding]:
    """Look for what has to stand in a message of this channel, in this country."""
    if case.brief.kind == _SERVICE:
        return
    if case.brief.channel == "sms":
        yield from _sms(case)
    elif case.brief.channel == "email" and not case.around.has_footer_from_tool:
        yield from _email(case)
    if case.around.country:
        yield from _label(case)


def _sms(case: Case) -> Iterator[Finding]:
    read = _read(case)
    if not _WAY_OUT.search(read):
        message = "It does not say how to get no more messages."
        yield _finding(case, "legal.opt_out", message, "End it with “Reply STOP to opt out”.")
    sender = case.around.sender or case.brief.brand_name
    if folded(sender) not in read:
        message = "It does not say who it is from."
        yield _finding(case, "legal.sender", message, f"Begin it with “{sender}: ”.")


def _email(case: Case) -> Iterator[Finding]:
    tags = [tag.variable for text in case.fields.values() for tag in merge_tags(text)]
    if not any(mark in tag for tag in tags for mark in _WAY_OUT_TAGS):
        message = "There is no way to unsubscribe in it."
        yield _finding(case, "legal.opt_out", message, "End it with {{ unsubscribe_url }}.")
    address = case.around.postal_address
    if address and _plain(address) not in _plain(_read(case)):
        message = "The postal address of the company is missing."
        yield _finding(case, "legal.address", message, f"End it with “{address}”.")


def _label(case: Case) -> Iterator[Finding]:
    channels, labels, severity = _LABELS.get(case.around.country.upper(), ((), (), "warn"))
    if case.brief.channel not in channels:
        return
    field, text = next(iter(case.fields.items()))
    if not folded(text).lstrip().startswith(tuple(map(folded, labels))):
        message = f"In {case.around.country.upper()} it has to begin with “{labels[-1]}”."
        yield Finding(
            "legal.label", severity, field, (0, 0), message, f"Write “{labels[-1]}” first."
        )


def _read(case: Case) -> str:
    return folded("\n".join(case.renderings[0].texts.values()))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", folded(text)))


def _finding(case: Case, rule: str, message: str, suggestion: str) -> Finding:
    end = len(case.fields[case.main_field])
    return Finding(rule, "block", case.main_field, (end, end), message, suggestion)
