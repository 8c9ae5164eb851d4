"""Whether a slot text may be used: the checks behind 'validate, then try again'."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from inference.composer.slots import slots_in, without_slots
from inference.composer.writing import reads_well
from inference.copywriter.phrasing import reads_as_written
from inference.copywriter.pieces import Piece

_LEFTOVER = re.compile(r"[<>{}|\\]|\s{3,}|[ \t]{2,}| [,.!?;:](?:\s|$)|[,.;:]{2}|\.\.|\?\?|!!")
_REPEATED_WORD = re.compile(r"\b(\w+) \1\b", re.IGNORECASE)
_DIGIT = re.compile(r"\d")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]")


def fault_of(text: str, piece: Piece, topics: Mapping[str, str]) -> str:
    """Why a text cannot be used, in a word; empty where it can.

    Args:
        text: What the model wrote, slots open.
        piece: What was asked for.
        topics: The topics by slot; each has to be named once.
    """
    task = piece.task
    if slots_in(text) != Counter([*piece.roles, *topics]):
        return "slots"
    if _DIGIT.search(without_slots(text)):
        return "digits"
    if not _is_well_formed(text, piece):
        return "form"
    order = task.order
    style = {"angle": order.angle, "kind": order.kind, "tone": order.tone}
    if not reads_as_written(text, **style, for_anybody=not order.topics):
        return "phrasing"
    if not all(reads_well(text, topic) for topic in topics.values()):
        return "pair"
    if not order.allows(text):
        return "banned"
    return "" if piece.part or task.fits(text, topics) else "length"


def _is_well_formed(text: str, piece: Piece) -> bool:
    bare = re.sub(r"\{\w+\}", "Word", text)
    if not bare.strip() or bare != bare.strip() or _LEFTOVER.search(bare):
        return False
    if _REPEATED_WORD.search(bare) and not re.search(r"\b(thank you|now|that)\b", bare.lower()):
        return False
    sentences = [sentence.strip() for sentence in _SENTENCE.findall(bare)]
    if len(set(sentences)) < len(sentences):
        return False
    return _has_its_lines(text, piece) and (bare[0].isupper() or text.startswith("{"))


def _has_its_lines(text: str, piece: Piece) -> bool:
    lines = text.split("\n")
    if piece.part == "opening":
        return len(lines) == 3 and lines[0].endswith(",") and not lines[1]
    if piece.part == "closing":
        before = ["{url}" in lines[0], not any(lines[1:2])] if "url" in piece.roles else []
        farewell = lines[len(before) :]
        ends = [len(farewell) == 2, farewell[-1:] == ["{brand}"]] if "brand" in piece.roles else []
        return all(before) and (all(ends) if ends else len(farewell) == 1)
    return len(lines) == 1 and _ends_well(text, piece)


def _ends_well(text: str, piece: Piece) -> bool:
    """A button has no mark at its end, and a sentence has one; a title may do as it likes."""
    shape = piece.task.surface.shape
    if shape == "button":
        return text[-1] not in ".,:;"
    return shape == "title" or text.endswith((".", "!", "?", "”", "{url}"))
