"""`/v1/assistant/…`: what the chat on a shop's pages asks (docs/reference/assistant.md).

There is no key: it would be in every page. A visitor's conversation has an id that nobody can
guess; what may be asked is limited for each visitor, and browsers let only the pages in that a
knowledge base names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import orjson
from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone

from assistant.cards import Card, cards_for, with_cards
from assistant.doors import Asked, door, flag_in, id_in, light_door, number_in, text_in
from assistant.identity import known_unit
from assistant.models import Conversation, KnowledgeBase, Message
from assistant.selectors import conversation_of, messages_since
from assistant.services import (
    click_keep,
    conversation_hand_over,
    conversation_known,
    conversation_new,
    conversation_resolve,
    conversation_start,
    feedback_give,
    message_answer,
)
from assistant.stream_tickets import stream_url
from assistant.widget import texts_view, widget_view
from core.errors import InputRefused

STREAM = "text/event-stream"


@door
def messages_view(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    """A question; the answer comes whole, or sentence by sentence to who accepts a stream."""
    text = text_in(asked, "text")
    message = message_answer(
        _conversation(asked) or _begun(asked),
        text,
        now=timezone.now(),
        page_language=text_in(asked, "lang", default=""),
    )
    if STREAM not in request.headers.get("Accept", ""):
        return JsonResponse(_said(message))
    stream = StreamingHttpResponse(_events(message), content_type=STREAM)
    stream["X-Accel-Buffering"] = "no"
    return stream


@light_door
def conversations_view(request: HttpRequest, asked: Asked) -> HttpResponseBase:  # noqa: ARG001
    """A visitor's own conversation, whole or what others said after a message."""
    conversation = _known(asked)
    after = _own_message(conversation, asked, "after") if asked.get("after") else None
    said = list(messages_since(conversation, after))
    now = timezone.now()
    cards = cards_for(said, now=now)
    waits = conversation.status == Conversation.Status.HANDED_OVER
    return JsonResponse(
        {
            "conversation": str(conversation.pk),
            "status": conversation.status,
            "messages": [_shown(message, cards) for message in said],
            "stream": stream_url(str(conversation.pk), now=now) if waits else "",
        }
    )


@light_door
def feedback_view(request: HttpRequest, asked: Asked) -> HttpResponseBase:  # noqa: ARG001
    """What the visitor thought of an answer of their conversation."""
    is_helpful = flag_in(asked, "helpful")
    feedback_give(
        _own_message(_known(asked), asked, "message"),
        is_helpful=is_helpful,
        reason=text_in(asked, "reason", default=""),
        note=text_in(asked, "note", default=""),
        now=timezone.now(),
    )
    return JsonResponse({"kept": True})


@light_door
def clicks_view(request: HttpRequest, asked: Asked) -> HttpResponseBase:  # noqa: ARG001
    """The visitor opened a source, or a product, of an answer."""
    message = _own_message(_known(asked), asked, "message")
    click_keep(message, number_in(asked, "number"), now=timezone.now())
    return JsonResponse({"kept": True})


@light_door
def resolved_view(request: HttpRequest, asked: Asked) -> HttpResponseBase:  # noqa: ARG001
    """Whether the visitor's question is solved, in their own word."""
    is_solved, conversation = flag_in(asked, "solved"), _known(asked)
    conversation_resolve(conversation, is_solved=is_solved, now=timezone.now())
    return JsonResponse({"kept": True, "status": conversation.status})


@door
def hand_over_view(request: HttpRequest, asked: Asked) -> HttpResponseBase:  # noqa: ARG001
    """From here on a person answers."""
    conversation = _conversation(asked) or _begun(asked, conversation_start)
    page_language = text_in(asked, "lang", default="")
    message = conversation_hand_over(conversation, now=timezone.now(), page_language=page_language)
    return JsonResponse(_said(message))


def _said(message: Message, cards: Mapping[str, Card] | None = None) -> dict[str, object]:
    if cards is None:
        cards = cards_for([message], now=timezone.now())
    return {
        "conversation": str(message.conversation_id),
        "message": str(message.pk),
        "outcome": message.outcome,
        "text": message.text,
        "sentences": message.sentences,
        "sources": with_cards(message.sources, cards),
        "choices": _choices(message),
    }


def _shown(message: Message, cards: Mapping[str, Card]) -> dict[str, object]:
    feedback = getattr(message, "feedback", None)
    return {
        **_said(message, cards),
        "role": message.role,
        "by": message.author.get_short_name() if message.author else "",
        "said_at": message.said_at.isoformat(),
        "helpful": feedback.is_helpful if feedback else None,
    }


def _choices(message: Message) -> list[dict[str, object]]:
    """What the visitor may have meant, to be chosen by number or in words."""
    return [{"number": one["number"], "label": one["label"]} for one in message.choices]


def _events(message: Message) -> Iterator[bytes]:
    whole = _said(message)
    yield _event("start", {key: whole[key] for key in ("conversation", "message", "outcome")})
    for sentence in message.sentences or [{"text": message.text, "sources": []}]:
        yield _event("sentence", sentence)
    yield _event("done", {key: whole[key] for key in ("sources", "choices")})


def _event(name: str, content: object) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), orjson.dumps(content))


def _begun(asked: Asked, begin: Callable[..., Conversation] = conversation_new) -> Conversation:
    base = _base(asked)
    return begin(base, unit_id=_unit(base, asked), now=timezone.now())


def _base(asked: Asked) -> KnowledgeBase:
    key = text_in(asked, "base")
    base = KnowledgeBase.objects.filter(key=key, is_published=True).first()
    if base is None:
        raise InputRefused(f"base: no knowledge base “{key[:60]}” is published", field="base")
    return base


def _unit(base: KnowledgeBase, asked: Asked) -> str:
    """Who it is by the signature of the shop's server; anything less is nobody known."""
    return known_unit(
        base,
        text_in(asked, "unit_id", default=""),
        until=number_in(asked, "unit_until", default=0),
        signature=text_in(asked, "unit_signature", default=""),
        now=timezone.now(),
    )


def _known(asked: Asked) -> Conversation:
    found = _conversation(asked)
    if found is None:
        raise InputRefused("conversation: send the id of yours", field="conversation")
    return found


def _conversation(asked: Asked) -> Conversation | None:
    if not asked.get("conversation"):
        return None
    key = id_in(asked, "conversation")
    found = conversation_of(key)
    if found is None:
        raise InputRefused(
            "conversation: there is none with this id; leave it out to start one",
            field="conversation",
        )
    conversation_known(found, _unit(found.base, asked))
    return found


def _own_message(conversation: Conversation, asked: Asked, field: str) -> Message:
    message = conversation.messages.filter(pk=id_in(asked, field)).first()
    if message is None:
        raise InputRefused(f"{field}: it is not of this conversation", field=field)
    return message


urlpatterns = [
    path("assistant/widget.js", widget_view, name="widget"),
    path("assistant/texts/<slug:language>.json", texts_view, name="texts"),
    path("v1/assistant/messages", messages_view, name="messages"),
    path("v1/assistant/conversations", conversations_view, name="conversations"),
    path("v1/assistant/feedback", feedback_view, name="feedback"),
    path("v1/assistant/clicks", clicks_view, name="clicks"),
    path("v1/assistant/resolved", resolved_view, name="resolved"),
    path("v1/assistant/hand-over", hand_over_view, name="hand-over"),
]
