"""What visitors do beside asking: open a source, say whether their question is solved."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from assistant.cards import CATALOG
from assistant.models import Click, Conversation, Message
from assistant.services.happenings import Happening, happened
from assistant.services.learnt_examples import meaning_note
from core.errors import InputRefused


@transaction.atomic
def click_keep(message: Message, number: int, *, now: datetime) -> Click:
    """Keep that a visitor opened a source or product of an answer.

    Raises:
        InputRefused: The answer has no source of this number.
    """
    source = next((one for one in message.sources if one.get("number") == number), None)
    if source is None:
        raise InputRefused("number: the answer has no source of this number", field="number")
    is_product = source.get("kind") == CATALOG
    kept, _ = Click.objects.get_or_create(
        message=message, number=number, defaults={"is_product": is_product, "clicked_at": now}
    )
    what = {"product": str(source.get("product"))} if is_product else {}
    happened(
        message.conversation,
        Happening.PRODUCT_CLICKED if is_product else Happening.SOURCE_CLICKED,
        now=now,
        key=f"{message.pk}:{number}",
        properties={"message": str(message.pk), "number": number, **what},
    )
    return kept


@transaction.atomic
def conversation_resolve(conversation: Conversation, *, is_solved: bool, now: datetime) -> None:
    """Keep a visitor's word on whether they were helped. Who waits for a person goes on waiting."""
    status = Conversation.Status.RESOLVED if is_solved else Conversation.Status.UNRESOLVED
    found = Conversation.objects.filter(pk=conversation.pk)
    if not is_solved:
        found = found.exclude(status=Conversation.Status.HANDED_OVER)
    found.update(status=status, last_at=now)
    conversation.refresh_from_db()
    happened(conversation, Happening.RESOLVED if is_solved else Happening.UNRESOLVED, now=now)
    said = conversation.messages.filter(role=Message.Role.ASSISTANT).order_by("-said_at")
    if (last := said.first()) is not None:
        meaning_note(last)
