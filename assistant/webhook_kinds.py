"""What other programs are told of conversations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from assistant.models import Conversation
from core.webhooks.kinds import register
from core.webhooks.services import webhook_publish

HANDED_OVER = "assistant.handed_over"
TURNS, TURN_LENGTH = 8, 300


def register_kinds() -> None:
    register(HANDED_OVER, "A visitor of the chat wants to talk to a person.")


def tell_of_hand_over(
    conversation: Conversation, *, masked: Callable[[str], str], now: datetime
) -> None:
    """Into the outbox, in the transaction that handed it over: where to answer, and what was said.

    Texts are masked when they are kept; they are again, since they leave the house here.
    """
    turns = list(conversation.messages.order_by("-said_at")[:TURNS])[::-1]
    webhook_publish(
        HANDED_OVER,
        {
            "conversation": str(conversation.pk),
            "base": conversation.base.key,
            "contact": conversation.unit_id or None,
            "link": conversation_link(conversation),
            "messages": conversation.messages.count(),
            "transcript": [_turn(message.role, masked(message.text)) for message in turns],
        },
        now=now,
    )


def conversation_link(conversation: Conversation) -> str:
    """Where staff answer it."""
    page = reverse("web:inbox_conversation", args=[conversation.pk])
    return settings.PUBLIC_URL.rstrip("/") + page


def _turn(role: str, said: str) -> dict[str, str]:
    shown = said if len(said) <= TURN_LENGTH else said[: TURN_LENGTH - 1] + "…"
    return {"role": role, "text": shown}
