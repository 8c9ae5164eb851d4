"""Remnants: words meant for a model, or left by one, and placeholders nobody filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generation.guardrails.cases import Case
from generation.guardrails.findings import Finding
from generation.guardrails.phrases import PhraseList, split_phrases

_VERBS = ("ignore", "disregard", "forget", "override", "bypass")
_WHICH = """
    all|any|the|your|all the|all your|all of the|these|previous|prior|all previous|any previous
    the previous|your previous|all prior|the above|earlier|all earlier|all of your
"""
_WHAT = """
    instructions|instruction|rules|prompts|prompt|guidelines|directions|constraints|guardrails
"""
_TO_A_MODEL = [
    f"{verb} {which} {what}"
    for verb in _VERBS
    for which in split_phrases(_WHICH)
    for what in split_phrases(_WHAT)
]
_OF_A_MODEL = """
    as an ai|as a language model|i am an ai|i'm an ai|language model|ai assistant|system prompt
    system message|developer message|developer mode|jailbreak|do anything now|you are chatgpt
    you are now a|you are now in|you are now an|you must now|from now on you|new instructions
    updated instructions|real instructions|hidden instructions|secret instructions
    your instructions|follow these instructions|instead write|instead output|instead say
    output only|respond only|respond with|reply only with|print the prompt|reveal the prompt
    reveal your|repeat the prompt|repeat the text above|ignore the above|ignore everything above
    disregard the above|forget everything|forget the above|here is the email|here is the variant
    here is your email|here's the email|here's a variant|sure here is|certainly here is
    i cannot fulfill|i can't help with|i cannot help with|i'm sorry but i|note to the model
    note to the ai|to the ai|dear ai|dear model|attention ai|end of data|end of prompt
    end of instructions|begin system|begin prompt|the brief says|insert name here
    insert link here|lorem ipsum|ignorieren sie alle|ignoriere alle|vergiss alle|ignorez toutes
    ignore todas|ignora todas|ignora tutte
"""
_LIST = PhraseList({"": [*_TO_A_MODEL, *split_phrases(_OF_A_MODEL)]})
_MARKERS = re.compile(
    r"</?\s*data\s*>|<\|[\w ]{1,30}\|>|\[/?INST\]|<</?SYS>>|</?s>"
    r"|</?(?:system|assistant|user|prompt|instructions?|im_start|im_end)\s*>"
    r"|^\s*(?:system|assistant|user|human|ai)\s*:\s"
    r"|#{2,}\s*(?:instruction|system|response|end)|```|\\u00[0-9a-f]{2}|\{\s*\"\w+\"\s*:"
    r"|\"(?:subject|preheader|body|call_to_action|text|title|headline)\"\s*:"
    r"|\bBEGIN (?:SYSTEM|PROMPT)",
    re.IGNORECASE | re.MULTILINE,
)
# One of them stands in every text that holds a marker.
_MARKS = (
    "<",
    "[",
    "system",
    "assistant",
    "user",
    "human",
    "ai:",
    "ai :",
    "##",
    "```",
    "\\u00",
    '"',
)
_PLACEHOLDER = re.compile(
    r"\[(?:your|insert|first|last|name|brand|company|link|url|date|product|city|x+|\.{3})\b"
    r"[^\]\n]{0,40}\]|\((?:insert|link here|url here)[^)\n]{0,40}\)"
    r"|<(?:name|insert|link|url|your)[^<>\n]{0,40}>"
    r"|\bTODO\b|\bTBD\b|\bXXX+\b|\bFIXME\b|\bundefined\b|\bNaN\b|\bNone,|\bnull\b",
    re.IGNORECASE,
)
_BLANKS = frozenset(["todo", "tbd", "xxx", "xxxx", "fixme", "undefined", "nan", "none", "null"])
_LONG = re.compile(r"[A-Za-z0-9+/]{40}")
_ENCODED = re.compile(
    r"(?<![\w/+=])(?=[a-zA-Z+/]*\d)(?=[a-z\d+/]*[A-Z])[A-Za-z0-9+/]{40,}={0,2}(?![\w/+=])|(?:\\x[0-9a-f]{2}){3,}"
    r"|(?:%[0-9a-f]{2}){4,}",
    re.IGNORECASE,
)


def check_remnants(case: Case) -> Iterator[Finding]:
    """Look for text that speaks to a model or as one, for its markers, and for blanks."""
    for field, span, words in _LIST.places(case):
        message = f"“{words}” speaks to a machine, not to a reader."
        suggestion = "Take it out, and look where it comes from: somebody may have planted it."
        yield Finding("remnants.instruction", "block", field, span, message, suggestion)
    has_markers = any(mark in case.raw_lower for mark in _MARKS)
    for field, text in case.prose.items():
        if has_markers:
            yield from _markers(field, text)
        yield from _placeholders(field, text, case.vocabulary)
        yield from _encoded(field, text)


def _markers(field: str, text: str) -> Iterator[Finding]:
    found = _MARKERS.search(text)
    if found:
        message = f"“{found.group().strip()[:30]}” is a marker of prompts, not a word."
        yield Finding("remnants.marker", "block", field, found.span(), message, "Take it out.")


def _placeholders(field: str, text: str, vocabulary: frozenset[str]) -> Iterator[Finding]:
    if _BLANKS.isdisjoint(vocabulary) and "[" not in text and "(" not in text and "<" not in text:
        return
    found = _PLACEHOLDER.search(text)
    if found:
        message = f"“{found.group()}” is a blank that nobody filled in."
        yield Finding("remnants.placeholder", "block", field, found.span(), message, "Fill it in.")


def _encoded(field: str, text: str) -> Iterator[Finding]:
    if "\\x" not in text and "%" not in text and not _LONG.search(text):
        return
    found = _ENCODED.search(text)
    if found:
        message = f"“{found.group()[:20]}…” is encoded: nobody can read it."
        yield Finding("remnants.encoded", "block", field, found.span(), message, "Take it out.")
