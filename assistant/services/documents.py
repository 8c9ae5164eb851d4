"""Documents come in: each content is a version, and what did not change is left alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Sum

from assistant.documents import kind_of
from assistant.documents.reading import BYTES_MAX
from assistant.models import Chunk, Document, DocumentVersion, KnowledgeBase, Posting
from core.audit import audit
from core.errors import InputRefused
from core.jobs import wake

READ_TASK = "assistant.tasks.read"


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
    for file in files:
        try:
            done[_save(base, file, actor)].append(file.source)
        except InputRefused as error:
            refused[file.source] = str(error)
    audit(actor, "documents_save", base, **{key: len(names) for key, names in done.items()})
    return Saved(
        tuple(done["new"]), tuple(done["changed"]), tuple(done["unchanged"]), refused=refused
    )


@transaction.atomic
def _save(base: KnowledgeBase, file: Incoming, actor: User | None) -> str:
    kind = kind_of(file.source)
    _refuse_unfit(file)
    settings = {
        "kind": kind.value,
        "url": file.url,
        "audience": file.audience,
        "valid_from": file.valid_from,
        "valid_until": file.valid_until,
    }
    document, is_new = Document.objects.get_or_create(
        base=base, source=file.source, defaults=settings
    )
    document = Document.objects.select_for_update(no_key=True).get(pk=document.pk)
    for name, value in settings.items():
        setattr(document, name, value)
    digest = hashlib.sha256(file.content).digest()
    newest = document.versions.first()
    is_same = newest is not None and bytes(newest.digest) == digest
    if not is_same:
        document.version += 1
        document.status, document.error = Document.Status.WAITING, ""
        DocumentVersion.objects.create(
            document=document,
            number=document.version,
            content=file.content,
            digest=digest,
            saved_by=actor,
        )
        wake(READ_TASK)
    document.save()
    Posting.objects.filter(chunk__document=document).update(
        is_public=document.audience == Document.Audience.PUBLIC
    )
    if is_same:
        return "unchanged"
    return "new" if is_new else "changed"


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
