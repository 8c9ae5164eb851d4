"""How a shop puts a knowledge base's chat on its pages."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from assistant import services
from assistant.identity import LONGEST, identity_secret
from assistant.models import KnowledgeBase
from assistant.stream_tickets import stream_origin
from assistant.widget import script
from web.snippets_chat import chat_snippets
from web.views.access import attempt, page, person


@require_safe
@page("assistant.view_knowledgebase")
def embed(request: HttpRequest, pk: int) -> HttpResponse:
    """The tag, where it may stand, what a page's policy must allow, and the chat itself to try."""
    base = get_object_or_404(KnowledgeBase, pk=pk)
    may_change = request.user.has_perm("assistant.change_knowledgebase")
    address = request.build_absolute_uri("/").rstrip("/")
    context = {
        "base": base,
        "may_change": may_change,
        "snippets": chat_snippets(address, base.key, streams=stream_origin()),
        "secret": identity_secret(base) if may_change else "",
        "hours": int(LONGEST.total_seconds() // 3600),
        "version": script().version,
        "title": base.name,
        "subtitle": "Put it on your pages",
        "is_fullwidth": True,
    }
    return TemplateResponse(
        request, "assistant/embed.html", {**admin.site.each_context(request), **context}
    )


@require_POST
@page("assistant.change_knowledgebase")
def embed_origins(request: HttpRequest, pk: int) -> HttpResponse:
    """Which pages may hold it."""
    base = get_object_or_404(KnowledgeBase, pk=pk)
    origins = request.POST.get("origins", "").replace(",", "\n").splitlines()
    return attempt(
        request,
        lambda: services.origins_change(base, origins, actor=person(request)),
        done="Saved: the chat answers on these pages.",
        then=reverse("web:embed", args=[pk]),
    )


@require_POST
@page("assistant.change_knowledgebase")
def embed_secret(request: HttpRequest, pk: int) -> HttpResponse:
    """Another secret; the old one signs nothing any more."""
    base = get_object_or_404(KnowledgeBase, pk=pk)
    return attempt(
        request,
        lambda: services.identity_renew(base, actor=person(request)),
        done="There is a new secret. Until your server has it, visitors are strangers.",
        then=reverse("web:embed", args=[pk]),
    )
