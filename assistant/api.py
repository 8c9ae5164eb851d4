"""`/v1/assistant/…`: what the chat on a shop's pages asks (docs/reference/assistant.md).

There is no key: it would be in every page. A visitor's conversation has an id that nobody can
guess; what may be asked is limited for each visitor, and browsers let only the pages in that a
knowledge base names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import orjson
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import (
    HttpRequest,
    HttpResponse,
    JsonResponse,
    StreamingHttpResponse,
    UnreadablePostError,
)
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from assistant.models import Conversation, KnowledgeBase, Message
from assistant.services import (
    conversation_hand_over,
    conversation_start,
    feedback_give,
    message_answer,
)
from core.errors import DomainError, InputRefused
from core.installation import keyed_hash
from core.rate_limits import seconds_to_wait

BODY_BYTES_MAX = 16 * 1024
STREAM = "text/event-stream"

Asked = dict[str, Any]
View = Callable[[HttpRequest, Asked], HttpResponseBase]


def _door(view: View) -> Callable[[HttpRequest], HttpResponseBase]:
    """Reads the body, answers what browsers ask before they send, and says errors in one shape."""

    @csrf_exempt
    def guarded(request: HttpRequest) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return _allowed(request, HttpResponse(status=204))
        if request.method != "POST":
            return _refusal(405, "method_not_allowed", "ask with POST", allow="POST, OPTIONS")
        wait = seconds_to_wait(_visitor(request), settings.ASSISTANT_REQUESTS_PER_MINUTE)
        if wait:
            answer = _refusal(429, "too_many_requests", f"come back in {wait} seconds")
            answer["Retry-After"] = str(wait)
            return _allowed(request, answer)
        try:
            return _allowed(request, view(request, _body(request)))
        except InputRefused as refused:
            answer = _refusal(400, "invalid_request", str(refused), field=refused.field)
        except DomainError as error:
            answer = _refusal(409, "conflict", str(error))
        return _allowed(request, answer)

    return guarded


@_door
def messages_view(request: HttpRequest, asked: Asked) -> HttpResponseBase:
    """A question; the answer comes whole, or sentence by sentence to who accepts a stream."""
    text = _text(asked, "text")
    conversation = _conversation(asked) or conversation_start(_base(asked), now=timezone.now())
    message = message_answer(conversation, text, now=timezone.now())
    if STREAM not in request.headers.get("Accept", ""):
        return JsonResponse(_said(message))
    stream = StreamingHttpResponse(_events(message), content_type=STREAM)
    stream["X-Accel-Buffering"] = "no"
    return stream


@_door
def feedback_view(request: HttpRequest, asked: Asked) -> HttpResponseBase:  # noqa: ARG001
    """What the visitor thought of an answer of their conversation."""
    is_helpful = asked.get("helpful")
    if not isinstance(is_helpful, bool):
        raise InputRefused("helpful: must be true or false", field="helpful")
    message = _known(asked).messages.filter(pk=_uuid(asked, "message")).first()
    if message is None:
        raise InputRefused("message: it is not of this conversation", field="message")
    feedback_give(
        message,
        is_helpful=is_helpful,
        reason=_text(asked, "reason", default=""),
        note=_text(asked, "note", default=""),
        now=timezone.now(),
    )
    return JsonResponse({"kept": True})


@_door
def hand_over_view(request: HttpRequest, asked: Asked) -> HttpResponseBase:  # noqa: ARG001
    """From here on a person answers."""
    return JsonResponse(_said(conversation_hand_over(_known(asked), now=timezone.now())))


def _said(message: Message) -> dict[str, object]:
    return {
        "conversation": str(message.conversation_id),
        "message": str(message.pk),
        "outcome": message.outcome,
        "text": message.text,
        "sentences": message.sentences,
        "sources": message.sources,
        "choices": _choices(message),
    }


def _choices(message: Message) -> list[dict[str, object]]:
    """What the visitor may have meant, to be chosen by number or in words."""
    return [{"number": one["number"], "label": one["label"]} for one in message.choices]


def _events(message: Message) -> Iterator[bytes]:
    whole = _said(message)
    yield _event("start", {key: whole[key] for key in ("conversation", "message", "outcome")})
    for sentence in message.sentences or [{"text": message.text, "sources": []}]:
        yield _event("sentence", sentence)
    yield _event("done", {"sources": message.sources, "choices": _choices(message)})


def _event(name: str, content: object) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), orjson.dumps(content))


def _base(asked: Asked) -> KnowledgeBase:
    key = _text(asked, "base")
    base = KnowledgeBase.objects.filter(key=key, is_published=True).first()
    if base is None:
        raise InputRefused(f"base: no knowledge base “{key[:60]}” is published", field="base")
    return base


def _known(asked: Asked) -> Conversation:
    found = _conversation(asked)
    if found is None:
        raise InputRefused("conversation: send the id of yours", field="conversation")
    return found


def _conversation(asked: Asked) -> Conversation | None:
    if not asked.get("conversation"):
        return None
    key = _uuid(asked, "conversation")
    found = Conversation.objects.select_related("base").filter(pk=key).first()
    if found is None:
        raise InputRefused(
            "conversation: there is none with this id; leave it out to start one",
            field="conversation",
        )
    return found


def _uuid(asked: Asked, field: str) -> UUID:
    try:
        return UUID(str(asked.get(field)))
    except ValueError:
        raise InputRefused(f"{field}: send the id you were given", field=field) from None


def _text(asked: Asked, field: str, *, default: str | None = None) -> str:
    said = asked.get(field, default)
    if not isinstance(said, str):
        raise InputRefused(f"{field}: must be a text", field=field)
    return said


def _body(request: HttpRequest) -> Asked:
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError):
        body = b" " * (BODY_BYTES_MAX + 1)
    if len(body) > BODY_BYTES_MAX:
        raise InputRefused(f"the request is too large: {BODY_BYTES_MAX // 1024} KB are read")
    try:
        asked = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise InputRefused(f"the request is not JSON: {error}") from error
    if not isinstance(asked, dict):
        raise InputRefused("the request must be a JSON object")
    return asked


def _visitor(request: HttpRequest) -> str:
    """Who asks, as a keyed hash of where from: the address itself is kept nowhere."""
    return keyed_hash("assistant visitors", request.META.get("REMOTE_ADDR", ""))[:32]


def _allowed(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """Say to the browser which page may read the answer."""
    origin = request.headers.get("Origin", "")
    is_known = KnowledgeBase.objects.filter(is_published=True, allowed_origins__contains=[origin])
    if origin and is_known.exists():
        answer["Access-Control-Allow-Origin"] = origin
        answer["Access-Control-Allow-Headers"] = "Content-Type, Accept"
        answer["Access-Control-Allow-Methods"] = "POST"
        answer["Access-Control-Max-Age"] = "600"
    answer["Vary"] = "Origin, Accept"
    answer["Cache-Control"] = "no-store"
    return answer


def _refusal(
    status: int, code: str, message: str, *, field: str = "", allow: str = ""
) -> HttpResponse:
    said = {"code": code, "message": message} | ({"field": field} if field else {})
    answer = JsonResponse(said, status=status)
    if allow:
        answer["Allow"] = allow
    return answer


urlpatterns = [
    path("v1/assistant/messages", messages_view, name="messages"),
    path("v1/assistant/feedback", feedback_view, name="feedback"),
    path("v1/assistant/hand-over", hand_over_view, name="hand-over"),
]
