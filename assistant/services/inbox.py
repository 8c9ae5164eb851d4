"""Staff answer visitors: take a conversation, reply, and end it or hand it back.

Each step is one conditional UPDATE, so that of two people who take it at once one has it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max, Q

from assistant.models import Conversation, Message
from assistant.stream_tickets import TOPIC
from core.audit import audit
from core.broadcasts import announce
from core.errors import DomainError, InputRefused

REPLY_MAX = 2_000
Status = Conversation.Status


@transaction.atomic
def conversation_take(conversation: Conversation, *, actor: User) -> None:
    """It is this person's to answer.

    Raises:
        DomainError: Somebody else has it, or it waits for nobody.
    """
    _change(conversation, actor, taken_by=actor)
    audit(actor, "conversation_take", conversation)


@transaction.atomic
def conversation_release(conversation: Conversation, *, actor: User) -> None:
    """Back to those that wait for somebody; also what a colleague has who went home."""
    waiting = Conversation.objects.filter(pk=conversation.pk, status=Status.HANDED_OVER)
    if not waiting.update(taken_by=None):
        raise DomainError("it does not wait for a person any more")
    audit(actor, "conversation_release", conversation)


@transaction.atomic
def conversation_reply(
    conversation: Conversation, text: str, *, actor: User, now: datetime
) -> Message:
    """Say something to the visitor; who replies to what nobody has takes it.

    Raises:
        InputRefused: There is no reply, or too long a one.
        DomainError: Somebody else has it, or it waits for nobody.
    """
    said = "\n".join(line.rstrip() for line in text.replace("\0", " ").strip().splitlines())
    if not 0 < len(said) <= REPLY_MAX:
        raise InputRefused(f"text: reply in 1 to {REPLY_MAX:,} characters", field="text")
    _change(conversation, actor, taken_by=actor, last_at=now)
    announce(TOPIC, str(conversation.pk))
    return Message.objects.create(
        conversation=conversation,
        role=Message.Role.STAFF,
        author=actor,
        text=said,
        said_at=_after_all_else(conversation, now),
    )


@transaction.atomic
def conversation_solve(conversation: Conversation, *, actor: User) -> None:
    """It is answered. Asked again, the assistant answers."""
    _change(conversation, actor, status=Status.RESOLVED, taken_by=actor)
    announce(TOPIC, str(conversation.pk))
    audit(actor, "conversation_solve", conversation)


@transaction.atomic
def conversation_return(conversation: Conversation, *, actor: User) -> None:
    """The assistant answers from here on."""
    _change(conversation, actor, status=Status.OPEN, taken_by=None)
    announce(TOPIC, str(conversation.pk))
    audit(actor, "conversation_return", conversation)


def _change(conversation: Conversation, actor: User, **values: object) -> None:
    """Only what waits for a person, and that nobody else has."""
    own = Conversation.objects.filter(
        Q(taken_by=None) | Q(taken_by=actor), pk=conversation.pk, status=Status.HANDED_OVER
    )
    if own.update(**values):
        conversation.refresh_from_db()
        return
    conversation.refresh_from_db()
    if conversation.status != Status.HANDED_OVER:
        raise DomainError("it does not wait for a person any more")
    raise DomainError(f"{conversation.taken_by} has it: ask them, or have it released first")


def _after_all_else(conversation: Conversation, now: datetime) -> datetime:
    """Later than what was said while this was written, so that it stands below it."""
    last = conversation.messages.aggregate(last=Max("said_at"))["last"]
    return max(now, last + timedelta(microseconds=1)) if last else now
