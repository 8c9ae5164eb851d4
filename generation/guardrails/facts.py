"""Facts: whatever can be checked must come from the template, the offer or the approved claims."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from generation.briefs import Brief
from generation.guardrails.cases import Case, folded, mask_liquid, span_in, words_in
from generation.guardrails.fact_words import FACT_PHRASES, MONTHS
from generation.guardrails.findings import Finding
from generation.guardrails.phrases import Phrase
from generation.guardrails.urls import host_of, is_on

# What every figure or address holds: looked for first, since it costs little.
_SIGN = re.compile(r"[\d@#$€£¥₹%]")
_CODE = re.compile(r"[Cc]ode [A-Z]")
_DOT_INSIDE = re.compile(r"\.\w")
_FACT = re.compile(
    rf"""
    (?P<email>(?<![\w.+-])[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{2,63}})+)
    |(?P<link>https?://[^\s<>"']+|\bwww\.[^\s<>"']+
        |\b[a-z0-9-]{{1,63}}\.(?:com|net|org|io|shop|store|info|biz|ly|co\.uk|co|de)\b(?:/[^\s<>"']*)?)
    |(?P<phone>\+?\d(?:[\ ().-]{{0,2}}\d){{7,14}})
    |(?P<money>[$€£¥₹]\ ?\d[\d.,]*
        |\d[\d.,]*\ ?
            (?:[$€£¥₹]|(?:usd|eur|gbp|chf|sek|kr)\b|zł|dollars?\b|euros?\b|pounds?\b|cents?\b|bucks\b))
    |(?P<percent>\d[\d.,]*\ ?(?:%|percent\b|per\ cent\b))
    |(?P<date>\b(?:\d{{1,2}}(?:st|nd|rd|th)?\ (?:{"|".join(MONTHS)}|mar|march|may)
        |(?:{"|".join(MONTHS)}|mar|march|may)\ \d{{1,2}})\b)
    |(?P<claim>\#\ ?1\b)
    |(?P<code>\b(?=[a-z-]*\d)(?=[\d-]*[a-z])[a-z\d][a-z\d-]{{2,}}\b
        |(?<=\bcode\ )(?-i:[A-Z]{{3,}})\b)
    |(?P<number>\d+(?:[.,:/]\d+)*)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_WORDS = {
    "email": "e-mail address",
    "link": "web address",
    "phone": "telephone number",
    "money": "amount of money",
    "percent": "percentage",
    "amount": "quantity",
    "claim": "claim",
}
_SIGNS = (
    (re.compile(r"percent|per cent"), "%"),
    (re.compile(r"usd|dollars?|bucks"), "$"),
    (re.compile(r"eur(?:os?)?"), "€"),
    (re.compile(r"gbp|pounds?"), "£"),
)


def check_facts(case: Case) -> Iterator[Finding]:
    """Look for every figure, date, address, code and claim that the brief does not give."""
    allowed = _allowed(case.brief)
    possible = FACT_PHRASES.possible(case.vocabulary)
    for field, text in case.prose.items():
        for kind, token, span in facts_in(text, possible):
            if (
                (kind, token) not in allowed
                and not (kind == "link" and _is_ours(case, token))
                and not (kind == "date" and _is_interest(text, span, case.brief.interests))
            ):
                yield _finding(field, kind, span, text)


def _is_ours(case: Case, link: str) -> bool:
    """Any page of a domain that the company allows."""
    domains = case.around.domains
    return bool(domains) and is_on(host_of(_with_scheme(link)), domains)


def _is_interest(text: str, span: tuple[int, int], interests: Sequence[str]) -> bool:
    """Whether a day or a month is a word of what the readers like: “weekend bags” sets no date."""
    searched = folded(text)
    for interest in map(folded, interests):
        start = searched.find(interest, max(0, span[0] - len(interest)))
        if 0 <= start <= span[0] and span[1] <= start + len(interest) and interest.strip():
            return True
    return False


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"https://{address}"


def facts_in(
    text: str, possible: Sequence[Phrase] | None = None
) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Every statement of a text that could be checked: its kind, its normal form, its span.

    Args:
        text: Prose, its merge tags blanked out.
        possible: The phrases it may hold; worked out where not given.

    >>> [fact[:2] for fact in facts_in("Save 20 percent, free of charge")]
    [('percent', '%20'), ('claim', 'free')]
    """
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    for found in _figures(plain) if _has_sign(plain) else ():
        kind = found.lastgroup or ""
        yield kind, _normal(kind, found.group()), span_in(text, found.span(), plain)
    searched = folded(text) if possible or possible is None else ""
    if possible is None:
        possible = FACT_PHRASES.possible(words_in(searched))
    for hit in FACT_PHRASES.hits(searched, possible) if possible else ():
        yield hit.label, _normal(hit.label, hit.words), span_in(text, hit[:2], searched)


def _has_sign(text: str) -> bool:
    found = _SIGN.search(text) or _DOT_INSIDE.search(text) or _CODE.search(text)
    return found is not None


def _figures(text: str) -> Iterator[re.Match[str]]:
    """Figures and addresses, looked for in those lines only that hold a sign of one."""
    start = 0
    for line in text.split("\n"):
        if _has_sign(line):
            yield from _FACT.finditer(text, start, start + len(line))
        start += len(line) + 1


@lru_cache(maxsize=256)
def _allowed(brief: Brief) -> frozenset[tuple[str, str]]:
    sources = [mask_liquid(text) for _, text in brief.template.texts()]
    sources += [*brief.approved_claims, *brief.required_terms, brief.brand_name]
    if brief.offer:
        sources += [brief.offer.text, brief.offer.code, brief.offer.terms, brief.offer.url]
    stated = {(kind, token) for text in sources for kind, token, _ in facts_in(text)}
    if brief.offer and brief.offer.code:
        # A code of letters alone is told from a word only by “code” in front of it.
        stated.add(("code", _normal("code", brief.offer.code)))
    return frozenset(stated)


def _normal(kind: str, text: str) -> str:
    token = text.casefold()
    if kind in {"percent", "money"}:
        token = _sign_first(token)
    return " ".join(token.replace("-", " ").split()).rstrip(".,;:!?)")


def _sign_first(token: str) -> str:
    for word, sign in _SIGNS:
        token = word.sub(sign, token)
    digits = token.strip("$€£¥₹% c.,ents")
    return token.replace(digits, "").strip(" .,") + digits


def _finding(field: str, kind: str, span: tuple[int, int], text: str) -> Finding:
    word, quoted = _WORDS.get(kind, kind), text[span[0] : span[1]]
    message = f"The {word} “{quoted}” is not in the template, the offer or the approved claims."
    suggestion = f"Take “{quoted}” out, or have it added to the approved claims."
    return Finding(f"facts.{kind}", "block", field, span, message, suggestion)
