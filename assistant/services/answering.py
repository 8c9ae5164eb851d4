"""What a knowledge base says to a question: sentences of its documents, each with its source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from assistant.answering.evidence import Cited, Evidence, extracted
from assistant.answering.followups import rewritten
from assistant.documents.said import sentences_in, under_heading, unpacked
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
    """Passages cut into sentences with their vectors; those of a written answer need none."""
    cut = [sentences_in(passage.body) for passage in passages]
    if passages and passages[0].is_answer:
        vectors = [np.empty((0, encoder.size), dtype=np.float32)] * len(passages)
    else:
        vectors = _sentence_vectors(passages, cut, encoder)
    return [
        Evidence(passage.chunk_id, passage.is_answer, passage.similarity, sentences, own)
        for passage, sentences, own in zip(passages, cut, vectors, strict=True)
    ]


def _sentence_vectors(
    passages: Sequence[Passage], cut: Sequence[Sequence[str]], encoder: TextEncoder
) -> list[NDArray[np.float32]]:
    """Those stored when a chunk was read; of chunks read before any were stored, new ones."""
    stored = [
        unpacked(one.sentence_vectors, size=encoder.size) if one.sentence_vectors else None
        for one in passages
    ]
    is_missing = [
        own is None or len(own) != len(said) for own, said in zip(stored, cut, strict=True)
    ]
    texts = [
        under_heading(passage.heading, said) if misses else []
        for passage, said, misses in zip(passages, cut, is_missing, strict=True)
    ]
    flat = [text for own in texts for text in own]
    made = encoder.encode(flat) if flat else np.empty((0, encoder.size), dtype=np.float32)
    ends = np.cumsum([len(own) for own in texts])[:-1]
    return [
        new if own is None or misses else own
        for new, own, misses in zip(np.split(made, ends), stored, is_missing, strict=True)
    ]
