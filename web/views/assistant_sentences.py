"""The assistant's sentences in a shop's own words: ours beside them, a language at a time."""

from __future__ import annotations

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from assistant.models import KnowledgeBase
from assistant.services.voices import own_sentences_change
from assistant.understanding.speaking import CODES, DEFAULT, language_of, words_of
from web.sentence_forms import SentencesForm
from web.views.access import page, person


@require_http_methods(["GET", "HEAD", "POST"])
@page("assistant.view_knowledgebase", "assistant.change_knowledgebase")
def sentences(request: HttpRequest, pk: int) -> HttpResponse:
    """Read them, and say some otherwise."""
    base = get_object_or_404(KnowledgeBase, pk=pk)
    language = language_of(request.GET.get("language", ""), CODES.get(base.language, ""))
    form = SentencesForm(base, language, request.POST or None)
    if form.is_valid():
        own_sentences_change(base, language, form.cleaned_data, actor=person(request))
        messages.success(
            request, "Saved. New answers say it so now; open chats within a quarter of an hour."
        )
        here = reverse("web:sentences", args=[pk])
        return HttpResponseRedirect(f"{here}?language={language}")
    names = words_of(DEFAULT)["languages"]
    tongues = [
        {"code": code, "name": name, "own": _count(base, code), "is_here": code == language}
        for code, name in names.items()
    ]
    context = {
        "base": base,
        "form": form,
        "language": language,
        "language_name": names[language],
        "tongues": tongues,
        "title": base.name,
        "subtitle": "Its sentences",
        "is_fullwidth": True,
    }
    return TemplateResponse(
        request, "assistant/sentences.html", {**admin.site.each_context(request), **context}
    )


def _count(base: KnowledgeBase, language: str) -> int:
    return sum(map(len, base.own_sentences.get(language, {}).values()))
