"""Judging a knowledge base by its own questions, and weighing words by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import numpy as np

from assistant.finding.judging import (
    Asked,
    Quality,
    Weighing,
    by_both,
    by_meaning,
    by_words,
    precisions,
    quality,
)
from assistant.models import EvalRun, KnowledgeBase
from assistant.selectors import candidates_for
from core.errors import DomainError
from inference.encoders import TextEncoder, text_encoder

# With fewer, the weight that looks best is chance.
QUESTIONS_TO_TUNE = 30


def asked_of(
    base: KnowledgeBase,
    questions: Sequence[tuple[str, int]],
    *,
    now: datetime,
    encoder: TextEncoder | None = None,
) -> list[Asked]:
    """What is found for each question; with it the document that answers it."""
    vectors = (encoder or text_encoder()).encode([text for text, _ in questions])
    asked = []
    for (text, wanted), vector in zip(questions, vectors, strict=True):
        found = candidates_for(base, text, vector, now=now, for_staff=True)
        asked.append(Asked(found.candidates, found.documents, wanted))
    return asked


def qualities(asked: Sequence[Asked], *, weight: float, seed: int = 0) -> dict[str, Quality]:
    """The figures of every way of finding, side by side."""
    ways = {"words": by_words, "meaning": by_meaning, "both": by_both(weight)}
    found = {way: precisions(asked, score) for way, score in ways.items()}
    held_out = Weighing.of(asked).held_out(rng=np.random.default_rng(seed))
    found["both, tuned on other questions"] = held_out
    return {way: quality(one) for way, one in found.items()}


def base_evaluate(
    base: KnowledgeBase, *, now: datetime, tune: bool = False, encoder: TextEncoder | None = None
) -> EvalRun:
    """Judge a knowledge base by the questions people wrote for it; `tune` sets its weight by them.

    Raises:
        DomainError: It has no questions, or too few to tune on.
    """
    rows = base.questions.exclude(document=None).values_list("question", "document_id")
    questions = [(text, int(document)) for text, document in rows if document is not None]
    if not questions:
        raise DomainError(f"“{base}” has no questions with their documents: write some first")
    if tune and len(questions) < QUESTIONS_TO_TUNE:
        raise DomainError(
            f"“{base}” has {len(questions)} questions; its weight is tuned from "
            f"{QUESTIONS_TO_TUNE} on"
        )
    asked = asked_of(base, questions, now=now, encoder=encoder)
    if tune:
        base.lexical_weight = base.lexical_weight_pages = Weighing.of(asked).best()
        base.save(update_fields=["lexical_weight", "lexical_weight_pages", "updated_at"])
    figures = qualities(asked, weight=base.lexical_weight)
    return EvalRun.objects.create(
        base=base,
        created_at=now,
        question_count=len(questions),
        figures={way: asdict(one) for way, one in figures.items()},
    )
