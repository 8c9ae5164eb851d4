"""What the assistant holds about units: their conversations, and what was learned from them."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.models import Conversation, Message
from assistant.services.conversations import conversations_forget


class AssistantHolder:
    name = "assistant"

    def export(self, unit_ids: Sequence[str]) -> dict[str, object]:
        talks = Conversation.objects.filter(unit_id__in=unit_ids).order_by("started_at")
        return {"conversations": [_talk(one) for one in talks.select_related("base")]}

    def erase(self, unit_ids: Sequence[str]) -> int:
        """Their conversations with all feedback, and their part of gaps, rankings and intents."""
        talks = Conversation.objects.filter(unit_id__in=unit_ids)
        return conversations_forget(talks, is_erasure=True)


def _talk(conversation: Conversation) -> dict[str, object]:
    said = conversation.messages.select_related("feedback", "learnt_example__intent")
    return {
        "base": conversation.base.key,
        "status": conversation.status,
        "started_at": conversation.started_at.isoformat(),
        "messages": [_message(one) for one in said.order_by("said_at")],
    }


def _message(message: Message) -> dict[str, object]:
    judged = getattr(message, "feedback", None)
    learnt = getattr(message, "learnt_example", None)
    return {
        "role": message.role,
        "text": message.text,
        "said_at": message.said_at.isoformat(),
        "looked_for": message.looked_for,
        "sources": message.sources,
        "learnt_as": None if learnt is None else str(learnt.intent or "documents"),
        "feedback": None
        if judged is None
        else {"is_helpful": judged.is_helpful, "reason": judged.reason, "note": judged.note},
    }
