"""Judging a knowledge base by its own questions, and weighing words by them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import numpy as np
from django.db.models import Count, Max
from numpy.typing import NDArray

from assistant.answering.evidence import PAGE_SHARE
from assistant.finding.fusion import PASSAGES_MAX, best_first
from assistant.finding.judging import (
    Asked,
    Quality,
    Weighing,
    by_both,
    by_meaning,
    by_words,
    precisions,
    quality,
    rank_of_wanted,
)
from assistant.models import Chunk, EvalQuestion, EvalRun, KnowledgeBase
from assistant.selectors import Found, candidates_for, ranked_scores
from core.errors import DomainError
from inference.encoders import TextEncoder, text_encoder

AS_ANSWERED = "as answered"
QUESTIONS_MAX = 2_000
# No document has this number.
UNDER = -1
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
    questions = list(base.questions.order_by("pk")[:QUESTIONS_MAX])
    answered = [one for one in questions if one.document_id is not None]
    if not answered:
        raise DomainError(f"“{base}” has no questions with their documents: write some first")
    if tune and len(answered) < QUESTIONS_TO_TUNE:
        raise DomainError(
            f"“{base}” has {len(answered)} questions; its weight is tuned from "
            f"{QUESTIONS_TO_TUNE} on"
        )
    looked_up = _looked_up(base, questions, now=now, encoder=encoder or text_encoder())
    asked = [_asked(one, looked_up[one.pk][0]) for one in answered]
    if tune:
        base.lexical_weight = base.lexical_weight_pages = Weighing.of(asked).best()
        base.save(update_fields=["lexical_weight", "lexical_weight_pages", "updated_at"])
    figures = qualities(asked, weight=base.lexical_weight)
    figures[AS_ANSWERED] = quality(
        np.array([_precision(base, one, *looked_up[one.pk]) for one in answered])
    )
    unanswered = [looked_up[one.pk] for one in questions if one.document_id is None]
    return EvalRun.objects.create(
        base=base,
        created_at=now,
        question_count=len(questions),
        figures={way: asdict(one) for way, one in figures.items()},
        refused=float(np.mean([_refuses(base, *one) for one in unanswered]))
        if unanswered
        else None,
        state=state_of(base),
    )


def evaluations_due(*, now: datetime, encoder: TextEncoder | None = None) -> int:
    """Judge each base whose documents, weights, ranking or questions changed; how many."""
    done = 0
    for base in KnowledgeBase.objects.filter(questions__document__isnull=False).distinct():
        is_reading = base.documents.filter(status__in=["waiting", "reading"]).exists()
        last = base.runs.first()
        if is_reading or (last is not None and last.state == state_of(base)):
            continue
        base_evaluate(base, now=now, encoder=encoder)
        done += 1
    return done


def state_of(base: KnowledgeBase) -> str:
    """The same as long as the same would be found for the same questions."""
    read = base.documents.aggregate(
        last=Max("read_at"), changed=Max("updated_at"), count=Count("pk")
    )
    asked = base.questions.order_by("pk").values_list("question", "document", "heading")
    weights = (base.lexical_weight, base.lexical_weight_pages, base.refusal_threshold)
    told = repr((read, weights, base.ranker_id, base.chunk_count, list(asked)))
    return hashlib.sha256(told.encode()).hexdigest()


def _looked_up(
    base: KnowledgeBase, questions: Sequence[EvalQuestion], *, now: datetime, encoder: TextEncoder
) -> dict[int, tuple[Found, NDArray[np.float32]]]:
    vectors = encoder.encode([one.question for one in questions])
    return {
        one.pk: (candidates_for(base, one.question, vector, now=now, for_staff=True), vector)
        for one, vector in zip(questions, vectors, strict=True)
    }


def _asked(question: EvalQuestion, found: Found) -> Asked:
    """With a heading only the chunks under it will do; they are a group of their own then."""
    assert question.document_id is not None  # noqa: S101 (who asks has seen to it)
    if not question.heading:
        return Asked(found.candidates, found.documents, question.document_id)
    under = Chunk.objects.filter(document=question.document_id, heading=question.heading)
    is_under = np.isin(found.candidates.ids, list(under.values_list("pk", flat=True)))
    return Asked(found.candidates, np.where(is_under, UNDER, found.documents), UNDER)


def _precision(
    base: KnowledgeBase, question: EvalQuestion, found: Found, vector: NDArray[np.float32]
) -> float:
    rank = rank_of_wanted(_asked(question, found), ranked_scores(base, found, vector))
    return 0.0 if rank is None else 1 / rank


def _refuses(base: KnowledgeBase, found: Found, vector: NDArray[np.float32]) -> bool:
    """Whether none of the best passages is evidence."""
    candidates = found.candidates
    best = best_first(ranked_scores(base, found, vector), candidates.ids)[:PASSAGES_MAX]
    least = np.where(candidates.is_answer[best], 1, PAGE_SHARE) * base.refusal_threshold
    return not bool((candidates.dense[best] >= least).any())
