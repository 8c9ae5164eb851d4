"""Every rule by name: how grave it is, whether a person may overrule it, and what it looks at."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from generation.guardrails.findings import Severity


class Rule(NamedTuple):
    """A rule as `docs/reference/guardrails.md` lists it.

    Attributes:
        severities: What its findings can be, the gravest first.
        can_override: Whether a person with the right to do so may let it pass, giving a reason.
        looks_at: What it finds, in a phrase.
    """

    severities: tuple[Severity, ...]
    can_override: bool
    looks_at: str


_FINAL, _OPEN = False, True
_BLOCK: tuple[Severity, ...] = ("block",)
_WARN: tuple[Severity, ...] = ("warn",)
_EITHER: tuple[Severity, ...] = ("block", "warn")
_ADVICE: tuple[Severity, ...] = ("advice",)

RULEBOOK: Mapping[str, Rule] = MappingProxyType(
    {
        "tags.missing": Rule(_BLOCK, _FINAL, "a merge tag of the template that the copy lost"),
        "tags.changed": Rule(_BLOCK, _FINAL, "a merge tag with other filters or another default"),
        "tags.extra": Rule(_BLOCK, _FINAL, "a merge tag, or logic, that the template has not"),
        "tags.foreign": Rule(_BLOCK, _FINAL, "tags of other tools and template languages"),
        "tags.count": Rule(_WARN, _OPEN, "a merge tag more or less often than in the template"),
        "tags.default": Rule(_WARN, _OPEN, "a merge tag of a contact without a default"),
        "rendering.refused": Rule(
            _BLOCK, _FINAL, "Liquid that cannot be filled in, or passes a limit"
        ),
        "rendering.braces": Rule(_BLOCK, _FINAL, "braces left over after filling in"),
        "rendering.empty": Rule(_BLOCK, _FINAL, "a field that is empty for some contact"),
        "rendering.gap": Rule(
            _BLOCK, _FINAL, "“Hi ,”, double spaces, empty brackets for some contact"
        ),
        "length.oversized": Rule(_BLOCK, _FINAL, "a field of more than 20,000 characters"),
        "length.subject": Rule(_EITHER, _OPEN, "email subject: 50 and 60 warn, 100 blocks"),
        "length.preheader": Rule(_EITHER, _OPEN, "email preheader: 90 warns, 200 blocks"),
        "length.body": Rule(
            _EITHER, _OPEN, "email body: 2,000 blocks; push body: 178 warns, 240 blocks"
        ),
        "length.call_to_action": Rule(_BLOCK, _OPEN, "button: 40 blocks"),
        "length.title": Rule(_EITHER, _OPEN, "push title: 50 warns, 65 blocks"),
        "length.headline": Rule(
            _EITHER, _OPEN, "ad: 30 warns, 60 blocks; banner: 40 warns, 60 blocks"
        ),
        "length.description": Rule(_EITHER, _OPEN, "ad: 90 warns, 180 blocks"),
        "length.text": Rule(_EITHER, _OPEN, "banner: 100 warns, 200 blocks"),
        "length.sms": Rule(
            _EITHER, _OPEN, "SMS: more than 2 messages warn, 10 messages or 1,600 characters block"
        ),
        "length.encoding": Rule(_WARN, _OPEN, "SMS: characters that leave 70 of 160 per message"),
        "length.lines": Rule(_BLOCK, _FINAL, "a line break where one line is meant"),
        "length.bytes": Rule(_BLOCK, _FINAL, "subject over 998 bytes, push over 3,800"),
        "words.banned": Rule(
            _BLOCK,
            _OPEN,
            "banned terms, accents and case folded, with endings; `term*` takes any ending",
        ),
        "words.near": Rule(_WARN, _OPEN, "words one slip or disguise away from a banned term"),
        "words.required": Rule(_BLOCK, _OPEN, "required terms that are missing"),
        "facts.percent": Rule(_BLOCK, _OPEN, "percentages"),
        "facts.money": Rule(_BLOCK, _OPEN, "amounts of money"),
        "facts.number": Rule(_BLOCK, _OPEN, "any other figure"),
        "facts.amount": Rule(
            _BLOCK, _OPEN, "quantities in words: “half price”, “thousands”, “fifty percent”"
        ),
        "facts.date": Rule(_BLOCK, _OPEN, "dates and days"),
        "facts.deadline": Rule(_BLOCK, _OPEN, "deadlines and scarcity"),
        "facts.code": Rule(_BLOCK, _OPEN, "codes"),
        "facts.claim": Rule(
            _BLOCK, _OPEN, "“free”, guarantees, superlatives, health and green claims"
        ),
        "facts.link": Rule(
            _BLOCK, _OPEN, "web addresses neither in the brief nor on an allowed domain"
        ),
        "facts.email": Rule(_BLOCK, _FINAL, "e-mail addresses"),
        "facts.phone": Rule(_BLOCK, _FINAL, "telephone numbers"),
        "urls.scheme": Rule(_BLOCK, _FINAL, "javascript:, data:, file: and the like"),
        "urls.deceptive": Rule(
            _BLOCK, _FINAL, "addresses with a name before @, bare numbers, punycode or odd letters"
        ),
        "urls.insecure": Rule(_BLOCK, _OPEN, "http in place of https"),
        "urls.shortener": Rule(_BLOCK, _OPEN, "link shorteners"),
        "urls.tracking": Rule(
            _WARN, _OPEN, "utm_ parameters of the template or the offer that were lost"
        ),
        "personal.card": Rule(_BLOCK, _FINAL, "card numbers (Luhn)"),
        "personal.iban": Rule(_BLOCK, _FINAL, "bank accounts (mod 97)"),
        "personal.secret": Rule(_BLOCK, _FINAL, "passwords, API keys, tokens"),
        "personal.name": Rule(_BLOCK, _FINAL, "names of people whose data filled the previews"),
        "markup.element": Rule(
            _BLOCK, _FINAL, "HTML elements and attributes that are not on the list"
        ),
        "markup.active": Rule(_BLOCK, _FINAL, "scripts, event handlers, styles, embedded content"),
        "markup.unsound": Rule(_BLOCK, _FINAL, "HTML that nh3 would change"),
        "characters.hidden": Rule(_BLOCK, _FINAL, "zero-width, bidi, control and blank characters"),
        "characters.mixed": Rule(_BLOCK, _OPEN, "words of two scripts"),
        "characters.lookalike": Rule(
            _BLOCK, _OPEN, "words in Cyrillic or Greek letters that look Latin"
        ),
        "characters.stacked": Rule(_BLOCK, _FINAL, "three combining marks or more in a row"),
        "characters.fancy": Rule(_BLOCK, _OPEN, "mathematical, circled and full-width letters"),
        "remnants.instruction": Rule(_BLOCK, _OPEN, "text that speaks to a model, or as one"),
        "remnants.marker": Rule(
            _BLOCK, _FINAL, "markers of prompts and chat templates, JSON, code fences"
        ),
        "remnants.placeholder": Rule(_BLOCK, _OPEN, "[Your name], TODO, undefined"),
        "remnants.encoded": Rule(_BLOCK, _FINAL, "base64, \\x and percent escapes"),
        "toxicity.insult": Rule(
            _BLOCK, _OPEN, "insults, profanity, slurs, also with signs in them"
        ),
        "toxicity.shaming": Rule(_WARN, _OPEN, "phrases that shame a body or an age"),
        "legal.opt_out": Rule(
            _BLOCK,
            _FINAL,
            "SMS: how to stop it; email, where we write the footer: the unsubscribe tag",
        ),
        "legal.sender": Rule(_BLOCK, _FINAL, "SMS: who it is from"),
        "legal.address": Rule(
            _BLOCK, _FINAL, "email, where we write the footer: the postal address"
        ),
        "legal.label": Rule(
            _EITHER, _FINAL, "the word “ad” where a country wants it (KR, CN block; DE, AT warn)"
        ),
        "language.other": Rule(
            _BLOCK, _OPEN, "another language than the brief's, by stop words or lingua"
        ),
        "duplicates.control": Rule(_BLOCK, _OPEN, "the control copy in almost the same words"),
        "duplicates.sibling": Rule(
            _WARN, _OPEN, "another candidate of the cell in almost the same words"
        ),
        "duplicates.recent": Rule(_WARN, _OPEN, "what the same people were sent lately"),
        "spam.reply": Rule(_BLOCK, _OPEN, "RE:, FW: and their like at the start"),
        "spam.marks": Rule(_EITHER, _OPEN, "!! and ?? warn, three in a row block"),
        "spam.exclamations": Rule(
            _WARN, _OPEN, "more than 1 exclamation mark in a line, 3 in a body"
        ),
        "spam.money": Rule(_BLOCK, _OPEN, "$$$"),
        "spam.capitals": Rule(
            _EITHER, _OPEN, "words in capitals warn, more than half of a field blocks"
        ),
        "spam.spaced": Rule(_BLOCK, _OPEN, "f r e e"),
        "spam.emoji": Rule(_EITHER, _OPEN, "more than 3 emoji in a field warn, more than 10 block"),
        "spam.phrase": Rule(_WARN, _OPEN, "phrases spam filters know"),
        "spam.phishing": Rule(_BLOCK, _OPEN, "“verify your account”, “you have won”"),
        "tone.sentence": Rule(_ADVICE, _OPEN, "a sentence of more than 32 words"),
        "tone.ease": Rule(_ADVICE, _OPEN, "Flesch reading ease below 45"),
        "tone.reader": Rule(_ADVICE, _OPEN, "a body that never says “you” (English)"),
    }
)


def can_override(rule: str) -> bool:
    """Whether a person may let a finding of this rule pass; never for a rule nobody knows.

    >>> can_override("facts.claim"), can_override("tags.missing"), can_override("made.up")
    (True, False, False)
    """
    known = RULEBOOK.get(rule)
    return known is not None and known.can_override
