"""Conversations: a question comes in, an answer with its sources goes out, and both are kept."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from assistant.answering.evidence import Cited, Evidence, extracted
from assistant.answering.followups import rewritten
from assistant.documents.chunking import PATH_JOIN
from assistant.documents.sentences import sentences_of
from assistant.models import Conversation, Feedback, KnowledgeBase, Message
from assistant.selectors import Passage, passages_for_vector
from core.errors import DomainError, InputRefused
from inference.encoders import TextEncoder, text_encoder
from privacy.masking import masked

QUESTION_MAX = 1_000
MESSAGES_MAX = 200
NOTHING_KNOWN = (
    "I found nothing about that in what I know. Would you like to ask it in other words, "
    "or shall a person answer you?"
)
WAITING = "A person will answer you here."
KEPT = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question came to."""

    sentences: tuple[Cited, ...]
    passages: tuple[Passage, ...]
    similarity: float | None
    looked_for: str
    vector: NDArray[np.float32]


def conversation_start(base: KnowledgeBase, *, now: datetime, unit_id: str = "") -> Conversation:
    return Conversation.objects.create(base=base, unit_id=unit_id, started_at=now, last_at=now)


def message_answer(
    conversation: Conversation,
    text: str,
    *,
    now: datetime,
    encoder: TextEncoder | None = None,
) -> Message:
    """Answer a visitor's question, word for word from what is known, each sentence with its source.

    Raises:
        InputRefused: There is no question, or too long a one.
        DomainError: The conversation is as long as one may be.
    """
    question = _question(text)
    started = time.perf_counter()
    with transaction.atomic():
        conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation.pk)
        if conversation.messages.count() >= MESSAGES_MAX:
            raise DomainError("this conversation is full: start another")
        before = _asked_before(conversation)
        Message.objects.create(
            conversation=conversation, role=Message.Role.VISITOR, text=question, said_at=now
        )
        Conversation.objects.filter(pk=conversation.pk).update(last_at=now)
    if conversation.status == Conversation.Status.HANDED_OVER:
        return _handed(conversation, now=now)
    found = answer(conversation.base, question, before=before, now=now, encoder=encoder)
    took = round(1000 * (time.perf_counter() - started))
    return _kept(conversation, found, now=now, took_ms=took)


def answer(
    base: KnowledgeBase,
    question: str,
    *,
    now: datetime,
    before: str = "",
    for_staff: bool = False,
    encoder: TextEncoder | None = None,
) -> Answer:
    """What a knowledge base says to a question; no sentences where it holds no evidence."""
    encoder = encoder or text_encoder()
    wanted = rewritten(question, before)
    vector, own = encoder.encode([wanted, question])
    passages = passages_for_vector(base, wanted, vector, now=now, for_staff=for_staff)
    # What came before says where to look; what is asked now says which sentence answers.
    evidence = evidence_of(passages, encoder)
    cited = extracted(_between(vector, own), evidence, threshold=base.refusal_threshold)
    best = max((passage.similarity for passage in passages), default=None)
    return Answer(tuple(cited), tuple(passages), best, wanted, vector)


def _between(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    middle = one + other
    return np.asarray(middle / np.linalg.norm(middle), dtype=np.float32)


def evidence_of(passages: Sequence[Passage], encoder: TextEncoder) -> list[Evidence]:
    """Passages cut into encoded sentences; those of a written answer need no vectors."""
    cut = [
        tuple(one for line in passage.body.split("\n") for one in sentences_of(line))
        for passage in passages
    ]
    is_written = bool(passages) and passages[0].is_answer
    # “It is free” says what is free only under its heading.
    texts = [
        f"{passage.heading.rsplit(PATH_JOIN, 1)[-1]}: {sentence}" if passage.heading else sentence
        for passage, sentences in zip(passages, cut, strict=True)
        for sentence in sentences
        if not is_written
    ]
    vectors = encoder.encode(texts) if texts else np.empty((0, encoder.size), dtype=np.float32)
    ends = np.cumsum([0 if is_written else len(sentences) for sentences in cut])[:-1]
    return [
        Evidence(passage.chunk_id, passage.is_answer, passage.similarity, sentences, own)
        for passage, sentences, own in zip(passages, cut, np.split(vectors, ends), strict=True)
    ]


@transaction.atomic
def conversation_hand_over(conversation: Conversation, *, now: datetime) -> Message:
    """Let a person answer from here on."""
    Conversation.objects.filter(pk=conversation.pk).update(
        status=Conversation.Status.HANDED_OVER, last_at=now
    )
    conversation.status = Conversation.Status.HANDED_OVER
    return _handed(conversation, now=now)


def feedback_give(
    message: Message, *, is_helpful: bool, now: datetime, reason: str = "", note: str = ""
) -> Feedback:
    """Keep what a visitor thought of an answer.

    Raises:
        InputRefused: It is no answer, or the reason is not known.
    """
    if message.role != Message.Role.ASSISTANT:
        raise InputRefused("message: only an answer can be judged", field="message")
    if reason and reason not in Feedback.Reason.values:
        raise InputRefused(
            f"reason: choose {', '.join(Feedback.Reason.values)}, or leave it out", field="reason"
        )
    kept, _ = Feedback.objects.update_or_create(
        message=message,
        defaults={
            "is_helpful": is_helpful,
            "reason": reason,
            "note": masked(note.strip())[:500],
            "said_at": now,
        },
    )
    return kept


def conversations_expire(*, now: datetime) -> int:
    """Forget conversations nobody went on with for half a year; how many."""
    return Conversation.objects.filter(last_at__lt=now - KEPT).delete()[0]


def conversation_of(key: UUID) -> Conversation | None:
    return Conversation.objects.select_related("base").filter(pk=key).first()


def _question(text: str) -> str:
    said = masked(" ".join(text.replace("\0", " ").split()))
    if not 0 < len(said) <= QUESTION_MAX:
        raise InputRefused(f"text: ask in 1 to {QUESTION_MAX} characters", field="text")
    return said


def _asked_before(conversation: Conversation) -> str:
    """The last question that stood on its own: what “it” is about."""
    last = conversation.messages.filter(role=Message.Role.ASSISTANT).order_by("-said_at").first()
    return last.looked_for if last else ""


def _handed(conversation: Conversation, *, now: datetime) -> Message:
    return Message.objects.create(
        conversation=conversation,
        role=Message.Role.ASSISTANT,
        text=WAITING,
        outcome=Message.Outcome.HANDED_OVER,
        said_at=now,
    )


def _kept(conversation: Conversation, found: Answer, *, now: datetime, took_ms: int) -> Message:
    """Sources are numbered as they come up in the answer, from 1."""
    numbers = {
        chunk: number
        for number, chunk in enumerate(dict.fromkeys(one.chunk_id for one in found.sentences), 1)
    }
    passages = {passage.chunk_id: passage for passage in found.passages}
    return Message.objects.create(
        conversation=conversation,
        role=Message.Role.ASSISTANT,
        text=" ".join(one.text for one in found.sentences) or NOTHING_KNOWN,
        outcome=Message.Outcome.ANSWERED if found.sentences else Message.Outcome.NO_EVIDENCE,
        sentences=[
            {"text": one.text, "sources": [numbers[one.chunk_id]]} for one in found.sentences
        ],
        sources=[
            {
                "number": number,
                "chunk": chunk,
                "document": passages[chunk].document,
                "heading": passages[chunk].heading,
                "url": passages[chunk].url,
            }
            for chunk, number in numbers.items()
        ],
        similarity=found.similarity,
        looked_for=found.looked_for,
        vector=found.vector,
        took_ms=took_ms,
        said_at=now + timedelta(microseconds=1),
    )
