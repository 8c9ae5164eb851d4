"""Facts: whatever can be checked must come from the template, the offer or the approved claims."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from generation.briefs import Brief
from generation.guardrails.cases import Case, mask_liquid
from generation.guardrails.findings import Finding

_MONTHS = [
    "january",
    "february",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "jan",
    "feb",
    "apr",
    "jun",
    "jul",
    "aug",
    "sep",
    "sept",
    "oct",
    "nov",
    "dec",
]
_DATES = (
    *_MONTHS,
    *["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "weekend"],
)
_DEADLINES = (
    "tonight",
    "tomorrow",
    "midnight",
    "today only",
    "ends today",
    "ends soon",
    "ends in",
    "last chance",
    "last day",
    "last days",
    "final day",
    "final days",
    "final hours",
    "final chance",
    "only a few left",
    "only few left",
    "limited time",
    "limited stock",
    "limited edition",
    "limited offer",
    "while stocks last",
    "while stock lasts",
    "while supplies last",
    "selling out",
    "selling fast",
    "almost gone",
)
_AMOUNTS = (
    "half price",
    "half off",
    "two for one",
    "three for two",
    "buy one get one",
    "bogo",
    "dozens",
    "hundreds",
    "thousands",
    "millions",
    "twice as",
    *(
        f"{count} {unit}"
        for count in [
            "five",
            "ten",
            "fifteen",
            "twenty",
            "thirty",
            "forty",
            "fifty",
            "sixty",
            "seventy",
            "eighty",
            "ninety",
            "hundred",
        ]
        for unit in ("percent", "per cent", "dollars", "euros", "pounds")
    ),
)
_CLAIMS = (
    *[
        "free",
        "freebie",
        "gratis",
        "complimentary",
        "guarantee",
        "guarantees",
        "guaranteed",
        "warranty",
        "best",
        "cure",
        "cures",
        "cured",
        "miracle",
        "lowest",
        "cheapest",
        "clinically",
        "scientifically",
        "proven",
        "certified",
        "bestseller",
        "bestsellers",
        "bestselling",
        "refund",
        "refunds",
        "unbeatable",
        "world's",
        "sale",
        "discount",
        "discounts",
        "discounted",
        "winner",
        "prize",
    ],
    "number one",
    "no 1",
    "risk free",
    "no risk",
    "award winning",
    "money back",
    "exclusive price",
    "exclusive discount",
    "exclusive deal",
    "early access",
)
_WORD = re.compile(r"[^\W\d_][\w’']*")
_PHRASES: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
for _kind, _listed in (
    ("date", _DATES),
    ("deadline", _DEADLINES),
    ("amount", _AMOUNTS),
    ("claim", _CLAIMS),
):
    for _phrase in _listed:
        _first, *_rest = _phrase.split()
        _pattern = re.compile(r"[\s.-]+".join([_first, *map(re.escape, _rest)]) + r"(?!\w)")
        _PHRASES.setdefault(_first, []).append((_kind, _pattern))
_FIGURE_OR_ADDRESS = re.compile(r"[\d@#$€£¥%]|\.\w|www|\bcode [A-Z]")
_FACT = re.compile(
    rf"""
    (?P<email>[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{2,63}})+)
    |(?P<link>https?://[^\s<>"']+|\bwww\.[^\s<>"']+
        |\b[a-z0-9-]{{1,63}}\.(?:com|net|org|io|shop|store|info|biz|ly|co\.uk|co|de)\b(?:/[^\s<>"']*)?)
    |(?P<phone>\+?\d(?:[\ ().-]{{0,2}}\d){{7,14}})
    |(?P<money>[$€£¥]\ ?\d[\d.,]*
        |\d[\d.,]*\ ?(?:[$€£¥]|usd\b|eur\b|gbp\b|dollars?\b|euros?\b|pounds?\b|cents?\b|bucks\b))
    |(?P<percent>\d[\d.,]*\ ?(?:%|percent\b|per\ cent\b))
    |(?P<date>\b(?:\d{{1,2}}(?:st|nd|rd|th)?\ (?:{"|".join(_MONTHS)}|mar|march|may)
        |(?:{"|".join(_MONTHS)}|mar|march|may)\ \d{{1,2}})\b)
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
    for field, text in case.prose.items():
        for kind, token, span in facts_in(text):
            if (kind, token) not in allowed:
                yield _finding(field, kind, span, text)


def facts_in(text: str) -> Iterator[tuple[str, str, tuple[int, int]]]:
    """Every statement of a text that could be checked: its kind, its normal form, its span.

    >>> [fact[:2] for fact in facts_in("Save 20 percent, free of charge")]
    [('percent', '%20'), ('claim', 'free')]
    """
    searched = text if text.isascii() else unicodedata.normalize("NFKC", text)
    for found in _facts(searched):
        kind, span = found
        token = _normal(kind, searched[span[0] : span[1]])
        yield kind, token, span if len(searched) == len(text) else (0, len(text))


def _facts(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    if _FIGURE_OR_ADDRESS.search(text):
        for found in _FACT.finditer(text):
            yield found.lastgroup or "", found.span()
    lowered = text.lower()
    if not _PHRASES.keys().isdisjoint(_WORD.findall(lowered)):
        yield from _phrases(lowered)


def _phrases(lowered: str) -> Iterator[tuple[str, tuple[int, int]]]:
    for word in _WORD.finditer(lowered):
        for kind, pattern in _PHRASES.get(word.group(), ()):
            found = pattern.match(lowered, word.start())
            if found:
                yield kind, found.span()
                break


@lru_cache(maxsize=256)
def _allowed(brief: Brief) -> frozenset[tuple[str, str]]:
    sources = [mask_liquid(text) for _, text in brief.template.texts()]
    sources += [*brief.approved_claims, *brief.required_terms, brief.brand_name]
    if brief.offer:
        sources += [brief.offer.text, brief.offer.code, brief.offer.terms, brief.offer.url]
    return frozenset((kind, token) for text in sources for kind, token, _ in facts_in(text))


def _normal(kind: str, text: str) -> str:
    token = text.casefold()
    if kind in {"percent", "money"}:
        token = _sign_first(token)
    return " ".join(token.replace("-", " ").split()).rstrip(".,;:!?)")


def _sign_first(token: str) -> str:
    for word, sign in _SIGNS:
        token = word.sub(sign, token)
    digits = token.strip("$€£¥% c.,ents")
    return token.replace(digits, "").strip(" .,") + digits


def _finding(field: str, kind: str, span: tuple[int, int], text: str) -> Finding:
    word, quoted = _WORDS.get(kind, kind), text[span[0] : span[1]]
    message = f"The {word} “{quoted}” is not in the template, the offer or the approved claims."
    suggestion = "Take it out, or have it added to the approved claims."
    return Finding(f"facts.{kind}", "block", field, span, message, suggestion)
