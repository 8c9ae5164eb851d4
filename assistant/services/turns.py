"""Whose turn it is: a conversation's questions come one after the other, and not too many.

Every question passes here before anything is known of it, so that what is asked of the database is
written out: two statements, whose making costs next to nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from assistant.models import Conversation
from assistant.services.answers import Before, Choice
from core.errors import DomainError
from core.prepared import Prepared

MESSAGES_MAX = 200

# Who asks again has a question again; who waits for a person goes on waiting.
_TAKE = Prepared(
    "assistant_take",
    """
UPDATE assistant_conversation
SET last_at = %(now)s, status = CASE WHEN status = 'handed_over' THEN status ELSE 'open' END
WHERE id = %(conversation)s RETURNING status, handed_over_at
""",
    now="timestamptz",
    conversation="uuid",
)
_SAID = Prepared(
    "assistant_said",
    """
SELECT said.messages, said.lately, last.looked_for, last.entities, last.choices, told.language
FROM (
    SELECT count(*) AS messages,
        count(*) FILTER (WHERE role = 'visitor' AND said_at > %(since)s) AS lately
    FROM assistant_message WHERE conversation_id = %(conversation)s
) AS said
LEFT JOIN LATERAL (
    SELECT looked_for, entities, choices FROM assistant_message
    WHERE conversation_id = %(conversation)s AND role = 'assistant'
    ORDER BY said_at DESC LIMIT 1
) AS last ON true
LEFT JOIN LATERAL (
    SELECT language FROM assistant_message
    WHERE conversation_id = %(conversation)s AND language <> ''
    ORDER BY said_at DESC LIMIT 1
) AS told ON true
""",
    since="timestamptz",
    conversation="uuid",
)


class TooOften(DomainError):
    """More questions in a minute than one conversation may ask."""


@dataclass(frozen=True, slots=True)
class _Said:
    """How often anything was said so far, and by the visitor of late; what may be leant on."""

    messages: int
    questions_lately: int
    before: Before


def turn_take(conversation: Conversation, *, now: datetime) -> Before:
    """Go on with a conversation, and say what its next question may lean on.

    Others who go on with it wait until the transaction ends.

    Raises:
        DomainError: The conversation is as long as one may be.
        TooOften: It was asked too much within a minute.
    """
    with connection.cursor() as cursor:
        _TAKE.run(cursor, {"now": now, "conversation": conversation.pk})
        taken = cursor.fetchone()
    if taken is None:
        raise DomainError("this conversation was erased: start another")
    said = _said(conversation, now=now)
    _refuse_too_many(said)
    conversation.status, conversation.handed_over_at = taken
    conversation.last_at = now
    return said.before


def before_of(conversation: Conversation) -> Before:
    """What the next question of a conversation may lean on."""
    return _said(conversation, now=conversation.last_at).before


def _said(conversation: Conversation, *, now: datetime) -> _Said:
    since = now - timedelta(minutes=1)
    with connection.cursor() as cursor:
        _SAID.run(cursor, {"conversation": conversation.pk, "since": since})
        messages, lately, looked_for, entities, choices, language = cursor.fetchone()
    before = _before(
        looked_for, json.loads(entities or "{}"), json.loads(choices or "[]"), language
    )
    return _Said(messages, lately, before)


def _before(
    looked_for: str | None,
    entities: Mapping[str, Any],
    choices: Sequence[Mapping[str, Any]],
    language: str | None,
) -> Before:
    return Before(
        looked_for or "",
        tuple(entities.get("products") or entities.get("earlier") or ()),
        tuple(Choice(one["label"], one["kind"], one["value"]) for one in choices),
        language or "",
    )


def _refuse_too_many(said: _Said) -> None:
    """Whoever asks: visitors behind many addresses share a conversation's limit."""
    if said.messages >= MESSAGES_MAX:
        raise DomainError("this conversation is full: start another")
    most = settings.ASSISTANT_REQUESTS_PER_MINUTE
    if most is not None and said.questions_lately >= most:
        raise TooOften("too many questions in this conversation: come back in a minute")
