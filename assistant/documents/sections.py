"""What every reader of files brings home: a title, and sections under their headings. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_BLANKS = re.compile(r"[ \t\f\v\u00a0]+")
_LINES = re.compile(r"\s*\n\s*")
# Nothing a reader can see; in a document they would split words or hide instructions.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064"
    r"\u2066-\u206f\ufeff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Section:
    """Text that stands under one heading.

    Attributes:
        path: The headings above it, outermost first; of a question and answer, the question.
        blocks: Paragraphs, list items and table rows, in reading order, each without line breaks.
        is_answer: Whether `path` is a question that `blocks` answer.
    """

    path: tuple[str, ...]
    blocks: tuple[str, ...]
    is_answer: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A document as it was read: its title, if it has one, and its sections."""

    title: str
    sections: Sequence[Section]


class Outline:
    """Collects blocks under the headings met so far.

    >>> outline = Outline()
    >>> outline.heading(1, "Returns"); outline.block("You have 30 days.")
    >>> outline.heading(2, "Cost"); outline.block("It is free.")
    >>> [(section.path, section.blocks) for section in outline.sections()]
    [(('Returns',), ('You have 30 days.',)), (('Returns', 'Cost'), ('It is free.',))]
    """

    def __init__(self) -> None:
        self._levels: list[tuple[int, str]] = []
        self._blocks: list[str] = []
        self._sections: list[Section] = []

    def heading(self, level: int, text: str) -> None:
        """A heading of a level from 1 (outermost); empty ones are passed over."""
        said = plain(text)
        if not said:
            return
        self._close()
        self._levels = [one for one in self._levels if one[0] < level]
        self._levels.append((level, said))

    def block(self, text: str) -> None:
        """A paragraph, a list item or a table's row; empty ones are passed over."""
        said = plain(text)
        if said:
            self._blocks.append(said)

    def sections(self) -> tuple[Section, ...]:
        """Every section with text so far."""
        self._close()
        return tuple(self._sections)

    def _close(self) -> None:
        if self._blocks:
            path = tuple(text for _, text in self._levels)
            self._sections.append(Section(path, tuple(self._blocks)))
        self._blocks = []


def plain(text: str) -> str:
    """One line, single spaces, nothing invisible.

    >>> plain(" free\\u200b  \\n returns ")
    'free returns'
    """
    seen = _UNSEEN.sub("", text)
    return _BLANKS.sub(" ", _LINES.sub(" ", seen)).strip()
