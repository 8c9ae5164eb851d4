"""What a visitor meant: staff say so, and intents learn from it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from assistant import services
from assistant.models import Intent, KnowledgeBase, Message
from core.errors import CopyliftError, InputRefused
from web.views.access import page, person

DOCUMENTS = "documents"


@require_http_methods(["GET", "HEAD", "POST"])
@page("assistant.answer_conversation", "assistant.change_intent")
def meaning(request: HttpRequest, key: UUID) -> HttpResponse:
    """One thing a visitor said, and which intent it was."""
    said = get_object_or_404(
        Message.objects.select_related("conversation__base", "learnt_example"),
        pk=key,
        role=Message.Role.VISITOR,
    )
    base = said.conversation.base
    if request.method == "POST":
        try:
            intent = intent_chosen(request, base)
            services.meaning_say(said, intent, actor=person(request), now=timezone.now())
        except CopyliftError as refusal:
            messages.error(request, str(refusal))
        else:
            words = f"“{intent}”" if intent else "a question for the documents"
            messages.success(request, f"Noted: it was {words}. Intents learn it within minutes.")
            back = reverse("web:inbox_conversation", args=[said.conversation_id])
            return HttpResponseRedirect(back)
    context = {
        "title": str(base),
        "subtitle": "Inbox",
        "is_fullwidth": True,
        "said": said,
        "learnt": getattr(said, "learnt_example", None),
        "base": base,
        "intents": base.intents.filter(is_active=True),
    }
    return TemplateResponse(
        request, "assistant/meaning.html", {**admin.site.each_context(request), **context}
    )


def intent_chosen(request: HttpRequest, base: KnowledgeBase) -> Intent | None:
    """The intent that a form names by its key; None: it names the documents.

    Raises:
        InputRefused: It names none of this base.
    """
    chosen = request.POST.get("intent", "")
    if chosen == DOCUMENTS:
        return None
    found = base.intents.filter(pk=int(chosen) if chosen.isdecimal() else 0).first()
    if found is None:
        raise InputRefused("intent: choose what it was", field="intent")
    return found
