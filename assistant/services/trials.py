"""Public question sets run through the product's own finding, and nothing of them kept."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from django.db import transaction

from assistant.evaluation.stackfaq import Entry, read_stackfaq
from assistant.evaluation.sufficiency import sufficiency_section
from assistant.models import KnowledgeBase
from assistant.services.documents import Incoming, documents_save
from assistant.services.evaluating import asked_of, qualities
from assistant.services.reading import documents_read
from core.evaluation import Figure, Section
from inference.encoders import TextEncoder, text_encoder

TRIAL_KEY = "trial-stackfaq"
FUSION_LEAST = 0.965


def stackfaq_sections(
    folder: Path, *, now: datetime, encoder: TextEncoder | None = None
) -> Iterator[Section]:
    """Mean average precision on paraphrased questions, by words, by meaning, and by both."""
    entries = read_stackfaq(folder)
    encoder = encoder or text_encoder()
    with transaction.atomic():
        base = KnowledgeBase.objects.create(key=TRIAL_KEY, name="StackFAQ, on trial")
        documents = _documents(base, entries, now=now, encoder=encoder)
        questions = [
            (text, documents[number])
            for number, entry in enumerate(entries)
            for text in entry.paraphrases
        ]
        base.refresh_from_db()
        asked = asked_of(base, questions, now=now, encoder=encoder)
        transaction.set_rollback(True)
    figures = [
        Figure(
            f"MAP, {way}",
            one.mean_average_precision,
            least=FUSION_LEAST if "tuned" in way else None,
            note=f"hit@1 {one.hit_rate:.3f}",
        )
        for way, one in qualities(asked, weight=base.lexical_weight).items()
    ]
    yield Section(
        "Finding the answer (StackFAQ)",
        f"{len(questions):,} paraphrases of {len(entries)} written questions, through PostgreSQL.",
        figures,
    )
    yield sufficiency_section(asked)


def _documents(
    base: KnowledgeBase, entries: Sequence[Entry], *, now: datetime, encoder: TextEncoder
) -> list[int]:
    names = [f"entry-{number}.csv" for number in range(len(entries))]
    files = (Incoming(name, _as_csv(entry)) for name, entry in zip(names, entries, strict=True))
    documents_save(base, files, actor=None)
    documents_read(now=now, encoder=encoder)
    ids = dict(base.documents.values_list("source", "pk"))
    return [ids[name] for name in names]


def _as_csv(entry: Entry) -> bytes:
    written = io.StringIO(newline="")
    rows = csv.writer(written)
    rows.writerow(["question", "answer"])
    rows.writerows((entry.question, answer) for answer in entry.answers)
    return written.getvalue().encode()
