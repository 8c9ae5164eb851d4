"""Conversations: a question comes in, an answer with its sources goes out, and both are kept."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from assistant.models import Conversation, Feedback, Gap, KnowledgeBase, Message, Policy
from assistant.services.answering import Answer, answer
from assistant.services.answers import NOTHING_BEFORE, Before, spoken
from assistant.services.gaps import gaps_renew
from assistant.services.happenings import Happening, happened, unit_known
from assistant.services.learnt_examples import learnt_forget, meaning_note
from assistant.services.masking import said_masked
from assistant.services.policy_trials import policy_for
from assistant.services.ranking import memories_forget
from assistant.services.turns import before_of, turn_take
from assistant.services.voices import voice_for
from assistant.webhook_kinds import tell_of_hand_over
from core.errors import InputRefused
from core.written_out import store
from inference.encoders import TextEncoder

QUESTION_MAX = 1_000
# Spaces and masks make what is read shorter; beyond this it is not looked at.
LONGEST_READ = 4 * QUESTION_MAX


def conversation_new(base: KnowledgeBase, *, now: datetime, unit_id: str = "") -> Conversation:
    """A conversation that is kept with its first question; before that it leaves no row."""
    return Conversation(base=base, unit_id=unit_id, started_at=now, last_at=now)


def conversation_start(base: KnowledgeBase, *, now: datetime, unit_id: str = "") -> Conversation:
    conversation = conversation_new(base, unit_id=unit_id, now=now)
    conversation.save(force_insert=True)
    return conversation


def message_answer(
    conversation: Conversation,
    text: str,
    *,
    now: datetime,
    encoder: TextEncoder | None = None,
    page_language: str = "",
) -> Message:
    """Answer a visitor's question, word for word from what is known, each sentence with its source.

    Args:
        conversation: Where it is asked.
        text: The question.
        now: When.
        encoder: What reads it; the house's.
        page_language: Of the page it was asked on, for our own sentences where the question is too
            short to tell.

    Raises:
        InputRefused: There is no question, or too long a one.
        DomainError: The conversation is as long as one may be.
        TooOften: It was asked too much within a minute.
    """
    question = _question(text, conversation)
    started = time.perf_counter()
    before = _asked(conversation, question, now=now)
    if conversation.status == Conversation.Status.HANDED_OVER:
        return _handed(conversation, now=now, page_language=page_language)
    policy = policy_for(conversation, now=now)
    found = answer(
        conversation.base,
        question,
        before=before,
        unit_id=conversation.unit_id,
        now=now,
        encoder=encoder,
        policy=policy,
        page_language=page_language,
    )
    if found.outcome == Message.Outcome.HANDED_OVER:
        told = conversation_hand_over(
            conversation, now=now, page_language=found.speaks.language, intent=found.intent
        )
        meaning_note(told)
        return told
    took = round(1000 * (time.perf_counter() - started))
    message = _kept(conversation, found, policy, now=now, took_ms=took)
    if before.choices:
        meaning_note(message)
    return message


@transaction.atomic
def conversation_hand_over(
    conversation: Conversation, *, now: datetime, page_language: str = "", intent: str = ""
) -> Message:
    """Let a person answer from here on, and tell who listens; asked again, nobody is told twice."""
    handed_over = Conversation.Status.HANDED_OVER
    is_new = (
        Conversation.objects.filter(pk=conversation.pk)
        .exclude(status=handed_over)
        .update(status=handed_over, handed_over_at=now, taken_by=None, last_at=now)
    )
    conversation.refresh_from_db()
    if is_new:
        masked = partial(said_masked, conversation=conversation)
        tell_of_hand_over(conversation, masked=masked, now=now)
        happened(conversation, Happening.HANDED_OVER, now=now)
    return _handed(conversation, now=now, page_language=page_language, intent=intent)


def conversation_known(conversation: Conversation, unit_id: str) -> None:
    """Whose it is, once the shop's page has said so.

    Raises:
        InputRefused: It is somebody else's.
    """
    if not unit_id or unit_id == conversation.unit_id:
        return
    is_new = Conversation.objects.filter(pk=conversation.pk, unit_id="").update(unit_id=unit_id)
    conversation.refresh_from_db()
    if conversation.unit_id != unit_id:
        raise InputRefused(
            "conversation: it is somebody else's; leave it out to start one", field="conversation"
        )
    if is_new:
        unit_known(conversation)


@transaction.atomic
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
            "note": said_masked(note.strip(), message.conversation)[:500],
            "said_at": now,
        },
    )
    # A reason comes after its thumb, which counts once.
    happened(
        message.conversation,
        Happening.FEEDBACK,
        now=now,
        key=f"{message.pk}:{is_helpful}",
        value=Decimal(is_helpful),
        properties={"message": str(message.pk), "helpful": is_helpful},
    )
    meaning_note(message)
    return kept


def conversations_expire(*, now: datetime) -> int:
    """Forget conversations nobody went on with for as long as their base keeps them; rows."""
    rows = 0
    for base in KnowledgeBase.objects.all():
        is_old = Conversation.objects.filter(
            base=base, last_at__lt=now - timedelta(days=base.keep_days)
        )
        rows += conversations_forget(is_old)
    return rows


@transaction.atomic
def conversations_forget(talks: QuerySet[Conversation], *, is_erasure: bool = False) -> int:
    """Delete conversations with all feedback, and their part of gaps, rankings and intents; rows.

    Args:
        talks: Which.
        is_erasure: Whether a person asked for it; else they have grown old.
    """
    gone = list(Message.objects.filter(conversation__in=talks).values_list("pk", flat=True))
    gaps = list(Gap.objects.filter(messages__in=gone).distinct())
    learnt_forget(gone, is_erasure=is_erasure)
    rows, _ = talks.delete()
    gaps_renew(gaps)
    memories_forget(gone)
    return rows


def _question(text: str, conversation: Conversation) -> str:
    if len(text) > LONGEST_READ:
        raise InputRefused(f"text: ask in 1 to {QUESTION_MAX} characters", field="text")
    said = said_masked(" ".join(text.replace("\0", " ").split()), conversation)
    if not 0 < len(said) <= QUESTION_MAX:
        raise InputRefused(f"text: ask in 1 to {QUESTION_MAX} characters", field="text")
    return said


@transaction.atomic
def _asked(conversation: Conversation, question: str, *, now: datetime) -> Before:
    """Keep a question, and say what it may lean on; a conversation's come one after the other."""
    before = NOTHING_BEFORE
    if conversation._state.adding:
        store(conversation)
    else:
        before = turn_take(conversation, now=now)
    store(Message(conversation=conversation, role=Message.Role.VISITOR, text=question, said_at=now))
    return before


def _handed(
    conversation: Conversation, *, now: datetime, page_language: str, intent: str = ""
) -> Message:
    """That a person answers: said once, not after everything a visitor adds."""
    said = conversation.messages.filter(
        outcome=Message.Outcome.HANDED_OVER, said_at__gte=conversation.handed_over_at or now
    )
    if already := said.first():
        return already
    voice = voice_for(conversation.base, before_of(conversation).language, page_language)
    return Message.objects.create(
        conversation=conversation,
        role=Message.Role.ASSISTANT,
        text=voice.say("waiting"),
        outcome=Message.Outcome.HANDED_OVER,
        intent=intent,
        said_at=now + timedelta(microseconds=1),
    )


@transaction.atomic
def _kept(
    conversation: Conversation, found: Answer, policy: Policy | None, *, now: datetime, took_ms: int
) -> Message:
    said = spoken(found)
    message = Message(
        conversation=conversation,
        role=Message.Role.ASSISTANT,
        text=said.text or found.speaks.say("nothing_known"),
        outcome=found.outcome,
        sentences=said.sentences,
        sources=said.sources,
        similarity=found.similarity,
        looked_for=found.looked_for,
        vector=found.vector,
        language=found.language,
        intent=found.intent,
        choices=[choice.as_json(number) for number, choice in enumerate(found.choices, 1)],
        entities=found.entities,
        took_ms=took_ms,
        policy=policy,
        wording=found.wording.record,
        said_at=now + timedelta(microseconds=1),
    )
    store(message)
    happened(
        conversation,
        Happening.ANSWERED,
        now=now,
        key=str(message.pk),
        properties={"outcome": message.outcome, "policy": str(policy) if policy else ""},
    )
    return message
