"""Whether a slot text may be used: the checks behind 'validate, then try again'."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from inference.composer.orders import Task
from inference.composer.slots import slots_in
from inference.copywriter.phrasing import reads_as_written

_LEFTOVER = re.compile(r"[<>{}|\\]|\s{3,}|[ \t]{2,}| [,.!?;:](?:\s|$)|[,.;:]{2}|\.\.|\?\?|!!")
_REPEATED_WORD = re.compile(r"\b(\w+) \1\b", re.IGNORECASE)
_MANY_DIGITS = re.compile(r"\d")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]")


def fault_of(text: str, task: Task, topics: Mapping[str, str]) -> str:
    """Why a text cannot be used, in a word; empty where it can.

    Args:
        text: What the model wrote, slots open.
        task: What was asked for.
        topics: The topics by slot; each has to be named once or more.
    """
    found = slots_in(text)
    if _unlike(found, task, topics):
        return "slots"
    if _MANY_DIGITS.search(re.sub(r"\{\w+\}", "", text)):
        return "digits"
    if not _is_well_formed(text, task):
        return "form"
    if not reads_as_written(text, angle=task.order.angle, kind=task.order.kind):
        return "phrasing"
    if not task.order.allows(text):
        return "banned"
    return "" if task.fits(text, topics) else "length"


def _unlike(found: Counter[str], task: Task, topics: Mapping[str, str]) -> bool:
    wanted_once = all(found[role] == 1 for role in task.roles)
    named = all(found[slot] == 1 for slot in topics)
    return not (wanted_once and named and set(found) == {*task.roles, *topics})


def _is_well_formed(text: str, task: Task) -> bool:
    bare = re.sub(r"\{\w+\}", "Word", text)
    if not bare.strip() or bare != bare.strip() or _LEFTOVER.search(bare):
        return False
    if _REPEATED_WORD.search(bare) and not re.search(r"\b(thank you|now|that)\b", bare.lower()):
        return False
    sentences = [sentence.strip() for sentence in _SENTENCE.findall(bare)]
    if len(set(sentences)) < len(sentences):
        return False
    if task.surface.shape == "letter":
        parts = bare.split("\n\n")
        return len(parts) >= 3 and parts[0].endswith(",") and all(part.strip() for part in parts)
    return "\n" not in bare and (bare[0].isupper() or text.startswith("{"))
