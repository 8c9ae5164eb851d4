"""Holds the house copywriter to phrases of the angle, kind and tone asked for, token by token.

A small model now and then begins a phrase of another kind or tone, and one wrong word spoils the
text. So a token may follow the two before it only where it does in some phrase that suits, or where
one sentence ends and another may begin; and a text may end only once it has every slot. Within
that, every choice is the model's, and texts are checked whole all the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from inference.composer.slots import SLOTS, slots_in
from inference.composer.writing import lower_first
from inference.copywriter.phrasing import phrases_for
from inference.copywriter.pieces import Piece
from inference.copywriter.planning import Row
from inference.copywriter.prompting import END

if TYPE_CHECKING:
    import torch

Context = tuple[int, ...]
_PLACE = re.compile(r"\{([pm])1\}")
# What stands before the first token of a text, of a further sentence, and after `{name},`; and the
# mark of a space that was written before a slot.
_FIRST, _FURTHER, _LOWER, _SPACE, _NOTHING = -1, -2, -3, -4, -5


@dataclass
class Table:
    """What may follow what in one angle, kind and tone, by token id."""

    follows: dict[Context, set[int]] = field(default_factory=lambda: defaultdict(set))
    ends: set[Context] = field(default_factory=set)


@dataclass(frozen=True)
class Style:
    """Which phrases suit a row: by angle, kind and tone, and by the topic's slot if it has one.

    `is_for_anybody` says that the segment has no topics, so that phrases speak of what they like.
    """

    angle: str
    kind: str
    tone: str
    topic: str
    in_message: bool
    is_for_anybody: bool


@dataclass
class State:
    """One text under way.

    Attributes:
        piece: What it is for.
        style: Which phrases suit it.
        wanted: The slots it still needs.
        table: What may follow what, as it began.
        beginnings: How a further sentence may begin, with the slots that are left.
        last: Its last two tokens.
        after_space: Whether a space before a slot was written after them.
    """

    piece: Piece
    style: Style
    wanted: frozenset[str]
    table: Table
    beginnings: Table
    last: Context = (_FIRST,)
    after_space: bool = False


class Wording:
    """A constraint of the sampling engine, one prompt per row.

    Args:
        words: The tokens and tables of the model's tokenizer.
        rows: What is written, in the order of the prompts.
    """

    def __init__(self, words: Words, rows: Sequence[Row]) -> None:
        self._words, self._rows = words, rows

    def open(self, prompt: int) -> State:
        row = self._rows[prompt]
        return self._words.state(row.piece, next(iter(row.topics), ""))

    def mask(self, states: Sequence[State], logits: torch.Tensor) -> None:
        import torch

        closed = np.ones(tuple(logits.shape), dtype=bool)
        for row, state in enumerate(states):
            closed[row, self._words.allowed(state)] = False
        logits.masked_fill_(torch.from_numpy(closed).to(logits.device), -torch.inf)

    def advance(self, state: State, chosen: int) -> None:
        self._words.advance(state, chosen)


class Words:
    """The tokens that matter in a tokenizer, and the tables made so far."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer
        self._ids = lru_cache(maxsize=50_000)(self._ids_of)
        self._slots = {name: self._ids(f"{{{name}}}")[0] for name in SLOTS}
        self._names = {token: name for name, token in self._slots.items()}
        self._end: int = tokenizer.convert_tokens_to_ids(END)
        self._space, self._comma, self._colon, self._line = (
            self._ids(text)[0] for text in (" {name}", ",", ":", "\n")
        )
        self._stops = {self._ids(mark)[0] for mark in ".!?"} | {self._slots["url"]}
        self._phrases = lru_cache(maxsize=512)(_phrases)
        self._table = lru_cache(maxsize=4_096)(self._make_table)

    def state(self, piece: Piece, topic: str) -> State:
        """The state of a text before its first token."""
        order = piece.task.order
        in_message = piece.task.surface.shape in {"message", "preheader"}
        style = Style(
            order.angle, order.kind, order.tone, topic, in_message, is_for_anybody=not order.topics
        )
        wanted = frozenset([*piece.roles, *([topic] if topic else [])])
        table = self._table(style, wanted, is_whole=True)
        return State(piece, style, wanted, table, self._table(style, wanted, is_whole=False))

    def allowed(self, state: State) -> list[int]:
        """The tokens that may come next; the end where none may."""
        found: set[int] = set()
        for table, key in ((state.table, state.last), *self._places(state)):
            found |= table.follows.get((*key, _SPACE) if state.after_space else key, set())
        if not state.after_space:
            found |= self._joints(state)
        elif state.last[-1] == self._colon:
            found.add(self._slots["offer"])
        wanted = {self._slots[name] for name in state.wanted}
        return [one for one in found if one not in self._names or one in wanted] or [self._end]

    def advance(self, state: State, token: int) -> None:
        """Take note of a token."""
        if self._space == token:
            state.after_space = True
            return
        before = state.last[-1]
        if state.last == (self._slots["name"], self._comma):
            before = _LOWER
        elif state.last == (self._slots["brand"], self._colon):
            before = _FURTHER
        state.last, state.after_space = (before, token), False
        if token in self._names:
            state.wanted -= {self._names[token]}
            state.beginnings = self._table(state.style, state.wanted, is_whole=False)

    def _places(self, state: State) -> Iterator[tuple[Table, Context]]:
        """Where a phrase may begin here, or began one token ago."""
        before, last = (_NOTHING, *state.last)[-2:]
        if last in self._stops or (before, last) == (self._slots["brand"], self._colon):
            yield state.beginnings, (_FURTHER,)
        if (before, last) == (self._slots["name"], self._comma):
            yield state.table, (_LOWER,)
        if last == self._line:
            yield state.table, (_FIRST,)
        if before in self._stops or before == _FURTHER:
            # A slot that began the sentence is no longer among those that may begin one.
            yield state.table if last in self._names else state.beginnings, (_FURTHER, last)
        if before == self._line:
            yield state.table, (_FIRST, last)

    def _joints(self, state: State) -> set[int]:
        """What may stand between phrases, or after the last."""
        last, slots = state.last[-1], self._slots
        is_end = last in self._stops or state.last in state.table.ends
        is_title = state.piece.task.surface.shape == "title"
        breaks = {"opening": {self._comma}, "closing": {self._comma, slots["url"]}}
        found = {self._end} if (is_end or last == slots["brand"]) and not state.wanted else set()
        if is_title and "offer" in state.wanted and (is_end or last == self._colon):
            found.add(self._space if last == self._colon else self._colon)
        if last == self._line or last in breaks.get(state.piece.part, ()):
            found.add(self._line)
        if last in {_FIRST, self._line}:
            found |= {slots["brand"], slots["name"]}
        if last in {slots["name"], slots["brand"]}:
            found.add(self._comma if last == slots["name"] else self._colon)
        return found

    def _make_table(self, style: Style, wanted: frozenset[str], *, is_whole: bool) -> Table:
        table = Table()
        for form, slots in self._phrases(style):
            if not slots <= wanted:
                continue
            self._add(table, _FURTHER, f" {form}", most=None if is_whole else 2)
            if is_whole:
                self._add(table, _FIRST, form)
                self._add(table, _LOWER, f" {lower_first(form)}")
        if "code" in wanted:
            self._add(table, _FURTHER, " (code {code})")
        return table

    def _add(self, table: Table, mark: int, text: str, *, most: int | None = None) -> None:
        last: Context = (mark,)
        after_space, words = False, 0
        for following in self._ids(text.rstrip(" ")):
            table.follows[(*last, _SPACE) if after_space else last].add(following)
            after_space = following == self._space
            if not after_space:
                last, words = (last[-1], following), words + 1
            if words == most:
                return
        table.ends.add(last)

    def _ids_of(self, text: str) -> tuple[int, ...]:
        return tuple(self._tokenizer(text)["input_ids"])


def _phrases(style: Style) -> list[tuple[str, frozenset[str]]]:
    """The phrases of a style and the slots each has, its topic's among them."""
    found = []
    for phrase in phrases_for(
        style.angle,
        style.kind,
        style.tone,
        in_message=style.in_message,
        for_anybody=style.is_for_anybody,
    ):
        is_second = style.topic.endswith("2")
        form = _PLACE.sub(r"{\g<1>2}", phrase) if is_second else phrase
        found.append((form, frozenset(slots_in(form))))
    return found
