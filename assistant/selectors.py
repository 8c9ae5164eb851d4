"""Finding passages: by meaning and by words in one query, weighed, the best few."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np
import orjson
from django.db import connection, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from numpy.typing import NDArray

from assistant.finding.fusion import PASSAGES_MAX, Candidates, best_first, fused, without_repeats
from assistant.models import Conversation, KnowledgeBase, Message
from inference.encoders import TextEncoder, text_encoder

# Enough that what is good by both ways is among the best of one.
CANDIDATES = 100
# Looked at for repeats and documents no longer valid, beyond what is shown.
LOOKED_AT = 4 * PASSAGES_MAX
OVERLAP = timedelta(minutes=1)
K1, B = 0.9, 0.4

# Words in more than half of the chunks tell nothing apart, and are most of the work.
_FIND = """
WITH asked AS (
    SELECT lexeme AS term FROM unnest(to_tsvector(%(language)s::regconfig, %(question)s))
), shares AS MATERIALIZED (
    SELECT asked.term, (
        SELECT count(*) FROM assistant_posting p
        WHERE p.base_id = %(base)s AND p.term = asked.term
    ) AS chunks FROM asked
), scored AS MATERIALIZED (
    SELECT p.chunk_id, sum(
        ln(1 + (%(chunks)s - s.chunks + 0.5) / (s.chunks + 0.5)) * p.frequency * (1 + %(k1)s)
        / (p.frequency + %(k1)s * (1 - %(b)s + %(b)s * p.length / %(mean_length)s))
    )::float8 AS score
    FROM shares s JOIN assistant_posting p ON p.base_id = %(base)s AND p.term = s.term
    WHERE s.chunks BETWEEN 1 AND greatest(%(chunks)s / 2, 50) AND (p.is_public OR %(for_staff)s)
    GROUP BY p.chunk_id
), found AS (
    (SELECT chunk_id FROM scored ORDER BY score DESC, chunk_id LIMIT %(limit)s)
    UNION
    (SELECT id FROM assistant_chunk WHERE base_id = %(base)s
     ORDER BY vector <#> %(vector)s::vector LIMIT %(limit)s)
)
SELECT c.id, c.document_id, c.is_answer, -(c.vector <#> %(vector)s::vector) AS dense,
    COALESCE(scored.score, 0) AS lexical
FROM found
JOIN assistant_chunk c ON c.id = found.chunk_id
JOIN assistant_document d ON d.id = c.document_id
LEFT JOIN scored ON scored.chunk_id = c.id
WHERE (d.audience = 'public' OR %(for_staff)s)
    AND (d.valid_from IS NULL OR d.valid_from <= %(now)s)
    AND (d.valid_until IS NULL OR d.valid_until > %(now)s)
ORDER BY c.id
"""
_TEXTS = """
SELECT c.id, c.heading, c.body, c.is_answer, d.id, COALESCE(NULLIF(d.title, ''), d.source), d.url,
    c.sentence_vectors
FROM assistant_chunk c JOIN assistant_document d ON d.id = c.document_id WHERE c.id = ANY(%s)
"""


_TEXT_FIELDS = (
    "chunk_id",
    "heading",
    "body",
    "is_answer",
    "document_id",
    "document",
    "url",
    "sentence_vectors",
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was found for a question.

    Attributes:
        similarity: Of meaning, -1 to 1: the evidence a threshold can be held against.
        score: What it was ranked by, 0 to 1 among the question's candidates.
        sentence_vectors: Of its sentences as stored; None where it was read before they were.
    """

    chunk_id: int
    heading: str
    body: str
    is_answer: bool
    document_id: int
    document: str
    url: str
    similarity: float
    score: float
    sentence_vectors: bytes | None = None


class Found(NamedTuple):
    """Candidates with the document of each."""

    candidates: Candidates
    documents: NDArray[np.int64]


def passages_for(
    base: KnowledgeBase,
    question: str,
    *,
    now: datetime,
    for_staff: bool = False,
    limit: int = PASSAGES_MAX,
    encoder: TextEncoder | None = None,
) -> list[Passage]:
    """The passages that speak to a question, the best first, none twice in other words."""
    vector = (encoder or text_encoder()).encode([question])[0]
    return passages_for_vector(base, question, vector, now=now, for_staff=for_staff, limit=limit)


def passages_for_vector(
    base: KnowledgeBase,
    question: str,
    vector: NDArray[np.float32],
    *,
    now: datetime,
    for_staff: bool = False,
    limit: int = PASSAGES_MAX,
) -> list[Passage]:
    """`passages_for` a question that is encoded already."""
    found = candidates_for(base, question, vector, now=now, for_staff=for_staff).candidates
    scores = fused(found, answers=base.lexical_weight, pages=base.lexical_weight_pages)
    best = best_first(scores, found.ids)[:LOOKED_AT]
    passages = _passages(found, scores, best)
    kept = without_repeats([passage.body for passage in passages], limit=limit)
    return [passages[place] for place in kept]


def candidates_for(
    base: KnowledgeBase,
    question: str,
    vector: NDArray[np.float32],
    *,
    now: datetime,
    for_staff: bool = False,
) -> Found:
    """What is near in meaning or shares words, each scored both ways, in one query."""
    values: dict[str, Any] = {
        "language": base.language,
        "question": question,
        "base": base.pk,
        "chunks": base.chunk_count,
        "mean_length": max(1.0, base.word_count / max(1, base.chunk_count)),
        "k1": K1,
        "b": B,
        "for_staff": for_staff,
        "limit": CANDIDATES,
        "vector": orjson.dumps(vector, option=orjson.OPT_SERIALIZE_NUMPY).decode(),
        "now": now,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        # The index stops looking after so many; other bases' chunks must not use them up.
        cursor.execute(
            "SELECT set_config('hnsw.ef_search', %s, true), "
            "set_config('hnsw.iterative_scan', 'strict_order', true)",
            [str(CANDIDATES)],
        )
        cursor.execute(_FIND, values)
        rows = cursor.fetchall()
    return _found(rows)


def _found(rows: Sequence[tuple[int, int, bool, float, float]]) -> Found:
    ids, documents, answers, dense, lexical = zip(*rows, strict=True) if rows else ((),) * 5
    return Found(
        Candidates(
            np.array(ids, dtype=np.int64),
            np.array(dense, dtype=float),
            np.array(lexical, dtype=float),
            np.array(answers, dtype=bool),
        ),
        np.array(documents, dtype=np.int64),
    )


def _passages(
    found: Candidates, scores: NDArray[np.float64], best: NDArray[np.intp]
) -> list[Passage]:
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS, [found.ids[best].tolist()])
        texts = {row[0]: _told(row) for row in cursor.fetchall()}
    return [
        Passage(**texts[chunk], similarity=float(found.dense[place]), score=float(scores[place]))
        for place in best
        if (chunk := int(found.ids[place])) in texts
    ]


def conversations_waiting() -> QuerySet[Conversation]:
    """Those that wait for a person, the longest first."""
    waiting = Conversation.objects.filter(status=Conversation.Status.HANDED_OVER)
    of_visitor = Message.objects.filter(conversation=OuterRef("pk"), role=Message.Role.VISITOR)
    last = of_visitor.order_by("-said_at").values("text")[:1]
    return (
        waiting.select_related("base", "taken_by")
        .annotate(last_words=Subquery(last))
        .order_by("handed_over_at")
    )


def messages_since(conversation: Conversation, after: Message | None) -> QuerySet[Message]:
    """All of a conversation; or, after a message, what others than the visitor said.

    What came shortly before that message comes again: two may be kept in another order than their
    times say.
    """
    found = conversation.messages.select_related("feedback", "author").order_by("said_at")
    if after is None:
        return found
    since = after.said_at - OVERLAP
    return found.filter(said_at__gte=since).exclude(role=Message.Role.VISITOR)


def _told(row: Sequence[Any]) -> dict[str, Any]:
    told = dict(zip(_TEXT_FIELDS, row, strict=True))
    stored = told["sentence_vectors"]
    return told | {"sentence_vectors": None if stored is None else bytes(stored)}
