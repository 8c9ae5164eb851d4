"""Documents are read: cut into chunks, and only the chunks that are new are encoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import connection, transaction
from django.db.models import Q
from numpy.typing import NDArray

from assistant.documents import Chunk as Piece
from assistant.documents import Kind, chunks_of, read_document
from assistant.documents.addressing import without_orders
from assistant.documents.said import packed, sentences_in, under_heading
from assistant.models import VECTOR_SIZE, Chunk, Document, DocumentVersion
from assistant.services.documents import base_counts_renew
from core.errors import CopyliftError, DomainError, InputRefused
from inference.encoders import TextEncoder, text_encoder

Progress = Callable[[str], None]

# Longer than any file within the limits takes; a killed worker's document is read again after it.
CLAIM = timedelta(minutes=10)
# A question says better what its answer is about than the answer does, but not all.
QUESTION_SHARE = 0.75
CHUNKS_PER_BATCH = 256

_POST = """
    WITH counted AS (
        SELECT c.id, c.base_id, lexeme, least(cardinality(positions), 32767) AS frequency
        FROM assistant_chunk c, unnest(to_tsvector(%s::regconfig, c.heading || E'\\n' || c.body))
        WHERE c.id = ANY(%s)
    ), long AS (
        SELECT id, least(sum(frequency), 32767) AS length FROM counted GROUP BY id
    ), told AS (
        UPDATE assistant_chunk c SET length = long.length FROM long WHERE c.id = long.id
    )
    INSERT INTO assistant_posting (base_id, term, chunk_id, frequency, length, is_public)
    SELECT base_id, lexeme, id, frequency, long.length, %s FROM counted JOIN long USING (id)
"""


@dataclass(frozen=True, slots=True)
class Read:
    """What reading a document came to."""

    chunks: int
    encoded: int


def documents_read(
    *, now: datetime, encoder: TextEncoder | None = None, progress: Progress | None = None
) -> int:
    """Read what waits until nothing is left to claim; workers may share it. How many were read."""
    done = 0
    while (document := _claim(now=now)) is not None:
        encoder = encoder or text_encoder()
        document_read(document, encoder=encoder, now=now)
        done += 1
        if progress:
            progress(document.source)
    return done


def document_read_now(
    document: Document, *, now: datetime, encoder: TextEncoder | None = None
) -> None:
    """Read one document here, unless a worker took it meanwhile."""
    is_ours = Document.objects.filter(pk=document.pk, status=Document.Status.WAITING).update(
        status=Document.Status.READING, claimed_at=now
    )
    if is_ours:
        document.refresh_from_db()
        document_read(document, encoder=encoder or text_encoder(), now=now)


def _claim(*, now: datetime) -> Document | None:
    open_to_claim = Q(status=Document.Status.WAITING) | Q(
        status=Document.Status.READING, claimed_at__lt=now - CLAIM
    )
    with transaction.atomic():
        document = (
            Document.objects.filter(open_to_claim)
            .select_for_update(skip_locked=True, no_key=True)
            .order_by("id")
            .first()
        )
        if document is not None:
            document.status, document.claimed_at = Document.Status.READING, now
            document.save(update_fields=["status", "claimed_at"])
    return document


def document_read(document: Document, *, encoder: TextEncoder, now: datetime) -> Read | None:
    """Make a claimed document's newest version findable; None where it could not be read.

    What was found before stays findable until the new chunks are stored, in one transaction.
    """
    version = document.versions.get(number=document.version)
    try:
        title, pieces = _pieces(document, version)
        known = {bytes(digest): pk for pk, digest in document.chunks.values_list("pk", "digest")}
        fresh = [piece for piece in pieces if piece.digest not in known]
        vectors = encoded(fresh, encoder)
        said = sentences_encoded(fresh, encoder)
    except CopyliftError as error:
        _fail(document, version, str(error))
        return None
    return _store(document, version, title, pieces, known, fresh, vectors, said, now=now)


def _pieces(document: Document, version: DocumentVersion) -> tuple[str, list[Piece]]:
    page, orders = without_orders(read_document(bytes(version.content), Kind(document.kind)))
    Document.objects.filter(pk=document.pk, version=version.number).update(
        findings=[asdict(order) for order in orders]
    )
    pieces = chunks_of(page)
    if not pieces and orders:
        raise InputRefused(
            "file: all of it speaks to the assistant and not to readers", field="file"
        )
    if not pieces:
        raise InputRefused("file: there is no text in it", field="file")
    return page.title, pieces


def encoded(pieces: Sequence[Piece], encoder: TextEncoder) -> NDArray[np.float32]:
    """A unit vector per chunk: of its text, or of question and answer together."""
    if encoder.size != VECTOR_SIZE:
        raise DomainError(
            f"ENCODER_MODEL {encoder.name!r} makes vectors of {encoder.size} numbers and the "
            f"database holds {VECTOR_SIZE}: choose an encoder of that size, or leave it empty"
        )
    if not pieces:
        return np.empty((0, VECTOR_SIZE), dtype=np.float32)
    texts = [
        text
        for piece in pieces
        for text in (
            (piece.heading, piece.body)
            if piece.is_answer
            else (f"{piece.heading}. {piece.body}" if piece.heading else piece.body,)
        )
    ]
    found = iter(encoder.encode(texts))
    rows = [
        QUESTION_SHARE * next(found) + (1 - QUESTION_SHARE) * next(found)
        if piece.is_answer
        else next(found)
        for piece in pieces
    ]
    stacked = np.stack(rows)
    return np.asarray(stacked / np.linalg.norm(stacked, axis=1, keepdims=True), dtype=np.float32)


def sentences_encoded(pieces: Sequence[Piece], encoder: TextEncoder) -> list[bytes]:
    """The vectors of each chunk's sentences, as stored."""
    if not pieces:
        return []
    texts = [under_heading(piece.heading, sentences_in(piece.body)) for piece in pieces]
    made = encoder.encode([text for own in texts for text in own])
    ends = np.cumsum([len(own) for own in texts])[:-1]
    return [packed(own) for own in np.split(made, ends)]


@transaction.atomic
def _store(
    document: Document,
    version: DocumentVersion,
    title: str,
    pieces: Sequence[Piece],
    known: Mapping[bytes, int],
    fresh: Sequence[Piece],
    vectors: NDArray[np.float32],
    said: Sequence[bytes],
    *,
    now: datetime,
) -> Read | None:
    document = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
    if document.version != version.number:
        # A newer content came meanwhile; it waits to be read in its turn.
        return None
    place = {piece.digest: position for position, piece in enumerate(pieces)}
    gone = [pk for digest, pk in known.items() if digest not in place]
    Chunk.objects.filter(pk__in=gone).delete()
    Chunk.objects.bulk_update(
        [Chunk(pk=pk, position=place[digest]) for digest, pk in known.items() if digest in place],
        ["position"],
        batch_size=1_000,
    )
    _chunks_add(document, fresh, vectors, said, place)
    base_counts_renew(document.base)
    Document.objects.filter(pk=document.pk).update(
        status=Document.Status.READY,
        error="",
        read_at=now,
        title=title[:300],
        chunk_count=len(pieces),
    )
    return Read(chunks=len(pieces), encoded=len(fresh))


def _chunks_add(
    document: Document,
    fresh: Sequence[Piece],
    vectors: NDArray[np.float32],
    said: Sequence[bytes],
    place: Mapping[bytes, int],
) -> None:
    made = Chunk.objects.bulk_create(
        (
            Chunk(
                base_id=document.base_id,
                document=document,
                position=place[piece.digest],
                heading=piece.heading,
                body=piece.body,
                is_answer=piece.is_answer,
                digest=piece.digest,
                vector=vector,
                sentence_vectors=sentences,
            )
            for piece, vector, sentences in zip(fresh, vectors, said, strict=True)
        ),
        batch_size=CHUNKS_PER_BATCH,
    )
    if made:
        is_public = document.audience == Document.Audience.PUBLIC
        with connection.cursor() as cursor:
            cursor.execute(_POST, [document.base.language, [one.pk for one in made], is_public])


def _fail(document: Document, version: DocumentVersion, reason: str) -> None:
    """What was known of the document before stays findable; the page says what is wrong."""
    Document.objects.filter(
        pk=document.pk, status=Document.Status.READING, version=version.number
    ).update(status=Document.Status.FAILED, error=reason)
