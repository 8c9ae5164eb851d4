"""Conversations: a question comes in, an answer with its sources goes out, and both are kept."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from assistant.models import Conversation, Feedback, Gap, KnowledgeBase, Message
from assistant.services.answering import Answer, answer
from assistant.services.gaps import gaps_renew
from assistant.services.ranking import memories_forget
from core.errors import DomainError, InputRefused
from inference.encoders import TextEncoder
from privacy.masking import masked

QUESTION_MAX = 1_000
MESSAGES_MAX = 200
NOTHING_KNOWN = (
    "I found nothing about that in what I know. Would you like to ask it in other words, "
    "or shall a person answer you?"
)
WAITING = "A person will answer you here."


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
    """Forget conversations nobody went on with for as long as their base keeps them; rows."""
    rows = 0
    for base in KnowledgeBase.objects.all():
        is_old = Conversation.objects.filter(
            base=base, last_at__lt=now - timedelta(days=base.keep_days)
        )
        gone = list(Message.objects.filter(conversation__in=is_old).values_list("pk", flat=True))
        gaps = list(Gap.objects.filter(messages__in=gone).distinct())
        rows += is_old.delete()[0]
        gaps_renew(gaps)
        memories_forget(gone)
    return rows


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
