"""Finding passages: by meaning and by words in one query, weighed, the best few."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import orjson
from django.db import connection
from django.db.models import OuterRef, QuerySet, Subquery
from numpy.typing import NDArray

from assistant.finding.fusion import PASSAGES_MAX, Candidates, best_first, fused, without_repeats
from assistant.finding.ranking import FEATURES, Memory, Ranker, features
from assistant.models import Conversation, KnowledgeBase, Message, RankerFit
from core.prepared import Prepared
from core.written_out import columns, instance, width
from inference.encoders import TextEncoder, text_encoder

# Enough that what is good by both ways is among the best of one.
CANDIDATES = 100
# Looked at for repeats and documents no longer valid, beyond what is shown.
LOOKED_AT = 4 * PASSAGES_MAX
OVERLAP = timedelta(minutes=1)
K1, B = 0.9, 0.4

# The index stops looking after so many; other bases' chunks must not use them up. Sent in one with
# the query, both are one transaction, to which the settings are local.
_LOOK_FAR = f"""
SELECT set_config('hnsw.ef_search', '{CANDIDATES}', true),
    set_config('hnsw.iterative_scan', 'strict_order', true);
"""
# Words in more than half of the chunks tell nothing apart, and are most of the work. All sums are
# of float8: a logarithm of PostgreSQL's numeric takes as long as all the rest.
_FIND = Prepared(
    "assistant_find",
    f"""
WITH asked AS (
    SELECT lexeme AS term FROM unnest(to_tsvector(%(language)s, %(question)s))
), shares AS MATERIALIZED (
    SELECT asked.term, (
        SELECT count(*) FROM assistant_posting p
        WHERE p.base_id = %(base)s AND p.term = asked.term
    )::float8 AS chunks FROM asked
), telling AS MATERIALIZED (
    SELECT term, ln(1 + (%(chunks)s - chunks + 0.5) / (chunks + 0.5)) * (1 + %(k1)s) AS worth
    FROM shares WHERE chunks BETWEEN 1 AND greatest(%(chunks)s / 2, 50)
), scored AS MATERIALIZED (
    SELECT p.chunk_id, sum(
        t.worth * p.frequency / (p.frequency + %(least)s + %(per_word)s * p.length)
    ) AS score
    FROM telling t JOIN assistant_posting p ON p.base_id = %(base)s AND p.term = t.term
    WHERE p.is_public OR %(for_staff)s
    GROUP BY p.chunk_id
), found AS (
    (SELECT chunk_id FROM scored ORDER BY score DESC, chunk_id LIMIT {CANDIDATES})
    UNION
    (SELECT id FROM assistant_chunk WHERE base_id = %(base)s
     ORDER BY vector <#> %(vector)s LIMIT {CANDIDATES})
)
SELECT c.id, c.document_id, c.is_answer, -(c.vector <#> %(vector)s) AS dense,
    COALESCE(scored.score, 0) AS lexical,
    COALESCE(extract(epoch FROM %(now)s - d.read_at) / 86400, 0)::float8 AS days,
    COALESCE((SELECT sum(worth) FROM telling), 0) AS reach
FROM found
JOIN assistant_chunk c ON c.id = found.chunk_id
JOIN assistant_document d ON d.id = c.document_id
LEFT JOIN scored ON scored.chunk_id = c.id
WHERE (d.audience = 'public' OR %(for_staff)s)
    AND (d.valid_from IS NULL OR d.valid_from <= %(now)s)
    AND (d.valid_until IS NULL OR d.valid_until > %(now)s)
ORDER BY c.id
""",  # noqa: S608 (a number of ours)
    language="regconfig",
    question="text",
    base="bigint",
    chunks="float8",
    k1="float8",
    least="float8",
    per_word="float8",
    for_staff="boolean",
    vector="vector",
    now="timestamptz",
)
_TEXTS = Prepared(
    "assistant_texts",
    """
SELECT c.id, c.heading, c.body, c.is_answer, d.id, COALESCE(NULLIF(d.title, ''), d.source), d.url
FROM assistant_chunk c JOIN assistant_document d ON d.id = c.document_id
WHERE c.id = ANY(%(chunks)s)
""",
    chunks="bigint[]",
)
_VECTORS = Prepared(
    "assistant_vectors",
    "SELECT id, sentence_vectors FROM assistant_chunk WHERE id = ANY(%(chunks)s)",
    chunks="bigint[]",
)
_TEXT_FIELDS = (
    "chunk_id",
    "heading",
    "body",
    "is_answer",
    "document_id",
    "document",
    "url",
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
    """Candidates with the document of each, and days since it was last read anew."""

    candidates: Candidates
    documents: NDArray[np.int64]
    ages: NDArray[np.float64]


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
    found = candidates_for(base, question, vector, now=now, for_staff=for_staff)
    scores = ranked_scores(base, found, vector)
    best = best_first(scores, found.candidates.ids)[:LOOKED_AT]
    passages = _passages(found.candidates, scores, best)
    kept = without_repeats([passage.body for passage in passages], limit=limit)
    return _with_vectors([passages[place] for place in kept])


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
        "k1": K1,
        "least": K1 * (1 - B),
        "per_word": K1 * B / max(1.0, base.word_count / max(1, base.chunk_count)),
        "for_staff": for_staff,
        "vector": orjson.dumps(vector, option=orjson.OPT_SERIALIZE_NUMPY).decode(),
        "now": now,
    }
    with connection.cursor() as cursor:
        _FIND.run(cursor, values, after=_LOOK_FAR)
        rows = cursor.fetchall()
    return _found(rows)


def _found(rows: Sequence[tuple[int, int, bool, float, float, float, float]]) -> Found:
    columns = zip(*rows, strict=True) if rows else ((),) * 7
    ids, documents, answers, dense, lexical, days, reach = columns
    return Found(
        Candidates(
            np.array(ids, dtype=np.int64),
            np.array(dense, dtype=float),
            np.array(lexical, dtype=float),
            np.array(answers, dtype=bool),
            reach=reach[0] if reach else 0.0,
        ),
        np.array(documents, dtype=np.int64),
        np.array(days, dtype=float).clip(min=0),
    )


def ranked_scores(
    base: KnowledgeBase, found: Found, vector: NDArray[np.float32]
) -> NDArray[np.float64]:
    """What a base ranks candidates by, shape (candidates,): its live ranking's word on the best."""
    scores = fused(found.candidates, answers=base.lexical_weight, pages=base.lexical_weight_pages)
    if base.ranker_id is None:
        return scores
    ranker, memory = _live_ranker(base.ranker_id)
    return reranked(found, scores, vector, ranker, memory)


def reranked(
    found: Found,
    scores: NDArray[np.float64],
    vector: NDArray[np.float32],
    ranker: Ranker,
    memory: Memory,
) -> NDArray[np.float64]:
    """The best candidates as a learned ranking has them, .5 to 1; the rest as before, below."""
    best = best_first(scores, found.candidates.ids)[:LOOKED_AT]
    learned = ranker.scores(features(found.candidates, scores, found.ages, vector, memory))
    ranked = scores / 2
    ranked[best] = (1 + learned[best]) / 2
    return ranked


@lru_cache(maxsize=16)
def _live_ranker(fit: int) -> tuple[Ranker, Memory]:
    """Read once per process: a ranking that changes is a new row."""
    row = RankerFit.objects.get(pk=fit)
    own = [row.weights["features"][name] for name in FEATURES]
    weights, means, spreads = (
        np.array([one[key] for one in own]) for key in ("weight", "mean", "spread")
    )
    ranker = Ranker(float(row.weights["bias"]), weights, means, spreads)
    return ranker, memory_unpacked(bytes(row.memory))


def memory_packed(memory: Memory) -> bytes:
    """Votes as they are stored with a ranking."""
    file = io.BytesIO()
    vectors = memory.vectors.astype(np.float16)
    np.savez(
        file, vectors=vectors, chunks=memory.chunks, votes=memory.votes, messages=memory.messages
    )
    return file.getvalue()


def memory_unpacked(stored: bytes) -> Memory:
    with np.load(io.BytesIO(stored), allow_pickle=False) as found:
        vectors = found["vectors"].astype(np.float32)
        return Memory(vectors, found["chunks"], found["votes"], found["messages"])


def _passages(
    found: Candidates, scores: NDArray[np.float64], best: NDArray[np.intp]
) -> list[Passage]:
    with connection.cursor() as cursor:
        _TEXTS.run(cursor, {"chunks": found.ids[best].tolist()})
        texts = {row[0]: dict(zip(_TEXT_FIELDS, row, strict=True)) for row in cursor.fetchall()}
    return [
        Passage(**texts[chunk], similarity=float(found.dense[place]), score=float(scores[place]))
        for place in best
        if (chunk := int(found.ids[place])) in texts
    ]


def _with_vectors(passages: Sequence[Passage]) -> list[Passage]:
    """The passages that are shown, with the vectors of their sentences."""
    keys = [one.chunk_id for one in passages]
    with connection.cursor() as cursor:
        _VECTORS.run(cursor, {"chunks": keys})
        stored = dict(cursor.fetchall())
    return [
        replace(one, sentence_vectors=bytes(own)) if (own := stored.get(one.chunk_id)) else one
        for one in passages
    ]


def conversation_of(key: UUID) -> Conversation | None:
    """A conversation with its base."""
    with connection.cursor() as cursor:
        _conversation().run(cursor, {"key": key})
        row = cursor.fetchone()
    if row is None:
        return None
    found = instance(Conversation, row[: width(Conversation)])
    found.base = instance(KnowledgeBase, row[width(Conversation) :])
    return found


@cache
def _conversation() -> Prepared:
    talk, base = columns(Conversation, "talk"), columns(KnowledgeBase, "base")
    asked = f"""
        SELECT {talk}, {base} FROM assistant_conversation talk
        JOIN assistant_knowledgebase base ON base.id = talk.base_id WHERE talk.id = %(key)s
    """  # noqa: S608 (columns' names, no value)
    return Prepared("assistant_conversation_of", asked, key="uuid")


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
    found = conversation.messages.select_related(
        "feedback", "author", "learnt_example__intent"
    ).order_by("said_at")
    if after is None:
        return found
    since = after.said_at - OVERLAP
    return found.filter(said_at__gte=since).exclude(role=Message.Role.VISITOR)
