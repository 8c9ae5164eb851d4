"""Ranking is learned from feedback, judged on what is kept aside, and goes live if better."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from numpy.typing import NDArray

from assistant.finding.fusion import best_first, fused
from assistant.finding.ranking import FEATURES, Memory, Ranker, features, fitted, worth
from assistant.models import VECTOR_SIZE, Click, Feedback, KnowledgeBase, Message, RankerFit
from assistant.selectors import Found, candidates_for, memory_packed, memory_unpacked, reranked
from core.errors import DomainError

# With fewer, what looks better is chance.
QUESTIONS_LEAST = 60
# Newest first: what visitors thought long ago was of other documents.
QUESTIONS_MAX = 2_000
KEPT_SHARE = 0.3
# Passages beside the one that helped, as what helped less.
BESIDE = 4
REFIT_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Judged:
    """A question whose answer a visitor judged, with what is found for it now."""

    message: UUID
    vector: NDArray[np.float32]
    found: Found
    scores: NDArray[np.float64]
    good: frozenset[int]
    bad: frozenset[int]

    def rows(self, memory: Memory) -> NDArray[np.float64]:
        own = np.frombuffer(self.message.bytes, dtype=np.uint8)
        others = memory.only(~(memory.messages == own).all(axis=1))
        return features(self.found.candidates, self.scores, self.found.ages, self.vector, others)

    def worth(self, scores: NDArray[np.float64]) -> float:
        order = self.found.candidates.ids[best_first(scores, self.found.candidates.ids)]
        return worth(order.tolist(), good=self.good, bad=self.bad)


def ranker_fit(base: KnowledgeBase, *, now: datetime) -> RankerFit:
    """Fit on the older part of a base's feedback, judge on the newer; live where it is better.

    Raises:
        DomainError: There is too little feedback, or all of one kind.
    """
    judged = _judged(base, now=now)
    if len(judged) < QUESTIONS_LEAST:
        raise DomainError(
            f"“{base}” has {len(judged)} judged answers; ranking is learned from "
            f"{QUESTIONS_LEAST} on"
        )
    count = len(judged) - max(1, round(KEPT_SHARE * len(judged)))
    known, kept = judged[:count], judged[count:]
    ranker, memory = _learned(known)
    before = float(np.mean([one.worth(one.scores) for one in kept]))
    after = float(np.mean([one.worth(_ranked(one, ranker, memory)) for one in kept]))
    is_better = after > before
    verdict = "better on the answers kept aside: live" if is_better else "no better: not live"
    with transaction.atomic():
        fit = RankerFit.objects.create(
            base=base,
            fitted_at=now,
            weights=_as_json(ranker),
            # What the newer part says counts as well once the model is chosen.
            memory=memory_packed(_memory(judged)),
            question_count=len(judged),
            kept_count=len(kept),
            before=before,
            after=after,
            verdict=verdict,
        )
        if is_better:
            KnowledgeBase.objects.filter(pk=base.pk).update(ranker=fit)
            base.ranker = fit
    return fit


def rankers_fit_due(*, now: datetime) -> int:
    """Fit each base that has more feedback than at its last fit, a day ago or longer; how many."""
    done = 0
    for base in KnowledgeBase.objects.all():
        last = base.ranker_fits.defer("memory").first()
        newer = Feedback.objects.filter(message__conversation__base=base)
        if last is not None:
            newer = newer.filter(said_at__gt=last.fitted_at)
            if last.fitted_at > now - REFIT_AFTER:
                continue
        if not newer.exists():
            continue
        try:
            ranker_fit(base, now=now)
        except DomainError:
            continue
        done += 1
    return done


def memories_forget(messages: Collection[UUID]) -> None:
    """Take votes on answers out of every ranking.

    A changed ranking is a new row: processes keep what they have read by its id.
    """
    if not messages:
        return
    gone = np.stack([np.frombuffer(one.bytes, dtype=np.uint8) for one in messages])
    for fit in RankerFit.objects.all():
        memory = memory_unpacked(bytes(fit.memory))
        is_gone = (memory.messages[:, None, :] == gone[None]).all(axis=2).any(axis=1)
        if is_gone.any():
            _replace(fit, memory.only(~is_gone))


@transaction.atomic
def _replace(fit: RankerFit, memory: Memory) -> None:
    old = fit.pk
    fit.pk, fit.memory = None, memory_packed(memory)
    fit.save(force_insert=True)
    KnowledgeBase.objects.filter(ranker=old).update(ranker=fit)
    RankerFit.objects.filter(pk=old).delete()


def _judged(base: KnowledgeBase, *, now: datetime) -> list[Judged]:
    """Answers with feedback, the oldest first, whose passages are still found."""
    opened = Click.objects.filter(message=OuterRef("pk"), is_product=False)
    newest = (
        Message.objects.filter(
            Q(feedback__isnull=False) | Exists(opened),
            conversation__base=base,
            vector__isnull=False,
        )
        .select_related("feedback")
        .prefetch_related("clicks")
        .order_by("-said_at")[:QUESTIONS_MAX]
    )
    found = (_judged_one(base, message, now=now) for message in reversed(newest))
    return [one for one in found if one is not None]


def _judged_one(base: KnowledgeBase, message: Message, *, now: datetime) -> Judged | None:
    vector = np.asarray(message.vector, dtype=np.float32)
    found = candidates_for(base, message.looked_for, vector, now=now)
    good, bad = _opinions(message, {*found.candidates.ids.tolist()})
    if not good and not bad:
        return None
    scores = fused(found.candidates, answers=base.lexical_weight, pages=base.lexical_weight_pages)
    return Judged(message.pk, vector, found, scores, good, bad)


def _opinions(message: Message, here: set[int]) -> tuple[frozenset[int], frozenset[int]]:
    """The cited chunks that helped, and those that did not; without a word, what was opened helped.

    Chunks that are not found any more say nothing.
    """
    cited = {
        one["number"]: int(one["chunk"]) for one in message.sources if one.get("chunk") in here
    }
    judged: Feedback | None = getattr(message, "feedback", None)
    if judged is None:
        opened = [one.number for one in message.clicks.all() if not one.is_product]
        return frozenset(cited[one] for one in opened if one in cited), frozenset()
    everything = frozenset(cited.values())
    return (everything, frozenset()) if judged.is_helpful else (frozenset(), everything)


def _memory(judged: Sequence[Judged]) -> Memory:
    rows = [
        (one, chunk, 1 if chunk in one.good else -1)
        for one in judged
        for chunk in sorted(one.good | one.bad)
    ]
    if not rows:
        return Memory.empty(VECTOR_SIZE)
    return Memory(
        np.stack([one.vector for one, _, _ in rows]),
        np.array([chunk for _, chunk, _ in rows], dtype=np.int64),
        np.array([vote for _, _, vote in rows], dtype=np.float32),
        np.stack([np.frombuffer(one.message.bytes, dtype=np.uint8) for one, _, _ in rows]),
    )


def _learned(known: Sequence[Judged]) -> tuple[Ranker, Memory]:
    memory = _memory(known)
    rows, is_good = [], []
    for one in known:
        own = one.rows(memory)
        ids = one.found.candidates.ids
        cited = [place for place, chunk in enumerate(ids) if chunk in one.good | one.bad]
        beside = (
            [
                place
                for place in best_first(one.scores, ids)[: BESIDE + len(cited)]
                if place not in cited
            ][:BESIDE]
            if one.good
            else []
        )
        rows.append(own[[*cited, *beside]])
        is_good += [int(ids[place]) in one.good for place in cited] + [False] * len(beside)
    try:
        return fitted(np.concatenate(rows), np.array(is_good)), memory
    except ValueError as error:
        raise DomainError(f"nothing to learn from yet: {error}") from error


def _ranked(one: Judged, ranker: Ranker, memory: Memory) -> NDArray[np.float64]:
    return reranked(one.found, one.scores, one.vector, ranker, memory)


def _as_json(ranker: Ranker) -> dict[str, object]:
    each = zip(FEATURES, ranker.weights, ranker.means, ranker.spreads, strict=True)
    return {
        "bias": ranker.bias,
        "features": {
            name: {"weight": float(weight), "mean": float(mean), "spread": float(spread)}
            for name, weight, mean, spread in each
        },
    }
