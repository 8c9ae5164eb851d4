"""What the house copywriter has to write for a request, row by row, and what became of it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from inference.composer.orders import Order, Task
from inference.composer.slots import topic_slot, without_slots
from inference.composer.topics import with_pairs
from inference.composer.writing import Writer, share_topics
from inference.copywriter.checking import fault_of
from inference.copywriter.pieces import Piece, limit_within, pieces_of
from inference.copywriter.prompting import prompt_for

TRIES = 4
# Least room for words beside a topic.
_WORDS_BESIDE_TOPIC = {"title": 10, "preheader": 30, "message": 18}
# With less room than this no phrase fits, and no try is made.
_LEAST_ROOM = 8
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]")
HOUSE, COMPOSER, TEMPLATE, BRAND = "house", "composer", "template", "brand"


def _sentences(text: str) -> set[str]:
    """The sentences of a text that would be noticed twice, whatever their slots hold.

    >>> _sentences("Hi {name},\\n\\nWe will keep it brief. See: {url}")
    {'we will keep it brief.'}
    """
    found = (one.strip().lower() for one in _SENTENCE.findall(without_slots(text)))
    return {one for one in found if len(one.split()) > 2}


@dataclass
class Row:
    """One piece, from the asking to its slot text.

    Attributes:
        piece: What is asked.
        topics: The topics it must name, by slot.
        seed: Fixes its chance, with the number of the try.
        text: The slot text, once there is one.
        faults: Why tries were refused.
        is_hopeless: Whether there is too little room to try at all.
    """

    piece: Piece
    topics: Mapping[str, str]
    seed: int
    text: str | None = None
    writer: str = ""
    faults: list[str] = field(default_factory=list)
    is_hopeless: bool = False

    @property
    def prompt(self) -> str:
        limit = limit_within(self.piece.room([*self.topics.values()]))
        return prompt_for(self.piece, self.topics, limit)

    def seed_of_try(self) -> int:
        return self.seed + len(self.faults)

    @property
    def is_open(self) -> bool:
        return self.text is None and not self.is_hopeless and len(self.faults) < TRIES


@dataclass
class Cell:
    """One field of one candidate: its rows, and the finished text once all of them are written."""

    task: Task
    rows: Sequence[Row] = ()
    text: str | None = None
    writer: str = ""

    def open_rows(self) -> Iterator[Row]:
        if self.text is None:
            yield from (row for row in self.rows if row.is_open)


class Sheet:
    """One request: its candidates as cells, and what is already said.

    Args:
        key: The request's.
        seed: The request's.
        order: What it asks for.
        count: How many candidates.
    """

    def __init__(self, key: str, seed: int, order: Order, count: int) -> None:
        self._order, self._name = order, f"{seed}/{key}"
        self._rng = Random(self._name)  # noqa: S311 (copy, not secrets)
        self._inventory = Writer(order, Random(f"inventory/{self._name}"))  # noqa: S311
        self._tasks = order.tasks()
        self._said: dict[str, set[str]] = {}
        self.faults: Counter[str] = Counter()
        self.candidates = [self._candidate(number) for number in range(count)]

    def open_rows(self) -> Iterator[Row]:
        for cells in self.candidates:
            for cell in cells:
                yield from cell.open_rows()

    def judge(self, row: Row, written: str) -> None:
        """Take a text the model wrote, or note why not."""
        fault = fault_of(written, row.piece, row.topics)
        if fault:
            self._refuse(row, fault)
        else:
            row.text, row.writer = written, HOUSE

    def finish(self) -> None:
        """Put together the fields whose pieces are all written; one said before is opened again."""
        for cells in self.candidates:
            self._open_repeats(cells)
        for cell in self._unfinished():
            if any(row.text is None for row in cell.rows):
                continue
            text = self._finished(cell)
            said = self._said.setdefault(cell.task.surface.field, set())
            if text in said and cell.task.surface.shape != "button":
                for row in cell.rows:
                    if row.piece.part in {"", "argument"}:
                        row.text = None
                        self._refuse(row, "said")
                continue
            said.add(text)
            cell.text = text
            cell.writer = "+".join(sorted({row.writer for row in cell.rows}, reverse=True))

    def _open_repeats(self, cells: Sequence[Cell]) -> None:
        """Open again the parts of a letter that say a sentence of this candidate once more."""
        said: set[str] = set()
        for cell in cells:
            for row in cell.rows:
                own = _sentences(row.text or "")
                if cell.text is None and row.piece.part and own & said:
                    row.text = None
                    self._refuse(row, "said")
                said |= own

    def fall_back(self) -> None:
        """Compose from the inventory the pieces the model did not manage."""
        for cell in self._unfinished():
            for row in cell.rows:
                if row.text is None:
                    self._compose(row)
            cell.text = self._finished(cell)
            cell.writer = "+".join(sorted({row.writer for row in cell.rows}, reverse=True))

    def _unfinished(self) -> Iterator[Cell]:
        for cells in self.candidates:
            yield from (cell for cell in cells if cell.text is None)

    def _refuse(self, row: Row, fault: str) -> None:
        row.faults.append(fault)
        self.faults[fault] += 1

    def _compose(self, row: Row) -> None:
        piece = row.piece
        if piece.part:
            topic = next(iter(row.topics.values()), "")
            written = self._inventory.write_part(piece.task, piece.part, topic)
        else:
            written = self._inventory.write_slots(piece.task)
        row.text, row.topics, row.writer = written.text, written.topics, COMPOSER

    def _finished(self, cell: Cell) -> str:
        text = "\n\n".join(str(row.text) for row in cell.rows)
        if cell.task.surface.shape == "letter":
            rng = Random(f"voice/{cell.rows[0].seed}")  # noqa: S311
            text = self._order.voice.speak(text, rng)
        topics = {slot: topic for row in cell.rows for slot, topic in row.topics.items()}
        return cell.task.finish(text, topics)

    def _candidate(self, number: int) -> list[Cell]:
        return [self._cell(task, number) for task in self._tasks]

    def _cell(self, task: Task, number: int) -> Cell:
        if task.as_is is not None:
            return Cell(task, (), task.as_is, TEMPLATE)
        if task.surface.shape == "button" and self._order.voice.calls:
            return Cell(task, (), self._rng.choice(self._order.voice.calls), BRAND)
        named = share_topics(self._order.topics, self._rng)
        return Cell(
            task,
            [
                self._row(piece, named.get(piece.part, "") if piece.part else self._topic(piece), n)
                for n, piece in enumerate(pieces_of(task), number * 10)
            ],
        )

    def _row(self, piece: Piece, topic: str, number: int) -> Row:
        name = f"{self._name}/{number}/{piece.name}"
        seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "big")
        topics = {topic_slot(topic, piece.place): topic} if topic else {}
        room = piece.room_to_speak([*topics.values()])
        return Row(piece, topics, seed, is_hopeless=room is not None and room < _LEAST_ROOM)

    def _topic(self, piece: Piece) -> str:
        """One that leaves room for words; a message without one, only where none does."""
        shape = piece.task.surface.shape
        if shape == "button" or not self._order.topics:
            return ""
        rooms = {topic: piece.room_to_speak([topic]) for topic in with_pairs(self._order.topics)}
        least = _WORDS_BESIDE_TOPIC[shape]
        fitting = [topic for topic, room in rooms.items() if room is None or room >= least]
        return self._rng.choice(fitting) if fitting else ""
