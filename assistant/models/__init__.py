"""Rows of the assistant."""

from assistant.models.conversations import Click, Conversation, Feedback, Message
from assistant.models.intents import Intent, IntentFit, LearntExample
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
from assistant.models.policies import Policy, PolicyArm, PolicyTrial, WordingDay
from assistant.models.web_pages import WebPage

__all__ = [
    "VECTOR_SIZE",
    "Chunk",
    "Click",
    "Conversation",
    "Document",
    "DocumentVersion",
    "EvalQuestion",
    "EvalRun",
    "Feedback",
    "Gap",
    "GapSearch",
    "Intent",
    "IntentFit",
    "KnowledgeBase",
    "LearntExample",
    "Message",
    "Policy",
    "PolicyArm",
    "PolicyTrial",
    "Posting",
    "RankerFit",
    "WebPage",
    "WordingDay",
]
