"""Reading texts: cleaned, encoded or dropped with a reason, each exactly once.

Texts of people who may not be profiled are set aside unread.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import orjson
from django.db import connection, transaction
from django.db.models.functions import MD5

from audience.cleaning import clean_text, drop_reason
from audience.models import VECTOR_SIZE, Contact, Text
from audience.opinions import Reader
from audience.selectors.heads import sentiment_in_force
from audience.services.consents import who_may_be_profiled
from core.errors import DomainError
from inference.encoders import TextEncoder, text_encoder
from inference.languages import detect_language

Progress = Callable[[int], None]

# Enough for batches of like length, few enough that a killed worker costs seconds.
TEXTS_PER_BATCH = 512
OTHER_LANGUAGE = "other_language"

_STORE_READ = """
    UPDATE audience_text AS text
    SET status = 'read', drop_reason = '', clean_body = done.body, vector = done.vector::vector,
        language = done.language, opinions = done.opinions::jsonb, read_at = %s
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[])
        AS done (id, body, vector, language, opinions)
    WHERE text.id = done.id
"""
_STORE_DROPPED = """
    UPDATE audience_text AS text
    SET status = 'dropped', drop_reason = done.reason, clean_body = '', vector = NULL,
        opinions = NULL, language = done.language, read_at = %s
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS done (id, reason, language)
    WHERE text.id = done.id
"""


@dataclass(frozen=True, slots=True)
class ReadSummary:
    """How many texts were read, how many were dropped for which reason, and how many are held:
    kept unread, since their writers may not be profiled.
    """

    read: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)
    held: int = 0

    @property
    def seen(self) -> int:
        return self.read + sum(self.dropped.values()) + self.held

    def __add__(self, other: ReadSummary) -> ReadSummary:
        dropped = Counter(self.dropped) + Counter(other.dropped)
        return ReadSummary(self.read + other.read, dict(dropped), self.held + other.held)


@dataclass(frozen=True, slots=True)
class _Judged:
    text_id: int
    body: str
    reason: str
    language: str


def texts_read(
    *,
    now: datetime,
    progress: Progress | None = None,
    limit: int | None = None,
    encoder: TextEncoder | None = None,
) -> ReadSummary:
    """Read new texts until none is left to claim, or `limit` were seen; workers may share it."""
    summary = ReadSummary()
    # Loading the weights costs seconds and memory, which a beat that finds nothing must not pay.
    if not Text.objects.filter(status=Text.Status.NEW).exists():
        return summary
    reader = text_reader(encoder)
    while limit is None or summary.seen < limit:
        size = TEXTS_PER_BATCH if limit is None else min(TEXTS_PER_BATCH, limit - summary.seen)
        batch = _batch_read(reader, size=size, now=now, progress=progress)
        if not batch.seen:
            break
        summary += batch
    return summary


def text_reader(encoder: TextEncoder | None = None) -> Reader:
    """What texts are read with: the house's encoder, and the sentiments in force."""
    encoder = fitting(encoder or text_encoder())
    return Reader(encoder, sentiment_in_force(encoder.name))


def opinions_renewed(texts: Sequence[Text], reader: Reader) -> list[Mapping[str, float]]:
    """What each text says of aspects; those are read again that another model judged, or none."""
    behind = [text for text in texts if (text.opinions or {}).get("by") != reader.key]
    _, opinions = reader.read([text.clean_body for text in behind])
    for text, own in zip(behind, opinions, strict=True):
        text.opinions = {"by": reader.key, "of": own}
    Text.objects.bulk_update(behind, ["opinions"], batch_size=TEXTS_PER_BATCH)
    return [(text.opinions or {}).get("of", {}) for text in texts]


def fitting(encoder: TextEncoder) -> TextEncoder:
    """The encoder, if its vectors fit the columns they go into."""
    if encoder.size != VECTOR_SIZE:
        raise DomainError(
            f"ENCODER_MODEL {encoder.name!r} makes vectors of {encoder.size} numbers and the "
            f"database holds {VECTOR_SIZE}: choose an encoder of that size, or leave it empty"
        )
    return encoder


@transaction.atomic
def _batch_read(
    reader: Reader, *, size: int, now: datetime, progress: Progress | None
) -> ReadSummary:
    # The locks are the claim: a killed worker's transaction ends, and its texts are new
    # again. Locking the
    # contacts too keeps one person's texts with one worker, so that two cannot both read a
    # duplicate.
    texts = list(
        Text.objects.filter(status=Text.Status.NEW)
        .select_related("contact")
        .select_for_update(skip_locked=True, of=("self", "contact"), no_key=True)
        .order_by("id")[:size]
    )
    texts, held = _parted(texts)
    judged = _judged(texts, reader.encoder.languages)
    kept = [one for one in judged if not one.reason]
    dropped = [one for one in judged if one.reason]
    if (dropped or held) and progress:
        progress(len(dropped) + held)
    _store(kept, dropped, reader=reader, now=now, progress=progress)
    contacts = {text.contact_id for text in texts}
    Contact.objects.filter(pk__in=contacts).update(is_profile_due=True)
    return ReadSummary(len(kept), Counter(one.reason for one in dropped), held)


def _parted(texts: list[Text]) -> tuple[list[Text], int]:
    """The texts that may be read, and how many of the others are now held."""
    allowed = who_may_be_profiled({text.contact_id for text in texts})
    held = [text.pk for text in texts if text.contact_id not in allowed]
    Text.objects.filter(pk__in=held).update(status=Text.Status.HELD)
    return [text for text in texts if text.contact_id in allowed], len(held)


def _judged(texts: Sequence[Text], readable: Collection[str] | None) -> list[_Judged]:
    seen = _digests_read({text.contact_id for text in texts})
    judged = []
    for text in texts:
        body = clean_text(text.title, text.body)
        key = (text.contact_id, _digest(body))
        language = "" if drop_reason(body) else detect_language(body)
        reason = drop_reason(body) or _unreadable(language, readable)
        reason = reason or ("duplicate" if key in seen else "")
        seen.add(key)
        judged.append(_Judged(text.pk, body, reason, language))
    return judged


def _unreadable(language: str, readable: Collection[str] | None) -> str:
    """Vectors of a language the encoder was not trained on would say something, and it wrong."""
    is_other = language and readable is not None and language not in readable
    return OTHER_LANGUAGE if is_other else ""


def _digests_read(contacts: set[int]) -> set[tuple[int, str]]:
    read = Text.objects.filter(status=Text.Status.READ, contact_id__in=contacts)
    return set(read.values_list("contact_id", MD5("clean_body")))


def _digest(body: str) -> str:
    return hashlib.md5(body.encode(), usedforsecurity=False).hexdigest()


def _store(
    kept: Sequence[_Judged],
    dropped: Sequence[_Judged],
    *,
    reader: Reader,
    now: datetime,
    progress: Progress | None,
) -> None:
    bodies = [one.body for one in kept]
    vectors, opinions = reader.read(bodies, progress=progress)
    with connection.cursor() as cursor:
        if kept:
            written = [
                orjson.dumps(row, option=orjson.OPT_SERIALIZE_NUMPY).decode() for row in vectors
            ]
            languages = [one.language for one in kept]
            ids = [one.text_id for one in kept]
            said = [orjson.dumps({"by": reader.key, "of": own}).decode() for own in opinions]
            cursor.execute(_STORE_READ, [now, ids, bodies, written, languages, said])
        if dropped:
            reasons = [one.reason for one in dropped]
            languages = [one.language for one in dropped]
            ids = [one.text_id for one in dropped]
            cursor.execute(_STORE_DROPPED, [now, ids, reasons, languages])
