"""How a brand speaks, read from what it has written. Pure: it counts, and shows what it counted.

Nothing is understood here. Every proposal names the sentences it rests on, and a person edits it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from generation.voice_words import ALTERNATIVES, GREETINGS, SIGN_OFFS, STOP_WORDS, TONE_WORDS

CHARACTERS_MAX = 50_000
SHOWN = 3
TERMS = 8
ENOUGH_SENTENCES = 6
SHORT_WORDS, LONG_WORDS = 10.0, 17.0
SENTENCE_WORDS = (4, 22)
_SENTENCE = re.compile(r"(?<=[.!?…])[\s\"”’)]+(?=\S)|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LIQUID = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_MARKUP = re.compile(r"<[^>]*>")
_FACT = re.compile(r"[\d%€$£@{}<>]|https?:|www\.", re.IGNORECASE)
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf]")


@dataclass(frozen=True)
class Proposed:
    """Something read from the texts: the value, why, and the sentences it rests on."""

    value: str
    reason: str
    rests_on: tuple[str, ...]


@dataclass(frozen=True)
class VoiceProposal:
    """What a brand voice may say, to be edited by a person. What was not found is None or empty."""

    sentence_count: int
    tone: Proposed | None
    descriptors: tuple[Proposed, ...]
    terms: tuple[Proposed, ...]
    greeting: Proposed | None
    sign_off: Proposed | None
    banned: tuple[Proposed, ...]
    sentences: tuple[str, ...]


def propose_voice(texts: str) -> VoiceProposal:
    """Read a brand's voice from past copy, pasted as it is, several texts after one another.

    >>> found = propose_voice("Dear Ada,\\n\\nThank you for coming by. We love that you did!")
    >>> found.tone.value, found.greeting.value
    ('warm', 'Dear')
    """
    lines = [line.strip() for line in _plain(texts).splitlines() if line.strip()]
    sentences = _sentences(lines)
    words = {sentence: _words(sentence) for sentence in sentences}
    return VoiceProposal(
        sentence_count=len(sentences),
        tone=_tone(words),
        descriptors=tuple(_descriptors(sentences, words)),
        terms=_terms(sentences, words),
        greeting=_line_of(lines, GREETINGS, "greeting"),
        sign_off=_line_of([line for line in lines if len(line) < 40], SIGN_OFFS, "sign-off"),
        banned=tuple(_banned(sentences)),
        sentences=tuple(dict.fromkeys(one for one in sentences if is_reusable(one))),
    )


def is_reusable(sentence: str) -> bool:
    """Whether a past sentence may stand in new copy: whole, and with no fact, name or tag in it.

    >>> is_reusable("Made slowly, worn often."), is_reusable("Now 20% off, Ada!")
    (True, False)
    """
    least, most = SENTENCE_WORDS
    return (
        least <= len(_WORD.findall(sentence)) <= most
        and not _FACT.search(sentence)
        and sentence[-1:] in ".!?…"
        and sentence[:1].isupper()
    )


def _plain(texts: str) -> str:
    bare = _LIQUID.sub("…", texts[:CHARACTERS_MAX])
    return _MARKUP.sub("\n", bare)


def _sentences(lines: Sequence[str]) -> list[str]:
    """What is said, each once: no greeting, no sign-off, no name under it."""
    parts = (part.strip() for line in lines for part in _SENTENCE.split(line))
    whole = (part for part in parts if len(_WORD.findall(part)) > 2 and part[-1] not in ",:")
    return [part for part in dict.fromkeys(whole) if not (part[0].isupper() and _is_name(part))]


def _is_name(part: str) -> bool:
    """A short line without an end, such as “The Juniper family”."""
    return part[-1] not in ".!?…" and len(_WORD.findall(part)) < 6


def _words(sentence: str) -> list[str]:
    return [word.lower().replace("’", "'") for word in _WORD.findall(sentence)]


def _tone(words: dict[str, list[str]]) -> Proposed | None:
    hits = {
        tone: [sentence for sentence, said in words.items() if not listed.isdisjoint(said)]
        for tone, listed in TONE_WORDS.items()
    }
    if not words:
        return None
    tone, found = max(hits.items(), key=lambda pair: len(pair[1]))
    if len(found) / len(words) < 0.1:
        short = tuple(sorted(words, key=len)[:SHOWN])
        return Proposed("plain", "Hardly a word that sets a mood.", short)
    listed = sorted({word for one in found for word in words[one]} & TONE_WORDS[tone])
    reason = f"{len(found)} of {len(words)} sentences say: {', '.join(listed[:6])}."
    return Proposed(tone, reason, tuple(found[:SHOWN]))


def _descriptors(sentences: Sequence[str], words: dict[str, list[str]]) -> Iterable[Proposed]:
    if not sentences:
        return
    mean = sum(len(words[one]) for one in sentences) / len(sentences)
    if mean <= SHORT_WORDS:
        yield _share("short sentences", f"{mean:.0f} words a sentence.", sentences)
    elif mean >= LONG_WORDS:
        yield _share("long, unhurried sentences", f"{mean:.0f} words a sentence.", sentences)
    traits = (
        ("speaks to the reader directly", 0.3, lambda one: {"you", "your"} & {*words[one]}),
        ("speaks as “we”", 0.25, lambda one: {"we", "our", "us"} & {*words[one]}),
        ("asks questions", 0.12, lambda one: "?" in one),
        ("exclaims", 0.15, lambda one: "!" in one),
        ("contracts words", 0.15, lambda one: any("'" in word for word in words[one])),
        ("uses emoji", 0.05, _EMOJI.search),
    )
    for name, least, is_so in traits:
        found = [one for one in sentences if is_so(one)]
        if len(found) / len(sentences) >= least:
            yield _share(name, f"{len(found)} of {len(sentences)} sentences.", found)
    if len(sentences) >= ENOUGH_SENTENCES and not any("!" in one for one in sentences):
        yield Proposed("never exclaims", f"None of {len(sentences)} sentences.", ())


def _share(name: str, reason: str, found: Sequence[str]) -> Proposed:
    return Proposed(name, reason, tuple(found[:SHOWN]))


def _terms(sentences: Sequence[str], words: dict[str, list[str]]) -> tuple[Proposed, ...]:
    where: dict[str, list[str]] = {}
    for sentence in sentences:
        said = words[sentence]
        pairs = {f"{one} {other}" for one, other in pairwise(said) if not STOP_WORDS & {one, other}}
        for term in pairs | {word for word in said if len(word) > 3} - STOP_WORDS:
            where.setdefault(term, []).append(sentence)
    counts = Counter({term: len(found) * (1 + (" " in term)) for term, found in where.items()})
    often = [term for term, _ in counts.most_common() if len(where[term]) > 1]
    chosen: list[str] = []
    for term in often:
        if not any(term in other or other in term for other in chosen):
            chosen.append(term)
    return tuple(
        _share(term, f"In {len(where[term])} sentences.", where[term]) for term in chosen[:TERMS]
    )


def _line_of(lines: Sequence[str], starts: Sequence[str], what: str) -> Proposed | None:
    found: dict[str, list[str]] = {}
    for line in lines:
        start = next((one for one in starts if _starts(line.lower(), one)), None)
        if start is not None:
            found.setdefault(line[: len(start)], []).append(line)
    if not found:
        return None
    value, on = max(found.items(), key=lambda pair: len(pair[1]))
    times = f"{len(on)} text{'s' * (len(on) > 1)}"
    return Proposed(value, f"The {what} of {times}.", tuple(on[:SHOWN]))


def _starts(line: str, start: str) -> bool:
    return line.startswith(start) and not line[len(start) : len(start) + 1].isalpha()


def _banned(sentences: Sequence[str]) -> Iterable[Proposed]:
    """Words that shops like to use and this brand does not, best where it says it another way."""
    if len(sentences) < ENOUGH_SENTENCES:
        return
    said = "\n".join(sentences).lower()
    for term, others in ALTERNATIVES.items():
        if re.search(rf"\b{re.escape(term)}\b", said):
            continue
        instead = [
            (word, one)
            for word in others
            for one in sentences
            if re.search(rf"\b{re.escape(word)}\b", one.lower())
        ]
        if instead:
            names = ", ".join(dict.fromkeys(word for word, _ in instead))
            found = tuple(dict.fromkeys(one for _, one in instead))
            yield Proposed(term, f"Never said; the brand says: {names}.", found[:SHOWN])
