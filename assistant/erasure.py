"""What the assistant holds about units: their conversations, and what was learned from them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from assistant.models import Conversation, Gap, Message
from assistant.services.gaps import gaps_renew
from assistant.services.ranking import memories_forget


class AssistantHolder:
    name = "assistant"

    def export(self, unit_ids: Sequence[str]) -> dict[str, object]:
        talks = Conversation.objects.filter(unit_id__in=unit_ids).order_by("started_at")
        return {"conversations": [_talk(one) for one in talks.select_related("base")]}

    @transaction.atomic
    def erase(self, unit_ids: Sequence[str]) -> int:
        """Their conversations with all feedback, and their part of gaps and rankings."""
        talks = Conversation.objects.filter(unit_id__in=unit_ids)
        messages = list(Message.objects.filter(conversation__in=talks).values_list("pk", flat=True))
        gaps = list(Gap.objects.filter(messages__in=messages).distinct())
        rows, _ = talks.delete()
        gaps_renew(gaps)
        memories_forget(messages)
        return rows


def _talk(conversation: Conversation) -> dict[str, object]:
    said = conversation.messages.select_related("feedback").order_by("said_at")
    return {
        "base": conversation.base.key,
        "status": conversation.status,
        "started_at": conversation.started_at.isoformat(),
        "messages": [_message(one) for one in said],
    }


def _message(message: Message) -> dict[str, object]:
    judged = getattr(message, "feedback", None)
    return {
        "role": message.role,
        "text": message.text,
        "said_at": message.said_at.isoformat(),
        "looked_for": message.looked_for,
        "sources": message.sources,
        "feedback": None
        if judged is None
        else {"is_helpful": judged.is_helpful, "reason": judged.reason, "note": judged.note},
    }
