"""Sections into chunks: small enough to be one answer, whole enough to be understood. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.documents.sections import Page, Section
from assistant.documents.sentences import sentences_of

# MiniLM reads 256 word pieces; a heading and 160 words of English stay below.
WORDS_MAX = 160
# The sentence before is often what “it” refers to.
OVERLAP_SENTENCES = 1
PATH_JOIN = " › "


@dataclass(frozen=True, slots=True)
class Chunk:
    """What is found and cited.

    Attributes:
        heading: The headings above it, or the question it answers.
        body: Its text, blocks on lines of their own.
        is_answer: Whether `heading` is a question that `body` answers.
    """

    heading: str
    body: str
    is_answer: bool = False

    @property
    def digest(self) -> bytes:
        """The same for the same heading and body: what was encoded once need not be again."""
        said = f"{int(self.is_answer)}\x1f{self.heading}\x1f{self.body}"
        return hashlib.sha256(said.encode()).digest()


def chunks_of(page: Page) -> list[Chunk]:
    """The chunks of a document, in its order, none twice.

    >>> page = Page("", [Section(("Returns",), ("You have 30 days.", "It is free."))])
    >>> chunks_of(page)
    [Chunk(heading='Returns', body='You have 30 days.\\nIt is free.', is_answer=False)]
    """
    found = (chunk for section in page.sections for chunk in _of_section(section, page.title))
    return list(dict.fromkeys(found))


def _of_section(section: Section, title: str) -> Iterator[Chunk]:
    path = section.path
    if title and not section.is_answer and title not in path:
        path = (title, *path)
    for body in _packed(section.blocks):
        yield Chunk(PATH_JOIN.join(path), body, section.is_answer)


def _packed(blocks: tuple[str, ...]) -> Iterator[str]:
    """Blocks put together up to `WORDS_MAX` words; a longer one is cut between its sentences."""
    held: list[str] = []
    for block in blocks:
        if _words(block) > WORDS_MAX:
            if held:
                yield "\n".join(held)
            held = []
            yield from _cut(block)
        elif held and sum(map(_words, held)) + _words(block) > WORDS_MAX:
            yield "\n".join(held)
            held = [block]
        else:
            held.append(block)
    if held:
        yield "\n".join(held)


def _cut(block: str) -> Iterator[str]:
    held: list[str] = []
    is_new = False
    for sentence in _sentences_short(block):
        if held and sum(map(_words, held)) + _words(sentence) > WORDS_MAX:
            yield " ".join(held)
            overlap = held[-OVERLAP_SENTENCES:]
            held = overlap if sum(map(_words, [*overlap, sentence])) <= WORDS_MAX else []
        held.append(sentence)
        is_new = True
    if held and is_new:
        yield " ".join(held)


def _sentences_short(block: str) -> Iterator[str]:
    """Sentences, and pieces of those that are no sentences but walls of words."""
    for sentence in sentences_of(block):
        words = sentence.split(" ")
        for start in range(0, len(words), WORDS_MAX):
            yield " ".join(words[start : start + WORDS_MAX])


def _words(text: str) -> int:
    return text.count(" ") + 1
