"""Facts: whatever can be checked must come from the template, the offer or the approved claims."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from generation.briefs import Brief
from generation.guardrails.cases import Case, mask_liquid, span_in
from generation.guardrails.findings import Finding

_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday|weekend"
_MONTHS = (
    "january|february|april|june|july|august|september|october|november|december|"
    "jan|feb|apr|jun|jul|aug|sept?|oct|nov|dec"
)
_DEADLINES = (
    r"tonight|tomorrow|midnight|today\ only|ends?\ (?:today|soon|in)|"
    r"(?:last|final)\ (?:chance|day|hours)|"
    r"only\ (?:a\ few|few|some)\ left|limited\ (?:time|stock|edition|offer)|"
    r"while\ (?:stocks?|supplies)\ last|"
    r"selling\ (?:out|fast)|almost\ gone"
)
_AMOUNTS = (
    r"half[\ -](?:price|off)|(?:two|three|buy\ one)[\ -](?:for|get)[\ -]one|bogo|"
    r"dozens|hundreds|thousands|"
    r"millions|twice\ as|"
    r"(?:ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)"
    r"[\ -]?(?:percent|per\ cent)"
)
_CLAIMS = (
    r"free|freebie|gratis|complimentary|guarante\w+|warranty|best|\#1|number\ one|no\.\ ?1|"
    r"cures?|miracle|"
    r"risk[\ -]free|no\ risk|lowest|cheapest|clinically|scientifically|proven|certified|"
    r"award[\ -]winning|"
    r"best[\ -]?sell(?:er|ers|ing)|money[\ -]back|refund|unbeatable|world'?s|"
    r"exclusive\ (?:price|discount|deal)|"
    r"early\ access|sale|discounts?|save\ up|winner|prize"
)
_FACT = re.compile(
    rf"""
    (?P<email>[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{2,63}})+)
    |(?P<link>https?://[^\s<>"']+|\bwww\.[^\s<>"']+
        |\b[a-z0-9-]{{1,63}}\.(?:com|net|org|io|shop|store|info|biz|ly|co\.uk|co|de)\b(?:/[^\s<>"']*)?)
    |(?P<phone>\+?\d(?:[\ ().-]{{0,2}}\d){{7,14}})
    |(?P<money>[$€£¥]\ ?\d[\d.,]*
        |\d[\d.,]*\ ?(?:[$€£¥]|usd\b|eur\b|gbp\b|dollars?\b|euros?\b|pounds?\b|cents?\b|bucks\b))
    |(?P<percent>\d[\d.,]*\ ?(?:%|percent\b|per\ cent\b))
    |(?P<date>\b(?:\d{{1,2}}(?:st|nd|rd|th)?\ (?:{_MONTHS}|mar|march|may)
        |(?:{_MONTHS}|mar|march|may)\ \d{{1,2}}
        |{_MONTHS}|{_DAYS})\b)
    |(?P<deadline>\b(?:{_DEADLINES})\b)
    |(?P<amount>\b(?:{_AMOUNTS})\b)
    |(?P<claim>(?<!\w)(?:{_CLAIMS})(?!\w))
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
        searched = _plain(text)
        for found in _FACT.finditer(searched):
            kind, token = _token(found)
            if (kind, token) not in allowed:
                yield _finding(field, kind, found, span_in(text, found, searched))


@lru_cache(maxsize=256)
def _allowed(brief: Brief) -> frozenset[tuple[str, str]]:
    sources = [mask_liquid(text) for _, text in brief.template.texts()]
    sources += [*brief.approved_claims, *brief.required_terms, brief.brand_name]
    if brief.offer:
        sources += [brief.offer.text, brief.offer.code, brief.offer.terms, brief.offer.url]
    return frozenset(_token(found) for text in sources for found in _FACT.finditer(_plain(text)))


def _token(found: re.Match[str]) -> tuple[str, str]:
    kind = found.lastgroup or ""
    token = found.group().casefold()
    if kind in {"percent", "money"}:
        token = _sign_first(token)
    return kind, token.replace(" ", "").rstrip(".,;:!?)")


def _sign_first(token: str) -> str:
    for word, sign in _SIGNS:
        token = word.sub(sign, token)
    digits = token.strip("$€£¥% c.,ents")
    return token.replace(digits, "").strip(" .,") + digits


def _plain(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def _finding(field: str, kind: str, found: re.Match[str], span: tuple[int, int]) -> Finding:
    word = _WORDS.get(kind, kind)
    message = (
        f"The {word} “{found.group()}” is not in the template, the offer or the approved claims."
    )
    suggestion = "Take it out, or have it added to the approved claims."
    return Finding(f"facts.{kind}", "block", field, span, message, suggestion)
