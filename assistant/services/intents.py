"""Heads fitted on the intents of a knowledge base; none goes live by itself that is worse."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.contrib.auth.models import User
from django.db import transaction

from assistant.models import Chunk, Intent, IntentFit, KnowledgeBase
from assistant.understanding.examples import (
    EXAMPLES_LEAST,
    FROM_DOCUMENTS,
    Learnt,
    accuracy,
    cross_validated,
    digest_of,
    parted,
    read_examples,
)
from assistant.understanding.suggestions import SUGGESTED
from core.audit import audit
from core.errors import DomainError
from inference.encoders import TextEncoder, text_encoder
from inference.heads.intents import IntentHead

# Written questions of the base, which no intent is to take for its own.
QUESTIONS_READ = 300
FITS_KEPT = 20
Examples = list[tuple[str, str]]


class TooFewExamples(DomainError):
    """No head can be fitted; the message says what is missing."""


def intents_fit_due(*, now: datetime, encoder: TextEncoder | None = None) -> int:
    """Fit anew where examples changed since the last fit; how many bases were."""
    done = 0
    for base in KnowledgeBase.objects.filter(intents__is_active=True).distinct().order_by("pk"):
        encoder = encoder or text_encoder()
        examples = _examples(base)
        newest = base.intent_fits.first()
        if newest and bytes(newest.digest) == digest_of(encoder.name, examples):
            continue
        if _are_enough(examples):
            intents_fit(base, actor=None, now=now, encoder=encoder)
            done += 1
    return done


def intents_fit(
    base: KnowledgeBase, *, actor: User | None, now: datetime, encoder: TextEncoder | None = None
) -> IntentFit:
    """Learn from the examples of a base's intents, and go live unless that would be worse.

    Worse is: naming fewer of the kept examples right than the head that is live. Both are judged
    as fitted without them.

    Raises:
        TooFewExamples: There is nothing to tell apart.
    """
    encoder = encoder or text_encoder()
    examples = _examples(base)
    if not _are_enough(examples):
        raise TooFewExamples(
            f"“{base}” has too few examples: write {EXAMPLES_LEAST} for each of two intents"
        )
    learnt = _learnt(base, examples, encoder)
    head, judged = learnt.fitted(), cross_validated(learnt)
    inside, kept = parted(learnt)
    inside = inside.of_labels(least=2)
    trial = inside.fitted() if inside.label_count >= 2 else None
    fit = IntentFit(
        base=base,
        fitted_at=now,
        fitted_by=actor,
        encoder=encoder.name,
        digest=digest_of(encoder.name, examples),
        intent_count=len({label for label, _ in examples}),
        example_count=len(examples),
        accuracy=judged,
        kept_count=len(kept.texts) if trial else 0,
        kept_after=accuracy(trial, kept) if trial else None,
        weights=head.pack(),
        trial_weights=trial.pack() if trial else None,
    )
    return _kept(fit, kept, actor)


@transaction.atomic
def _kept(fit: IntentFit, kept: Learnt, actor: User | None) -> IntentFit:
    KnowledgeBase.objects.select_for_update(no_key=True).get(pk=fit.base_id)
    live = fit.base.intent_fits.filter(is_live=True).first()
    if live and live.trial_weights and live.encoder == fit.encoder:
        fit.kept_before = accuracy(IntentHead.unpack(bytes(live.trial_weights)), kept)
    fit.save()
    if not is_worse(fit):
        _go_live(fit)
    audit(actor, "intents_fit", fit, examples=fit.example_count, is_live=fit.is_live)
    old = fit.base.intent_fits.filter(is_live=False).values_list("pk", flat=True)[FITS_KEPT:]
    IntentFit.objects.filter(pk__in=list(old)).delete()
    return fit


def is_worse(fit: IntentFit) -> bool:
    """Whether a fit named fewer of the kept examples right than what was live."""
    if fit.kept_before is None or fit.kept_after is None:
        return False
    return fit.kept_after < fit.kept_before


@transaction.atomic
def intent_fit_put_live(fit: IntentFit, *, actor: User | None) -> None:
    """Let a head judge from now on, whatever the figures: a person's decision."""
    KnowledgeBase.objects.select_for_update(no_key=True).get(pk=fit.base_id)
    _go_live(fit)
    audit(actor, "intent_fit_put_live", fit, accuracy=fit.accuracy)


def _go_live(fit: IntentFit) -> None:
    fit.base.intent_fits.filter(is_live=True).update(is_live=False)
    fit.is_live = True
    fit.save(update_fields=["is_live"])


@transaction.atomic
def intents_suggest(base: KnowledgeBase, *, actor: User | None) -> list[Intent]:
    """Take over the suggested intents that a base does not have by name."""
    known = set(base.intents.values_list("name", flat=True))
    added = Intent.objects.bulk_create(
        Intent(
            base=base,
            name=one.name,
            action=one.action,
            reply=one.reply,
            examples="\n".join(one.examples),
        )
        for one in SUGGESTED
        if one.name not in known
    )
    audit(actor, "intents_suggest", base, added=[intent.name for intent in added])
    return added


_lock = threading.Lock()
_held: dict[int, tuple[int, IntentHead]] = {}


def head_in_force(base: KnowledgeBase, encoder: TextEncoder) -> IntentHead | None:
    """The live head, read once per process; None without one, or where it reads other vectors."""
    live = base.intent_fits.filter(is_live=True, encoder=encoder.name)
    newest = live.values_list("pk", flat=True).first()
    if newest is None:
        return None
    with _lock:
        held = _held.get(base.pk)
        if held is None or held[0] != newest:
            weights = IntentFit.objects.values_list("weights", flat=True).get(pk=newest)
            held = _held[base.pk] = newest, IntentHead.unpack(bytes(weights))
    return held[1]


def _examples(base: KnowledgeBase) -> Examples:
    """(label, text) of intents with enough examples; a label is an intent's key, not its name."""
    intents = base.intents.filter(is_active=True).order_by("pk")
    read = {str(intent.pk): read_examples(intent.examples) for intent in intents}
    return [
        (label, text)
        for label, texts in read.items()
        if len(texts) >= EXAMPLES_LEAST
        for text in texts
    ]


def _are_enough(examples: Sequence[tuple[str, str]]) -> bool:
    return len({label for label, _ in examples}) >= 2


def head_of(base: KnowledgeBase, encoder: TextEncoder) -> IntentHead:
    """A head of a base's examples, kept nowhere."""
    return _learnt(base, _examples(base), encoder).fitted()


def _learnt(base: KnowledgeBase, examples: Examples, encoder: TextEncoder) -> Learnt:
    """The examples, and beside them questions that documents answer."""
    asked = Chunk.objects.filter(base=base, is_answer=True).order_by("pk")
    questions = list(dict.fromkeys(asked.values_list("heading", flat=True)[:QUESTIONS_READ]))
    if len(questions) < EXAMPLES_LEAST:
        questions = []
    texts = [*(text for _, text in examples), *questions]
    labels = [*(label for label, _ in examples), *[FROM_DOCUMENTS] * len(questions)]
    return Learnt(tuple(texts), tuple(labels), np.asarray(encoder.encode(texts), np.float32))
