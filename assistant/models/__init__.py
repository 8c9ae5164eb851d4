"""Rows of the assistant."""

from assistant.models.conversations import Conversation, Feedback, Message
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
from assistant.models.learning import Gap, GapSearch, RankerFit
from assistant.models.web_pages import WebPage

__all__ = [
    "VECTOR_SIZE",
    "Chunk",
    "Conversation",
    "Document",
    "DocumentVersion",
    "EvalQuestion",
    "EvalRun",
    "Feedback",
    "Gap",
    "GapSearch",
    "KnowledgeBase",
    "Message",
    "Posting",
    "RankerFit",
    "WebPage",
]
