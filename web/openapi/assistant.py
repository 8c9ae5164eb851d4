"""What a chat on the shop's pages asks, in the OpenAPI document: one line of DOORS for each."""

from __future__ import annotations

from dataclasses import dataclass, field

from web.openapi.parts import (
    INVALID,
    NO_STORE,
    RATE_LIMITED,
    WRONG_METHOD,
    Schema,
    answer,
    body,
    ref,
    refusal,
)

CONVERSATION = "6f0c8f2e-4a55-4f6a-9d26-1d2f3c4b5a60"
MESSAGE = "b1d2a3c4-5e6f-4a7b-8c9d-0e1f2a3b4c5d"
ID: Schema = {"type": "string", "format": "uuid"}
SAID = {
    "conversation": CONVERSATION,
    "message": MESSAGE,
    "outcome": "answered",
    "text": "Yes: parcels to Norway take four days.",
    "sentences": [{"text": "Yes: parcels to Norway take four days.", "sources": [1]}],
    "sources": [{"number": 1, "document": "faq.csv", "heading": "Do you ship to Norway?"}],
    "choices": [],
}
SHOWN = {
    **SAID,
    "role": "assistant",
    "by": "",
    "said_at": "2026-11-27T10:00:00+00:00",
    "helpful": None,
}
KEPT = {"kept": True}
STREAMED = 'event: start\ndata: {"outcome":"answered", …}\n\n'
SCHEMAS: Schema = {
    "AssistantAnswer": {
        "type": "object",
        "required": list(SAID),
        "properties": {
            "conversation": ID,
            "message": ID,
            "outcome": {"type": "string"},
            "text": {"type": "string"},
            "sentences": {"type": "array", "items": {"type": "object"}},
            "sources": {"type": "array", "items": {"type": "object"}},
            "choices": {"type": "array", "items": {"type": "object"}},
        },
    },
    "AssistantConversation": {
        "type": "object",
        "required": ["conversation", "status", "messages", "stream"],
        "properties": {
            "conversation": ID,
            "status": {"type": "string"},
            "messages": {"type": "array", "items": ref("AssistantAnswer")},
            "stream": {
                "type": "string",
                "description": "While a person answers: GET it within two minutes and hold it as "
                "text/event-stream. Each `data: new` says that somebody else said something: ask "
                "this door again, with `after`. Empty, 403, 429 or 503: ask every few seconds.",
            },
        },
    },
    "Kept": {
        "type": "object",
        "required": ["kept"],
        "properties": {"kept": {"type": "boolean"}, "status": {"type": "string"}},
    },
}


@dataclass(frozen=True, slots=True)
class Door:
    """One `POST /v1/assistant/<name>`: what it asks for, and what it says."""

    name: str
    operation: str
    summary: str
    asked: Schema
    asked_example: Schema
    says: str
    example: Schema
    required: tuple[str, ...] = field(default=("conversation",))
    is_streamed: bool = False


TEXT: Schema = {"type": "string", "minLength": 1, "pattern": "^[^\\x00]*[^\\s\\x00][^\\x00]*$"}
LANG: Schema = {"type": "string", "description": "Of the page, such as `de`: for our own words."}
DOORS = (
    Door(
        "messages",
        "assistantAsk",
        "A question, answered word for word from the shop's documents",
        {
            "base": {"type": "string", "description": "The knowledge base's key; to begin."},
            "text": TEXT,
            "conversation": {**ID, "description": "From the second question on."},
            "lang": LANG,
        },
        {"base": "help", "text": "How long does a parcel to Norway take?"},
        "AssistantAnswer",
        SAID,
        required=("base", "text"),
        is_streamed=True,
    ),
    Door(
        "feedback",
        "assistantFeedback",
        "What the visitor thought of an answer",
        {
            "conversation": ID,
            "message": ID,
            "helpful": {"type": "boolean"},
            "reason": {"type": "string"},
            "note": {"type": "string"},
        },
        {"conversation": CONVERSATION, "message": MESSAGE, "helpful": True},
        "Kept",
        KEPT,
        required=("conversation", "message", "helpful"),
    ),
    Door(
        "conversations",
        "assistantConversation",
        "A visitor's own conversation, whole or what was said after a message",
        {"conversation": ID, "after": {**ID, "description": "A message of it."}},
        {"conversation": CONVERSATION},
        "AssistantConversation",
        {"conversation": CONVERSATION, "status": "open", "messages": [SHOWN], "stream": ""},
    ),
    Door(
        "clicks",
        "assistantClick",
        "The visitor opened a source, or a product, of an answer",
        {"conversation": ID, "message": ID, "number": {"type": "integer", "minimum": 1}},
        {"conversation": CONVERSATION, "message": MESSAGE, "number": 1},
        "Kept",
        KEPT,
        required=("conversation", "message", "number"),
    ),
    Door(
        "resolved",
        "assistantResolved",
        "Whether the visitor's question is solved, in their own word",
        {"conversation": ID, "solved": {"type": "boolean"}},
        {"conversation": CONVERSATION, "solved": True},
        "Kept",
        {**KEPT, "status": "resolved"},
        required=("conversation", "solved"),
    ),
    Door(
        "hand-over",
        "assistantHandOver",
        "From here on a person answers",
        {"conversation": ID, "lang": LANG},
        {"conversation": CONVERSATION},
        "AssistantAnswer",
        {**SAID, "outcome": "handed_over", "sentences": [], "sources": []},
    ),
)


def paths() -> Schema:
    return {f"/v1/assistant/{door.name}": {"post": _operation(door)} for door in DOORS}


def _operation(door: Door) -> Schema:
    said = answer("Said.", ref(door.says), example=door.example, headers=NO_STORE)
    if door.is_streamed:
        said["content"]["text/event-stream"] = {"schema": {"type": "string"}, "example": STREAMED}
    asked = {"type": "object", "required": list(door.required), "properties": door.asked}
    return {
        "operationId": door.operation,
        "tags": ["assistant"],
        "summary": door.summary,
        "requestBody": body(asked, example=door.asked_example),
        "security": [],
        "responses": {
            "200": said,
            "400": INVALID,
            "405": WRONG_METHOD,
            "409": refusal("The conversation takes no more.", "conflict", "start another"),
            "429": RATE_LIMITED,
        },
    }
