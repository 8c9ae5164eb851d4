"""Rows of the assistant."""

from assistant.models.conversations import Conversation, Feedback, Message
from assistant.models.intents import Intent, IntentFit
from assistant.models.knowledge import (
    VECTOR_SIZE,
    Chunk,
    Document,
    DocumentVersion,
    EvalQuestion,
    EvalRun,
    KnowledgeBase,
    Posting,
)

__all__ = [
    "VECTOR_SIZE",
    "Chunk",
    "Conversation",
    "Document",
    "DocumentVersion",
    "EvalQuestion",
    "EvalRun",
    "Feedback",
    "Intent",
    "IntentFit",
    "KnowledgeBase",
    "Message",
    "Posting",
]
