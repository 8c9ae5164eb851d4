"""What happens in conversations, written down as events: metrics and reports count them as any."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from assistant.models import Conversation
from events.incoming import IncomingEvent
from events.services import aliases_add, events_store

SOURCE = "assistant"


class Happening(StrEnum):
    """The names of the events."""

    ANSWERED = "assistant_answered"
    FEEDBACK = "assistant_feedback"
    RESOLVED = "assistant_resolved"
    UNRESOLVED = "assistant_unresolved"
    HANDED_OVER = "assistant_handed_over"
    SOURCE_CLICKED = "assistant_source_clicked"
    PRODUCT_CLICKED = "assistant_product_clicked"


def happened(
    conversation: Conversation,
    kind: Happening,
    *,
    now: datetime,
    key: str = "",
    value: Decimal | None = None,
    properties: Mapping[str, str | int | bool] | None = None,
) -> bool:
    """Write down what happened, once; False where it was known already.

    Args:
        conversation: Whose unit did it.
        kind: What was done.
        now: When.
        key: What tells it from the same done again in this conversation: an answer's id, an
            answer's id with the number of the source. Without one it happens once a conversation.
        value: What metrics add up: of a thumb 1 (up) or 0 (down).
        properties: What else there is to say. Never what anybody wrote.
    """
    event = IncomingEvent(
        message_id=f"{kind.value}:{conversation.pk}:{key}"[:200],
        kind="track",
        name=kind.value,
        unit_id=unit_of(conversation),
        occurred_at=now,
        value=value,
        properties={
            "base": conversation.base.key,
            "conversation": str(conversation.pk),
            **(properties or {}),
        },
    )
    return events_store([event], source=SOURCE).stored == 1


def unit_known(conversation: Conversation) -> None:
    """What the conversation did before anybody said whose it is was the contact's doing too.

    Its events and its place in an experiment follow, as they do for any name a unit had before.
    """
    aliases_add({str(conversation.pk): (conversation.unit_id, conversation.started_at)})


def unit_of(conversation: Conversation) -> str:
    """Who is randomised and counted: the contact, where known, else the conversation."""
    return conversation.unit_id or str(conversation.pk)
