"""Documents come in: each content is a version, and what did not change is left alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, F, Sum
from django.utils import timezone

from assistant.documents import kind_of
from assistant.documents.reading import BYTES_MAX
from assistant.models import Chunk, Document, DocumentVersion, KnowledgeBase, Posting
from core.audit import audit
from core.errors import InputRefused
from core.jobs import wake

READ_TASK = "assistant.tasks.read"
# What is held in memory and kept in one transaction.
FILES_AT_ONCE = 200
BYTES_AT_ONCE = 8 * 1024**2


@dataclass(frozen=True, slots=True)
class Incoming:
    """A file, or a page that was fetched."""

    source: str
    content: bytes
    url: str = ""
    audience: str = Document.Audience.PUBLIC
    valid_from: datetime | None = None
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of files that came in; `refused` has the reason by source."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: tuple[str, ...]
    refused: dict[str, str]


def documents_save(base: KnowledgeBase, files: Iterable[Incoming], *, actor: User | None) -> Saved:
    """Keep each file as the newest version of its document, and wake a worker to read it.

    A file that cannot be kept stops no other.
    """
    done: dict[str, list[str]] = {"new": [], "changed": [], "unchanged": []}
    refused: dict[str, str] = {}
    for batch in _batches(_fitting(files, refused)):
        for source, what in _save(base, batch, actor).items():
            done[what].append(source)
    audit(actor, "documents_save", base, **{key: len(names) for key, names in done.items()})
    return Saved(
        tuple(done["new"]), tuple(done["changed"]), tuple(done["unchanged"]), refused=refused
    )


def _fitting(files: Iterable[Incoming], refused: dict[str, str]) -> Iterator[Incoming]:
    for file in files:
        try:
            kind_of(file.source)
            _refuse_unfit(file)
        except InputRefused as error:
            refused[file.source] = str(error)
        else:
            yield file


def _batches(files: Iterable[Incoming]) -> Iterator[dict[str, Incoming]]:
    """Files by source, as many as are kept in one transaction; of one source only one at a time."""
    batch: dict[str, Incoming] = {}
    held = 0
    for file in files:
        if file.source in batch or len(batch) == FILES_AT_ONCE or held > BYTES_AT_ONCE:
            yield batch
            batch, held = {}, 0
        batch[file.source] = file
        held += len(file.content)
    if batch:
        yield batch


@transaction.atomic
def _save(base: KnowledgeBase, files: Mapping[str, Incoming], actor: User | None) -> dict[str, str]:
    """Keep a batch; of each source whether it is new, changed or unchanged."""
    made = Document.objects.filter(base=base, source__in=files)
    Document.objects.bulk_create(
        (Document(base=base, **_settings(file)) for file in files.values()), ignore_conflicts=True
    )
    documents = list(made.select_for_update(no_key=True).order_by("pk"))
    newest = DocumentVersion.objects.filter(document__in=documents).order_by("document", "-number")
    digests = dict(newest.distinct("document").values_list("document", "digest"))
    done: dict[str, str] = {}
    versions = []
    for document in documents:
        file = files[document.source]
        digest = hashlib.sha256(file.content).digest()
        if bytes(digests.get(document.pk, b"")) == digest:
            done[document.source] = "unchanged"
            continue
        done[document.source] = "changed" if document.version else "new"
        versions.append(_version(document, file, digest, actor))
    _settings_keep([(one, _settings(files[one.source])) for one in documents])
    if versions:
        DocumentVersion.objects.bulk_create(versions)
        made.filter(pk__in=[one.document_id for one in versions]).update(
            version=F("version") + 1,
            status=Document.Status.WAITING,
            error="",
            updated_at=timezone.now(),
        )
        wake(READ_TASK)
    return {source: done[source] for source in files}


def _settings_keep(said: Sequence[tuple[Document, dict[str, Any]]]) -> None:
    """What files say beside their content, where that is something else than before."""
    other = []
    for document, settings in said:
        before = {name: getattr(document, name) for name in settings}
        if before == settings:
            continue
        for name, value in settings.items():
            setattr(document, name, value)
        document.updated_at = timezone.now()
        other.append(document)
        if before["audience"] != document.audience:
            Posting.objects.filter(chunk__document=document).update(
                is_public=document.audience == Document.Audience.PUBLIC
            )
    if other:
        Document.objects.bulk_update(other, [*said[0][1], "updated_at"])


def _settings(file: Incoming) -> dict[str, Any]:
    return {
        "source": file.source,
        "kind": kind_of(file.source).value,
        "url": file.url,
        "audience": file.audience,
        "valid_from": file.valid_from,
        "valid_until": file.valid_until,
    }


def _version(
    document: Document, file: Incoming, digest: bytes, actor: User | None
) -> DocumentVersion:
    return DocumentVersion(
        document=document,
        number=document.version + 1,
        content=file.content,
        digest=digest,
        saved_by=actor,
    )


def _refuse_unfit(file: Incoming) -> None:
    if not 0 < len(file.source) <= 500:
        raise InputRefused("source: a name of 1 to 500 characters is needed", field="source")
    if not file.content:
        raise InputRefused("file: it is empty", field="file")
    if len(file.content) > BYTES_MAX:
        raise InputRefused(
            f"file: {len(file.content) / 1024**2:.0f} MB; at most {BYTES_MAX // 1024**2} are read",
            field="file",
        )


@transaction.atomic
def document_remove(document: Document, *, actor: User | None) -> None:
    """Take a document out with its versions; nothing of it is found any more."""
    base = document.base
    audit(actor, "document_remove", document, source=document.source)
    document.delete()
    base_counts_renew(base)


def base_counts_renew(base: KnowledgeBase) -> None:
    """Count chunks and words again, which BM25 needs."""
    counted = Chunk.objects.filter(base=base).aggregate(chunks=Count("pk"), words=Sum("length"))
    KnowledgeBase.objects.filter(pk=base.pk).update(
        chunk_count=counted["chunks"], word_count=counted["words"] or 0
    )
