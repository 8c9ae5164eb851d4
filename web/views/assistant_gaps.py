"""Write this next: what visitors asked and a knowledge base could not answer."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assistant import services
from assistant.gap_board import gap_board
from assistant.models import Gap, GapSearch, KnowledgeBase
from web.views.access import attempt, page, person
from web.views.meanings import intent_chosen


@require_safe
@page("assistant.view_gap")
def gaps(request: HttpRequest, pk: int) -> HttpResponse:
    """The open gaps, those most visitors met first, each with a suggestion to start from."""
    base = get_object_or_404(KnowledgeBase, pk=pk)
    return TemplateResponse(
        request,
        "assistant/gaps.html",
        {
            **admin.site.each_context(request),
            "title": base.name,
            "subtitle": "Write this next",
            "is_fullwidth": True,
            "base": base,
            "board": gap_board(base, now=timezone.now()),
            "intents": base.intents.filter(is_active=True),
        },
    )


@require_POST
@page("assistant.view_gap", "assistant.add_gapsearch")
def gaps_search(request: HttpRequest, pk: int) -> HttpResponse:
    """Look for gaps now."""
    base = get_object_or_404(KnowledgeBase, pk=pk)
    return attempt(
        request,
        lambda: services.gap_search_request(base, actor=person(request), now=timezone.now()),
        done="Gaps are being looked for. You may leave this page; the work goes on.",
        then=reverse("web:gaps", args=[pk]),
    )


@require_safe
@page("assistant.view_gap")
def gaps_progress(_request: HttpRequest, pk: int) -> JsonResponse:
    """How the last search stands, for the page to load itself anew when it is done."""
    search = GapSearch.objects.filter(base=pk).first()
    is_open = search is not None and search.status in {
        GapSearch.Status.WAITING,
        GapSearch.Status.RUNNING,
    }
    stage = search.get_status_display().lower() if search else ""
    return JsonResponse(
        {"is_working": is_open, "stage": stage.capitalize(), "done": int(not is_open)}
    )


@require_POST
@page("assistant.view_gap", "assistant.change_gap", "assistant.add_document")
def gap_answer(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Write an answer into the base."""
    gap = get_object_or_404(Gap, base=pk, pk=key)
    return attempt(
        request,
        lambda: services.gap_answer(
            gap,
            question=request.POST.get("question", ""),
            text=request.POST.get("answer", ""),
            actor=person(request),
            now=timezone.now(),
        ),
        done="Written: from now on visitors are answered with it.",
        then=reverse("web:gaps", args=[pk]),
    )


@require_POST
@page("assistant.view_gap", "assistant.change_gap", "assistant.change_intent")
def gap_meant(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """It is what an intent means: teach it."""
    gap = get_object_or_404(Gap, base=pk, pk=key)
    return attempt(
        request,
        lambda: services.gap_meant(
            gap, intent_chosen(request, gap.base), actor=person(request), now=timezone.now()
        ),
        done="Taught: it is learnt within minutes, and goes live unless that would be worse.",
        then=reverse("web:gaps", args=[pk]),
    )


@require_POST
@page("assistant.view_gap", "assistant.change_gap")
def gap_dismiss(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Not for us."""
    gap = get_object_or_404(Gap, base=pk, pk=key)
    return attempt(
        request,
        lambda: services.gap_dismiss(gap, actor=person(request), now=timezone.now()),
        done="Put away: it stays away, however often it is asked.",
        then=reverse("web:gaps", args=[pk]),
    )


@require_POST
@page("assistant.view_gap", "assistant.change_gap")
def gap_reopen(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Take a dismissal back."""
    gap = get_object_or_404(Gap, base=pk, pk=key)
    return attempt(
        request,
        lambda: services.gap_reopen(gap, actor=person(request), now=timezone.now()),
        done="Open again.",
        then=reverse("web:gaps", args=[pk]),
    )
