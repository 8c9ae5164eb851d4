"""Heads fitted on the intents of a knowledge base; none goes live by itself that is worse."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet

from assistant.models import Chunk, Intent, IntentFit, KnowledgeBase
from assistant.services.learnt_examples import FIT_TASK, fit_forget, heard_in
from assistant.understanding.examples import (
    EXAMPLES_LEAST,
    FROM_DOCUMENTS,
    Example,
    Learnt,
    Parts,
    Source,
    accuracy,
    admitted,
    cross_validated,
    digest_of,
    parted,
    read_examples,
)
from assistant.understanding.suggestions import SUGGESTED
from core.audit import audit
from core.errors import CopyliftError, DomainError
from core.jobs import wake
from core.prepared import Prepared
from inference.encoders import TextEncoder, text_encoder
from inference.heads.intents import IntentHead

# Written questions of the base, which no intent is to take for its own.
QUESTIONS_READ = 300
FITS_KEPT = 20
# Longer than a fit takes; a killed worker's is begun again after it.
CLAIM = timedelta(minutes=10)
Status = IntentFit.Status
OPEN = (Status.WAITING, Status.RUNNING)
STAGES = ("encoding the examples", "fitting", "judging on examples it has not seen")


class TooFewExamples(DomainError):
    """No head can be fitted; the message says what is missing."""


class FitLost(DomainError):
    """The fit was given to another worker while this one worked on it."""


def intents_fit_due(*, now: datetime, encoder: TextEncoder | None = None) -> int:
    """Fit what was asked for, and bases whose examples changed since the last fit; how many."""
    for base in KnowledgeBase.objects.filter(intents__is_active=True).distinct().order_by("pk"):
        encoder = encoder or text_encoder()
        if not base.intent_fits.filter(status__in=OPEN).exists() and _is_due(base, encoder):
            intents_fit_request(base, actor=None, now=now)
    done = 0
    while (fit := _claim(now=now)) is not None:
        _run(fit, encoder or text_encoder())
        done += 1
    return done


def _is_due(base: KnowledgeBase, encoder: TextEncoder) -> bool:
    examples = _examples(base)
    newest = base.intent_fits.filter(status=Status.DONE).first()
    is_known = newest and bytes(newest.digest) == digest_of(encoder.name, examples)
    return _are_enough(examples) and not is_known


@transaction.atomic
def intents_fit_request(base: KnowledgeBase, *, actor: User | None, now: datetime) -> IntentFit:
    """Have a head fitted on a base's examples; a worker does it.

    Raises:
        TooFewExamples: There is nothing to tell apart.
        DomainError: One is being fitted.
    """
    if not _are_enough(_examples(base)):
        raise TooFewExamples(
            f"“{base}” has too few examples: write {EXAMPLES_LEAST} for each of two intents"
        )
    try:
        with transaction.atomic():
            fit = IntentFit.objects.create(
                base=base, fitted_at=now, fitted_by=actor, status=Status.WAITING
            )
    except IntegrityError:
        raise DomainError("the intents are being learnt already: wait for that") from None
    wake(FIT_TASK)
    return fit


def intents_fit(
    base: KnowledgeBase, *, actor: User | None, now: datetime, encoder: TextEncoder | None = None
) -> IntentFit:
    """Learn from the examples of a base's intents here and now, as `intents_fit_request` orders.

    Raises:
        TooFewExamples: There is nothing to tell apart.
    """
    fit = intents_fit_request(base, actor=actor, now=now)
    IntentFit.objects.filter(pk=fit.pk).update(status=Status.RUNNING, claimed_at=now)
    fit.refresh_from_db()
    return _run(fit, encoder or text_encoder())


def _claim(*, now: datetime) -> IntentFit | None:
    open_to_claim = Q(status=Status.WAITING) | Q(status=Status.RUNNING, claimed_at__lt=now - CLAIM)
    with transaction.atomic():
        fit = (
            IntentFit.objects.filter(open_to_claim)
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
            .select_related("base", "fitted_by")
            .order_by("pk")
            .first()
        )
        if fit is not None:
            fit.status, fit.claimed_at = Status.RUNNING, now
            fit.save(update_fields=["status", "claimed_at"])
    return fit


def _run(fit: IntentFit, encoder: TextEncoder) -> IntentFit:
    """Fit a claimed row, and go live unless that would be worse.

    Worse is: naming fewer of the kept examples right than the head that is live. Both are judged
    as fitted without them.
    """
    try:
        _fit(fit, encoder)
    except CopyliftError as error:
        _own(fit).update(status=Status.FAILED, stage="", error=str(error))
        fit.refresh_from_db()
    return fit


def _fit(fit: IntentFit, encoder: TextEncoder) -> None:
    examples = _examples(fit.base)
    if not _are_enough(examples):
        raise TooFewExamples(f"“{fit.base}” has too few examples by now")
    _tell(fit, STAGES[0])
    learnt = _learnt(fit.base, examples, encoder)
    fit.encoder, fit.digest = encoder.name, digest_of(encoder.name, examples)
    fit.intent_count = len({one.label for one in examples} - {FROM_DOCUMENTS})
    fit.example_count = len(examples)
    fit.learnt_count = sum(one.source != Source.WRITTEN for one in examples)
    _tell(fit, STAGES[1])
    fit.weights = learnt.fitted().pack()
    _tell(fit, STAGES[2])
    fit.accuracy = cross_validated(learnt)
    parts = parted(learnt)
    if parts.inside.label_count >= 2:
        trial = parts.inside.fitted()
        fit.trial_weights = trial.pack()
        fit.kept_count, fit.kept_after = len(parts.kept.examples), accuracy(trial, parts.kept)
        fit.heard_count, fit.heard_after = len(parts.heard.examples), accuracy(trial, parts.heard)
    _keep(fit, learnt, parts)


def _own(fit: IntentFit) -> QuerySet[IntentFit]:
    """The row, while this worker's claim on it holds."""
    return IntentFit.objects.filter(pk=fit.pk, status=Status.RUNNING, claimed_at=fit.claimed_at)


def _tell(fit: IntentFit, stage: str) -> None:
    if not _own(fit).update(stage=stage):
        raise FitLost("another worker has this fit now")


def done_of(fit: IntentFit) -> int:
    """How many of the stages are behind a fit."""
    return STAGES.index(fit.stage) if fit.stage in STAGES else 0


@transaction.atomic
def _keep(fit: IntentFit, learnt: Learnt, parts: Parts) -> None:
    base = KnowledgeBase.objects.select_for_update(no_key=True).get(pk=fit.base_id)
    if not _own(fit).select_for_update(no_key=True).exists():
        raise FitLost("another worker has this fit now")
    # Who was forgotten while it was learnt is forgotten in it too.
    said = {one.message for one in learnt.examples if one.message}
    known = base.learnt_examples.values_list("message_id", flat=True)
    fit_forget(fit, said - {key.hex for key in known})
    live = base.intent_fits.filter(is_live=True).first()
    if live and live.trial_weights and live.encoder == fit.encoder:
        before = IntentHead.unpack(bytes(live.trial_weights))
        fit.kept_before, fit.heard_before = (
            accuracy(before, one) for one in (parts.kept, parts.heard)
        )
    fit.status, fit.stage = Status.DONE, ""
    fit.save()
    if not is_worse(fit):
        _go_live(fit)
    audit(fit.fitted_by, "intents_fit", fit, examples=fit.example_count, is_live=fit.is_live)
    old = base.intent_fits.filter(is_live=False).exclude(status__in=OPEN)
    IntentFit.objects.filter(pk__in=list(old.values_list("pk", flat=True)[FITS_KEPT:])).delete()


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


# Written out, since every question asks.
_LIVE = Prepared(
    "assistant_live_head",
    """
    SELECT id, digest FROM assistant_intentfit
    WHERE base_id = %(base)s AND is_live AND encoder = %(encoder)s
    """,
    base="bigint",
    encoder="text",
)
_lock = threading.Lock()
_held: dict[int, tuple[tuple[int, bytes], IntentHead]] = {}


def head_in_force(base: KnowledgeBase, encoder: TextEncoder) -> IntentHead | None:
    """The live head, read once per process; None without one, or where it reads other vectors."""
    with connection.cursor() as cursor:
        _LIVE.run(cursor, {"base": base.pk, "encoder": encoder.name})
        found = cursor.fetchone()
    if found is None:
        return None
    # A head that had to forget somebody has another digest.
    newest = found[0], bytes(found[1])
    with _lock:
        held = _held.get(base.pk)
        if held is None or held[0] != newest:
            weights = IntentFit.objects.values_list("weights", flat=True).get(pk=found[0])
            held = _held[base.pk] = newest, IntentHead.unpack(bytes(weights))
    return held[1]


def _examples(base: KnowledgeBase) -> list[Example]:
    """Of intents with enough written examples, those and what conversations add to them.

    A label is an intent's key, not its name.
    """
    intents = base.intents.filter(is_active=True).order_by("pk")
    read = {str(intent.pk): read_examples(intent.examples) for intent in intents}
    written = [
        Example(label, text)
        for label, texts in read.items()
        if len(texts) >= EXAMPLES_LEAST
        for text in texts
    ]
    return [*written, *admitted(heard_in(base), written)]


def _are_enough(examples: Sequence[Example]) -> bool:
    return len({one.label for one in examples} - {FROM_DOCUMENTS}) >= 2


def head_of(base: KnowledgeBase, encoder: TextEncoder) -> IntentHead:
    """A head of a base's examples, kept nowhere."""
    return _learnt(base, _examples(base), encoder).fitted()


def _learnt(base: KnowledgeBase, examples: Sequence[Example], encoder: TextEncoder) -> Learnt:
    """The examples, and beside them questions that documents answer."""
    asked = Chunk.objects.filter(base=base, is_answer=True).order_by("pk")
    questions = dict.fromkeys(asked.values_list("heading", flat=True)[:QUESTIONS_READ])
    both = [*examples, *(Example(FROM_DOCUMENTS, one, Source.DOCUMENT) for one in questions)]
    if sum(one.label == FROM_DOCUMENTS for one in both) < EXAMPLES_LEAST:
        both = [one for one in both if one.label != FROM_DOCUMENTS]
    vectors = encoder.encode([one.text for one in both])
    return Learnt(tuple(both), np.asarray(vectors, np.float32))
