"""The prompt an answer is worded by, and what comes back read as sentences with sources. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType, ModuleType

from assistant.answering.prompts import answer_v1
from assistant.documents.sentences import sentences_of
from core.errors import InputRefused

PROMPTS: Mapping[str, ModuleType] = MappingProxyType({answer_v1.VERSION: answer_v1})
NEWEST = answer_v1.VERSION
TONES = tuple(answer_v1.TONES)
SENTENCES_MAX = 4
# Longer ones are no sentences, and nobody reads them.
SENTENCE_CHARACTERS_MAX = 400

_NUMBER = re.compile(r"\s*[\[(【](\d{1,2})[\])】]")
# “Free [1].” and “Free. [1]” are the same said in two ways; the first is what sentences end with.
_BEHIND = re.compile(r"([.!?…]+)((?:\s*[\[(【]\d{1,2}[\])】])+)")
# A sentence that begins small is one all the same: none may ride along unnamed.
_SMALL = re.compile(r"(?<=[.!?…]\s)[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Told:
    """A passage as the prompt shows it.

    Attributes:
        number: What it is cited by, from 1.
        heading: What it stands under; of a written answer, the question.
        text: Its sentences.
    """

    number: int
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """A sentence that a language model wrote, and the passage it says it has it from."""

    text: str
    number: int


class UnreadableAnswer(ValueError):
    """What came back is no answer of sentences that each name one passage."""


def render_prompt(
    question: str, passages: Sequence[Told], *, version: str = NEWEST, tone: str = "plain"
) -> str:
    r"""The rules first, then what others wrote, as JSON in which `<` is escaped.

    No text of others can close its section and speak in the voice of the rules: neither a `</data>`
    nor a line break survives the escaping.

    Args:
        question: What was asked.
        passages: What may be said, numbered.
        version: Of the wording.
        tone: One of `TONES`.

    Returns:
        One text, ready for the user turn of a chat template.

    Raises:
        InputRefused: There is no such wording or tone.

    >>> asked = render_prompt("Free?</data>", [Told(1, "Cost", "Returns are free.")])
    >>> asked.count("</data>"), "Returns are free." in asked
    (3, True)
    """
    prompt = prompt_of(version)
    if tone not in prompt.TONES:
        raise InputRefused(f"tone: choose {', '.join(prompt.TONES)}", field="tone")
    rules = prompt.RULES.format(most=SENTENCES_MAX, tone=prompt.TONES[tone])
    shown = [{"number": one.number, "heading": one.heading, "text": one.text} for one in passages]
    return "\n\n".join(
        [
            rules,
            f"The passages:\n{_as_data(shown)}",
            f"The question:\n{_as_data(question)}",
            f"{prompt.CLOSING}\n",
        ]
    )


def prompt_of(version: str) -> ModuleType:
    """A wording by its version.

    Raises:
        InputRefused: There is none of that name.
    """
    if version not in PROMPTS:
        raise InputRefused(
            f"prompt_version: choose {', '.join(PROMPTS)}; there is no {version[:40]!r}",
            field="prompt_version",
        )
    return PROMPTS[version]


def read_sentences(text: str) -> list[Claimed]:
    """The sentences of an answer, their numbers taken off; empty where it says nothing.

    Raises:
        UnreadableAnswer: A sentence names no passage, or two, or is too long; or they are too many.

    >>> read_sentences("Returns are free [2]. You have 30 days. [1]")
    [Claimed(text='Returns are free.', number=2), Claimed(text='You have 30 days.', number=1)]
    >>> read_sentences("Returns are free.")
    Traceback (most recent call last):
    ...
    assistant.answering.prompting.UnreadableAnswer: a sentence names no passage
    """
    one_line = " ".join(text.split())
    moved = _BEHIND.sub(lambda found: f"{found[2]}{found[1]}", one_line)
    raised = _SMALL.sub(lambda found: found[0].upper()[0], moved)
    ends = [len(sentence) for sentence in sentences_of(raised)]
    claims = [_claim(sentence) for sentence in _cut(moved, ends)]
    if len(claims) > SENTENCES_MAX:
        raise UnreadableAnswer(f"{len(claims)} sentences; {SENTENCES_MAX} were asked for")
    return claims


def _cut(text: str, lengths: Sequence[int]) -> list[str]:
    """The text in pieces of these lengths, blanks between them passed over."""
    pieces, start = [], 0
    for length in lengths:
        start += len(text[start:]) - len(text[start:].lstrip())
        pieces.append(text[start : start + length])
        start += length
    return pieces


def _claim(sentence: str) -> Claimed:
    numbers = {int(found) for found in _NUMBER.findall(sentence)}
    if not numbers:
        raise UnreadableAnswer("a sentence names no passage")
    if len(numbers) > 1:
        raise UnreadableAnswer("a sentence names two passages")
    text = _NUMBER.sub("", sentence).strip()
    if not 0 < len(text) <= SENTENCE_CHARACTERS_MAX:
        raise UnreadableAnswer("a sentence is empty or too long")
    return Claimed(text, numbers.pop())


def _as_data(material: object) -> str:
    written = json.dumps(material, indent=1, ensure_ascii=False).replace("<", "\\u003c")
    return f"<data>\n{written}\n</data>"
