"""What the house copywriter has to write for a request, row by row, and what became of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from inference.composer.orders import Order, Task
from inference.composer.slots import topic_slot
from inference.composer.topics import with_pairs
from inference.composer.writing import Writer
from inference.copywriter.checking import fault_of
from inference.copywriter.prompting import prompt_for

TRIES = 4
_TOPICS_PER_LETTER = 2
# Least room for words beside the topic of a title or a message.
_WORDS_BESIDE_TOPIC = {"title": 13, "preheader": 45, "message": 45}
HOUSE, COMPOSER, TEMPLATE, BRAND = "house", "composer", "template", "brand"


@dataclass
class Cell:
    """One field of one candidate, from the asking to the finished text.

    Attributes:
        task: What is asked.
        topics: The topics it must name, by slot.
        seed: Fixes its chance, with the number of the try.
        text: The finished text, once there is one.
        writer: Who wrote it.
        faults: Why tries were refused.
    """

    task: Task
    topics: Mapping[str, str]
    seed: int
    text: str | None = None
    writer: str = ""
    faults: list[str] = field(default_factory=list)

    @property
    def prompt(self) -> str:
        return prompt_for(self.task, self.topics)

    def seed_of_try(self) -> int:
        return self.seed + len(self.faults)

    @property
    def is_open(self) -> bool:
        return self.text is None and len(self.faults) < TRIES


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
        self._said: dict[str, set[str]] = {}
        self.faults: Counter[str] = Counter()
        self.candidates = [self._candidate(number) for number in range(count)]

    def open_cells(self) -> Iterator[Cell]:
        for cells in self.candidates:
            yield from (cell for cell in cells if cell.is_open)

    def judge(self, cell: Cell, written: str) -> None:
        """Take a text the model wrote, or note why not."""
        fault = fault_of(written, cell.task, cell.topics)
        finished = "" if fault else self._finish(cell, written)
        shape, name = cell.task.surface.shape, cell.task.surface.field
        said = self._said.setdefault(name, set())
        if not fault and shape != "button" and finished in said:
            fault = "said"
        if fault:
            cell.faults.append(fault)
            self.faults[fault] += 1
            return
        said.add(finished)
        cell.text, cell.writer = finished, HOUSE

    def fall_back(self) -> None:
        """Compose from the inventory what the model did not manage."""
        for cells in self.candidates:
            for cell in cells:
                if cell.text is None:
                    cell.text, cell.writer = self._inventory.write_field(cell.task), COMPOSER

    def _finish(self, cell: Cell, written: str) -> str:
        if cell.task.surface.shape == "letter":
            rng = Random(f"voice/{cell.seed}")  # noqa: S311
            written = self._order.voice.speak(written, rng)
        return cell.task.finish(written, cell.topics)

    def _candidate(self, number: int) -> list[Cell]:
        return [self._cell(task, number) for task in self._order.tasks()]

    def _cell(self, task: Task, number: int) -> Cell:
        if task.as_is is not None:
            return Cell(task, {}, 0, task.as_is, TEMPLATE)
        if task.surface.shape == "button" and self._order.voice.calls:
            return Cell(task, {}, 0, self._rng.choice(self._order.voice.calls), BRAND)
        name = f"{self._name}/{number}/{task.surface.field}"
        seed = int.from_bytes(hashlib.sha256(name.encode()).digest()[:7], "big")
        return Cell(task, self._topics(task), seed)

    def _topics(self, task: Task) -> dict[str, str]:
        chosen = self._chosen(task)
        return {topic_slot(topic, place): topic for place, topic in enumerate(chosen, 1)}

    def _chosen(self, task: Task) -> Sequence[str]:
        topics, shape = list(self._order.topics), task.surface.shape
        if not topics or shape == "button":
            return ()
        if shape == "letter":
            return self._rng.sample(topics, min(len(topics), _TOPICS_PER_LETTER))
        bare = " ".join(f"{{{role}}}" for role in task.roles)
        room = _WORDS_BESIDE_TOPIC[shape]
        fitting = [
            topic for topic in with_pairs(topics) if task.fits(bare + "n" * (len(topic) + room), {})
        ]
        shortest = [] if shape == "title" else [min(topics, key=len)]
        return (self._rng.choice(fitting or shortest),) if fitting or shortest else ()
