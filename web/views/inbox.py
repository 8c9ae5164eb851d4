"""The inbox: visitors who wait for a person, and what staff say to them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assistant import services
from assistant.models import Conversation
from assistant.selectors import conversations_waiting, messages_since
from core.errors import CopyliftError
from web.views.access import attempt, page, person

RIGHT = "assistant.answer_conversation"
CONVERSATIONS = Conversation.objects.select_related("base", "taken_by")


@require_safe
@page(RIGHT)
def inbox(request: HttpRequest) -> HttpResponse:
    """Everybody who waits, the longest first."""
    return _answer(request, "assistant/inbox.html", "Inbox", _waiting())


@require_safe
@page(RIGHT)
def inbox_list(request: HttpRequest) -> HttpResponse:
    """The list alone: the page asks for it again and again."""
    return render(request, "assistant/inbox_list.html", _waiting())


@require_safe
@page(RIGHT)
def inbox_conversation(request: HttpRequest, key: UUID) -> HttpResponse:
    """One conversation, with what can be done about it."""
    found = get_object_or_404(CONVERSATIONS, pk=key)
    context = _transcript(found) | {"reply": request.session.pop(_kept_reply(key), "")}
    return _answer(request, "assistant/inbox_conversation.html", str(found.base), context)


@require_safe
@page(RIGHT)
def inbox_transcript(request: HttpRequest, key: UUID) -> HttpResponse:
    """What was said until now, alone."""
    found = get_object_or_404(CONVERSATIONS, pk=key)
    return render(request, "assistant/inbox_transcript.html", _transcript(found))


@require_POST
@page(RIGHT)
def inbox_take(request: HttpRequest, key: UUID) -> HttpResponse:
    """I take it."""
    return _step(request, key, services.conversation_take, done="It is yours: write below.")


@require_POST
@page(RIGHT)
def inbox_release(request: HttpRequest, key: UUID) -> HttpResponse:
    """Somebody else may take it."""
    return _step(request, key, services.conversation_release, done="Anybody may take it now.")


@require_POST
@page(RIGHT)
def inbox_reply(request: HttpRequest, key: UUID) -> HttpResponse:
    """Say something to the visitor. A reply that is refused is kept for the next try."""
    found = get_object_or_404(CONVERSATIONS, pk=key)
    text = request.POST.get("text", "")
    try:
        services.conversation_reply(found, text, actor=person(request), now=timezone.now())
    except CopyliftError as refusal:
        request.session[_kept_reply(key)] = text[: services.REPLY_MAX]
        messages.error(request, str(refusal))
    return HttpResponseRedirect(reverse("web:inbox_conversation", args=[key]) + "#reply")


@require_POST
@page(RIGHT)
def inbox_solve(request: HttpRequest, key: UUID) -> HttpResponse:
    """It is answered."""
    return _step(
        request, key, services.conversation_solve, done="Marked as solved.", next_page="inbox"
    )


@require_POST
@page(RIGHT)
def inbox_return(request: HttpRequest, key: UUID) -> HttpResponse:
    """The assistant goes on."""
    done = "The assistant answers this visitor again."
    return _step(request, key, services.conversation_return, done=done, next_page="inbox")


def _step(
    request: HttpRequest, key: UUID, service: Callable[..., None], *, done: str, next_page: str = ""
) -> HttpResponse:
    found = get_object_or_404(CONVERSATIONS, pk=key)
    here = reverse("web:inbox_conversation", args=[key])
    return attempt(
        request,
        lambda: service(found, actor=person(request)),
        done=done,
        then=reverse(f"web:{next_page}") if next_page else here,
    )


def _kept_reply(key: UUID) -> str:
    return f"reply {key}"


def _waiting() -> dict[str, Any]:
    return {"waiting": list(conversations_waiting()[:200]), "now": timezone.now()}


def _transcript(found: Conversation) -> dict[str, Any]:
    return {
        "conversation": found,
        "is_waiting": found.status == Conversation.Status.HANDED_OVER,
        "said": list(messages_since(found, None)),
        "clicks": _clicks(found),
    }


def _clicks(found: Conversation) -> dict[UUID, list[int]]:
    """Which sources the visitor opened, by answer."""
    opened: dict[UUID, list[int]] = {}
    for message in found.messages.filter(clicks__isnull=False).prefetch_related("clicks"):
        opened[message.pk] = [click.number for click in message.clicks.all()]
    return opened


def _answer(
    request: HttpRequest, template: str, title: str, context: dict[str, Any]
) -> HttpResponse:
    frame = {"title": title, "subtitle": "Inbox", "is_fullwidth": True}
    return TemplateResponse(
        request, template, {**admin.site.each_context(request), **frame, **context}
    )
