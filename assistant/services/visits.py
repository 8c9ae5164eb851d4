"""What visitors do beside asking: open a source, say whether their question is solved."""

from __future__ import annotations

from datetime import datetime

from assistant.models import Click, Conversation, Message
from core.errors import InputRefused


def click_keep(message: Message, number: int, *, now: datetime) -> Click:
    """Keep that a visitor opened a source or product of an answer.

    Raises:
        InputRefused: The answer has no source of this number.
    """
    source = next((one for one in message.sources if one.get("number") == number), None)
    if source is None:
        raise InputRefused("number: the answer has no source of this number", field="number")
    kept, _ = Click.objects.get_or_create(
        message=message,
        number=number,
        defaults={"is_product": source.get("kind") == "catalog", "clicked_at": now},
    )
    return kept


def conversation_resolve(conversation: Conversation, *, is_solved: bool, now: datetime) -> None:
    """Keep a visitor's word on whether they were helped. Who waits for a person goes on waiting."""
    status = Conversation.Status.RESOLVED if is_solved else Conversation.Status.UNRESOLVED
    found = Conversation.objects.filter(pk=conversation.pk)
    if not is_solved:
        found = found.exclude(status=Conversation.Status.HANDED_OVER)
    found.update(status=status, last_at=now)
    conversation.refresh_from_db()
