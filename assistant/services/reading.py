"""Documents are read: cut into chunks, and only the chunks that are new are encoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Length
from numpy.typing import NDArray

from assistant.documents import Chunk as Piece
from assistant.documents import Kind, chunks_of, read_document
from assistant.documents.addressing import without_orders
from assistant.documents.said import packed, sentences_in, under_heading
from assistant.models import VECTOR_SIZE, Chunk, Document, DocumentVersion, KnowledgeBase
from assistant.services.documents import base_counts_renew
from core.errors import CopyliftError, DomainError, InputRefused
from inference.encoders import TextEncoder, text_encoder

Progress = Callable[[str], None]

# Longer than any file within the limits takes; a killed worker's document is read again after it.
CLAIM = timedelta(minutes=10)
# A question says better what its answer is about than the answer does, but not all.
QUESTION_SHARE = 0.75
CHUNKS_PER_BATCH = 256
# A worker claims so many documents, or so much, at once: one encoding and one transaction.
DOCUMENTS_AT_ONCE = 64
BYTES_AT_ONCE = 512 * 1024

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


def documents_read(
    *, now: datetime, encoder: TextEncoder | None = None, progress: Progress | None = None
) -> int:
    """Read what waits until nothing is left to claim; workers may share it. How many were read."""
    done = 0
    while documents := _claim(now=now):
        encoder = encoder or text_encoder()
        _read(documents, encoder=encoder, now=now)
        done += len(documents)
        if progress:
            for document in documents:
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
        _read([document], encoder=encoder or text_encoder(), now=now)


def _claim(*, now: datetime) -> list[Document]:
    """Documents of one base, few enough to be encoded at once well within the claim's time."""
    open_to_claim = Q(status=Document.Status.WAITING) | Q(
        status=Document.Status.READING, claimed_at__lt=now - CLAIM
    )
    newest = DocumentVersion.objects.filter(document=OuterRef("pk"), number=OuterRef("version"))
    size = newest.annotate(size=Length("content")).values("size")
    with transaction.atomic():
        waiting: list[Any] = list(
            Document.objects.filter(open_to_claim)
            .annotate(size=Subquery(size))
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
            .select_related("base")
            .order_by("id")[:DOCUMENTS_AT_ONCE]
        )
        documents = _first_of(waiting)
        Document.objects.filter(pk__in=[one.pk for one in documents]).update(
            status=Document.Status.READING, claimed_at=now
        )
    return documents


def _first_of(waiting: Sequence[Any]) -> list[Document]:
    """As many as are read at once. What a worker died over is read alone: it may be why."""
    is_waiting = [one.status == Document.Status.WAITING for one in waiting]
    sizes = accumulate(one.size or 0 for one in waiting)
    return [
        one
        for place, (one, size) in enumerate(zip(waiting, sizes, strict=True))
        if place == 0
        or (
            is_waiting[0]
            and is_waiting[place]
            and one.base_id == waiting[0].base_id
            and size <= BYTES_AT_ONCE
        )
    ]


@dataclass(frozen=True, slots=True)
class _Cut:
    """A document cut into pieces.

    Attributes:
        version: The number of the version that was cut.
        known: The chunks it has, by digest.
        fresh: The pieces that it has not.
    """

    document: Document
    version: int
    title: str
    pieces: list[Piece]
    known: Mapping[bytes, int]

    @property
    def fresh(self) -> list[Piece]:
        return [piece for piece in self.pieces if piece.digest not in self.known]


def _read(documents: Sequence[Document], *, encoder: TextEncoder, now: datetime) -> None:
    """Make the newest versions of claimed documents of one base findable; one that cannot be read
    stops no other.

    What was found before stays findable until the new chunks are stored, in one transaction.
    """
    cuts = _cut_all(documents)
    fresh = [piece for cut in cuts for piece in cut.fresh]
    try:
        vectors = encoded(fresh, encoder)
        said = sentences_encoded(fresh, encoder)
    except CopyliftError as error:
        for cut in cuts:
            _fail(cut.document, cut.version, str(error))
        return
    _store(cuts, vectors, said, now=now)


def _cut_all(documents: Sequence[Document]) -> list[_Cut]:
    wanted = {one.pk: one for one in documents}
    versions = DocumentVersion.objects.filter(
        document__in=documents, number=F("document__version")
    ).order_by("document")
    known: dict[int, dict[bytes, int]] = {}
    chunks = Chunk.objects.filter(document__in=documents)
    for of, pk, chunk_digest in chunks.order_by().values_list("document", "pk", "digest"):
        known.setdefault(of, {})[bytes(chunk_digest)] = pk
    cuts = []
    for version in versions:
        document = wanted[version.document_id]
        try:
            title, pieces = _pieces(document, version)
        except CopyliftError as error:
            _fail(document, version.number, str(error))
        else:
            cuts.append(_Cut(document, version.number, title, pieces, known.get(document.pk, {})))
    return cuts


def _pieces(document: Document, version: DocumentVersion) -> tuple[str, list[Piece]]:
    page, orders = without_orders(read_document(bytes(version.content), Kind(document.kind)))
    findings = [asdict(order) for order in orders]
    if findings != document.findings:
        Document.objects.filter(pk=document.pk, version=version.number).update(findings=findings)
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
    cuts: Sequence[_Cut], vectors: NDArray[np.float32], said: Sequence[bytes], *, now: datetime
) -> None:
    """All but those of which a newer content came meanwhile: it waits to be read in its turn."""
    rows = Document.objects.select_for_update(no_key=True).order_by("pk")
    current = {one.pk: one for one in rows.filter(pk__in=[cut.document.pk for cut in cuts])}
    encodings = iter(zip(vectors, said, strict=True))
    gone: list[int] = []
    moved: list[Chunk] = []
    made: list[Chunk] = []
    read: list[Document] = []
    for cut in cuts:
        own = [(piece, *next(encodings)) for piece in cut.fresh]
        document = current.get(cut.document.pk)
        if document is None or document.version != cut.version:
            continue
        place = {piece.digest: position for position, piece in enumerate(cut.pieces)}
        gone += [pk for digest, pk in cut.known.items() if digest not in place]
        moved += [Chunk(pk=pk, position=place[d]) for d, pk in cut.known.items() if d in place]
        made += [_chunk(document, place[one.digest], one, *more) for one, *more in own]
        document.title, document.chunk_count = cut.title[:300], len(cut.pieces)
        read.append(document)
    Chunk.objects.filter(pk__in=gone).delete()
    if moved:
        Chunk.objects.bulk_update(moved, ["position"], batch_size=1_000)
    if read:
        base = cuts[0].document.base
        _chunks_add(made, base)
        _are_read(read, now=now)
        base_counts_renew(base)


def _chunk(
    document: Document,
    position: int,
    piece: Piece,
    vector: NDArray[np.float32],
    sentences: bytes,
) -> Chunk:
    return Chunk(
        base_id=document.base_id,
        document=document,
        position=position,
        heading=piece.heading,
        body=piece.body,
        is_answer=piece.is_answer,
        digest=piece.digest,
        vector=vector,
        sentence_vectors=sentences,
    )


def _chunks_add(chunks: Sequence[Chunk], base: KnowledgeBase) -> None:
    made = Chunk.objects.bulk_create(chunks, batch_size=CHUNKS_PER_BATCH)
    public = Document.Audience.PUBLIC
    with connection.cursor() as cursor:
        for is_public in (True, False):
            own = [one.pk for one in made if (one.document.audience == public) == is_public]
            if own:
                cursor.execute(_POST, [base.language, own, is_public])


def _are_read(documents: Sequence[Document], *, now: datetime) -> None:
    for document in documents:
        document.status, document.error = Document.Status.READY, ""
        document.read_at = now
    if documents:
        Document.objects.bulk_update(
            documents, ["status", "error", "read_at", "title", "chunk_count"]
        )


def _fail(document: Document, version: int, reason: str) -> None:
    """What was known of the document before stays findable; the page says what is wrong."""
    Document.objects.filter(pk=document.pk, status=Document.Status.READING, version=version).update(
        status=Document.Status.FAILED, error=reason
    )
