"""Passages with their sentences, and the sentences an answer is made of. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from assistant.answering.sufficiency import SURE, chance_right

SENTENCES_MAX = 3
WORDS_MAX = 90
# A sentence this much further from the question than the best one is beside the point.
BESIDE = 0.2
# Of a sentence's rank, how much is its passage's: “it takes four days” alone says little.
PASSAGE_SHARE = 0.3
# A question is less like a page that answers it than like the same question in other words.
PAGE_SHARE = 0.75
# A page less near than this may be beside the question: it is shown as the nearest there is. Read
# off 45 questions to the demonstration's help pages, half of which these do not answer.
FIRM = 0.48
# Two sentences this alike say the same.
SAME = 0.92


class Nearness(Protocol):
    """A passage as far as how near it is tells."""

    @property
    def is_answer(self) -> bool: ...
    @property
    def similarity(self) -> float: ...
    @property
    def heading(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Evidence:
    """A passage that was found for a question, cut into sentences.

    Attributes:
        chunk_id: What is cited.
        is_answer: Whether it is the written answer to a written question.
        similarity: Of the passage to the question, -1 to 1.
        sentences: Its sentences, in order.
        vectors: Their unit vectors, shape (sentences, size).
        heading: The written question that it answers, or what it stands under.
    """

    chunk_id: int
    is_answer: bool
    similarity: float
    sentences: tuple[str, ...]
    vectors: NDArray[np.float32]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence of an answer, and the chunk that says it."""

    text: str
    chunk_id: int


def extracted(
    question: NDArray[np.float32],
    found: Sequence[Evidence],
    *,
    threshold: float,
    sure: float = SURE,
) -> list[Cited]:
    """The sentences that answer a question, word for word; empty where there is no evidence.

    A written answer is given from its beginning, if it is the best passage and stands out enough to
    be the one asked for; of other passages the sentences nearest to the question are, in the order
    of the passages.

    Args:
        question: Its unit vector, shape (size,).
        found: Passages, the best first.
        threshold: Similarity below which a written answer is no evidence; for other passages
            three quarters of it.
        sure: Chance of being right from which a written answer is given.

    >>> own = Evidence(7, True, 0.8, ("Yes.", "It takes four days."), np.eye(2, dtype=np.float32))
    >>> asked = np.array([1, 0], dtype=np.float32)
    >>> [cited.text for cited in extracted(asked, [own], threshold=0.5)]
    ['Yes.', 'It takes four days.']
    >>> extracted(asked, [own], threshold=0.9)
    []
    """
    telling = [
        one for one in found if one.similarity >= threshold * (1 if one.is_answer else PAGE_SHARE)
    ]
    if telling and telling[0].is_answer and chance_of(telling[0], found) >= sure:
        return _from_the_beginning(telling[0])
    pages = [one for one in telling if not one.is_answer]
    return _nearest(question, pages) if pages else []


def firmness(
    question: NDArray[np.float32], cited: Sequence[Cited], found: Sequence[Evidence]
) -> float:
    """How near sentences are that were cited, or their passages: 1 for a written answer's.

    Args:
        question: Its unit vector, shape (size,).
        cited: What `extracted` gave, at least one sentence.
        found: What it was given.
    """
    passages = [one for one in found if one.chunk_id in {each.chunk_id for each in cited}]
    if any(one.is_answer for one in passages):
        return 1.0
    return max(
        max(one.similarity, float((one.vectors @ question).max(initial=-1.0))) for one in passages
    )


def chance_of(answer: Nearness, found: Sequence[Nearness]) -> float:
    """The chance, 0 to 1, that a written answer is the one asked for, among all that was found.

    Another answer to the same written question is no rival: it may be long, or asked often.
    """
    others = [
        one.similarity
        for one in found
        if one.is_answer and one is not answer and not (one.heading == answer.heading != "")
    ]
    return chance_right(answer.similarity, max(others, default=None))


def _from_the_beginning(answer: Evidence) -> list[Cited]:
    kept: list[Cited] = []
    words = 0
    for sentence in answer.sentences:
        words += len(sentence.split())
        if kept and words > WORDS_MAX:
            break
        kept.append(Cited(sentence, answer.chunk_id))
    return kept


def _nearest(question: NDArray[np.float32], telling: Sequence[Evidence]) -> list[Cited]:
    places = [(row, at) for row, one in enumerate(telling) for at in range(len(one.sentences))]
    scores = np.concatenate(
        [
            (1 - PASSAGE_SHARE) * (one.vectors @ question) + PASSAGE_SHARE * one.similarity
            for one in telling
        ]
    )
    chosen: list[tuple[int, int]] = []
    for number in np.argsort(-scores, kind="stable"):
        place = places[number]
        if scores[number] < scores.max() - BESIDE or len(chosen) == SENTENCES_MAX:
            break
        if not any(_are_same(telling, place, other) for other in chosen):
            chosen.append(place)
    return [Cited(telling[row].sentences[at], telling[row].chunk_id) for row, at in sorted(chosen)]


def _are_same(found: Sequence[Evidence], one: tuple[int, int], other: tuple[int, int]) -> bool:
    first, second = (found[row].vectors[at] for row, at in (one, other))
    return float(first @ second) >= SAME
