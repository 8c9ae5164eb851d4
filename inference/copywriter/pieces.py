"""What the model writes at a time: a field, or one part of a letter, and the room its words have.

A letter is written part by part: parts are short, so all rows of a batch end at about the same
time, and what fails is made again without the rest.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inference.composer import short
from inference.composer.orders import Task
from inference.composer.slots import without_slots
from inference.composer.surfaces import LETTER_PARTS
from inference.composer.writing import PLACES, parts_of

# Most characters of a text's own words, as its prompt says it.
LIMITS = (6, 10, 14, 18, 20, 22, 25, 30, 35, 40, 46, 52, 60, 70, 80, 90, 105, 120, 140)


def _fewest(*listed: Sequence[str]) -> int:
    return min(len(without_slots(phrase)) for phrases in listed for phrase in phrases) + 1


# The fewest characters of words that carry a slot in a short field.
_WORDS_OF_ROLE: Mapping[str, int] = {
    "name": 2,
    "brand": 2,
    "product": _fewest(short.SHORT_PRODUCTS),
    "offer": _fewest(*short.SHORT_OFFERS.values()),
    "code": _fewest(short.SHORT_CODES),
    "expires": _fewest(short.SHORT_EXPIRIES),
    "url": 1,
}
_WORDS_OF_ROLE_IN_TITLE: Mapping[str, int] = {"name": 2, "brand": 2, "offer": 2, "code": 8}


@dataclass(frozen=True)
class Piece:
    """One row for the model.

    Attributes:
        task: The field it belongs to.
        part: Which part of a letter; empty where it is the whole field.
    """

    task: Task
    part: str = ""

    @property
    def name(self) -> str:
        """What its prompt begins with.

        A letter's parts read `email.body.opening`, and other fields `email.subject`.
        """
        field = f"{self.task.order.channel}.{self.task.surface.field}"
        return f"{field}.{self.part}" if self.part else field

    @property
    def roles(self) -> tuple[str, ...]:
        if not self.part:
            return self.task.roles
        return tuple(role for role in self.task.roles if role in LETTER_PARTS[self.part])

    @property
    def place(self) -> int:
        """The number of its topic's slot."""
        return PLACES.get(self.part, 1)

    def room(self, topics: Sequence[str]) -> int | None:
        """Characters its own words may have beside slots and topics; a letter is not bounded."""
        if self.part:
            return None
        shown = sum(len(self.task.shown[role]) for role in self.task.roles)
        return self.task.room - shown - sum(map(len, topics))

    def room_to_speak(self, topics: Sequence[str]) -> int | None:
        """What is left of the room once every slot has the words that carry it."""
        room = self.room(topics)
        if room is None or self.task.surface.shape == "button":
            return room
        in_title = self.task.surface.shape == "title"
        words = _WORDS_OF_ROLE_IN_TITLE if in_title else _WORDS_OF_ROLE
        return room - sum(words.get(role, 1) for role in self.task.roles)


def pieces_of(task: Task) -> tuple[Piece, ...]:
    """The pieces of a field, in order."""
    if task.surface.shape != "letter":
        return (Piece(task),)
    return tuple(Piece(task, part) for part in parts_of(task))


def limit_within(room: int | None) -> int | None:
    """The largest limit that keeps to a room.

    >>> limit_within(50), limit_within(3), limit_within(None)
    (46, 6, None)
    """
    return None if room is None else LIMITS[max(0, bisect_right(LIMITS, room) - 1)]


def limits_between(length: int, room: int) -> Sequence[int]:
    """The limits a text keeps to, up to its room: any of them may be learnt from it.

    >>> limits_between(20, 36), limits_between(31, 33)
    ((20, 22, 25, 30, 35), (35,))
    """
    low = min(bisect_left(LIMITS, length), len(LIMITS) - 1)
    high = max(low, bisect_right(LIMITS, room) - 1)
    return LIMITS[low : high + 1]
