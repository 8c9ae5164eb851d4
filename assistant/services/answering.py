"""What a knowledge base says to a question: sentences of its documents, each with its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from assistant.answering.evidence import Cited, Evidence, extracted
from assistant.answering.followups import rewritten
from assistant.documents.chunking import PATH_JOIN
from assistant.documents.sentences import sentences_of
from assistant.models import KnowledgeBase
from assistant.selectors import Passage, passages_for_vector
from inference.encoders import TextEncoder, text_encoder


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question came to."""

    sentences: tuple[Cited, ...]
    passages: tuple[Passage, ...]
    similarity: float | None
    looked_for: str
    vector: NDArray[np.float32]


def answer(
    base: KnowledgeBase,
    question: str,
    *,
    now: datetime,
    before: str = "",
    for_staff: bool = False,
    encoder: TextEncoder | None = None,
) -> Answer:
    """What a knowledge base says to a question; no sentences where it holds no evidence."""
    encoder = encoder or text_encoder()
    wanted = rewritten(question, before)
    vector, own = encoder.encode([wanted, question])
    passages = passages_for_vector(base, wanted, vector, now=now, for_staff=for_staff)
    # What came before says where to look; what is asked now says which sentence answers.
    evidence = evidence_of(passages, encoder)
    cited = extracted(_between(vector, own), evidence, threshold=base.refusal_threshold)
    best = max((passage.similarity for passage in passages), default=None)
    return Answer(tuple(cited), tuple(passages), best, wanted, vector)


def _between(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    middle = one + other
    return np.asarray(middle / np.linalg.norm(middle), dtype=np.float32)


def evidence_of(passages: Sequence[Passage], encoder: TextEncoder) -> list[Evidence]:
    """Passages cut into encoded sentences; those of a written answer need no vectors."""
    cut = [
        tuple(one for line in passage.body.split("\n") for one in sentences_of(line))
        for passage in passages
    ]
    is_written = bool(passages) and passages[0].is_answer
    # “It is free” says what is free only under its heading.
    texts = [
        f"{passage.heading.rsplit(PATH_JOIN, 1)[-1]}: {sentence}" if passage.heading else sentence
        for passage, sentences in zip(passages, cut, strict=True)
        for sentence in sentences
        if not is_written
    ]
    vectors = encoder.encode(texts) if texts else np.empty((0, encoder.size), dtype=np.float32)
    ends = np.cumsum([0 if is_written else len(sentences) for sentences in cut])[:-1]
    return [
        Evidence(passage.chunk_id, passage.is_answer, passage.similarity, sentences, own)
        for passage, sentences, own in zip(passages, cut, np.split(vectors, ends), strict=True)
    ]
