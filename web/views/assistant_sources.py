"""Where a knowledge base has its knowledge from: files and web pages, and how reading them goes."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from assistant import services
from assistant.documents.reading import BYTES_MAX
from assistant.models import Document, KnowledgeBase, WebPage
from assistant.services import Incoming
from core.errors import DomainError
from web.views.access import attempt, page, person

FILES_MAX = 100
PAGES_SHOWN, FAILED_SHOWN = 200, 50


@require_safe
@page("assistant.view_document")
def sources(request: HttpRequest, pk: int) -> HttpResponse:
    """Files and web pages with what is wrong with each, and how far reading is."""
    base = get_object_or_404(KnowledgeBase, pk=pk)
    failed = base.documents.filter(status=Document.Status.FAILED)
    first = base.web_pages.order_by("-status", "url")
    return TemplateResponse(
        request,
        "assistant/sources.html",
        {
            **admin.site.each_context(request),
            "title": base.name,
            "subtitle": "Sources",
            "is_fullwidth": True,
            "base": base,
            "state": _state(base),
            "failed": failed[:FAILED_SHOWN],
            "pages": first.select_related("document")[:PAGES_SHOWN],
            "page_count": base.web_pages.count(),
        },
    )


@require_safe
@page("assistant.view_document")
def sources_progress(_request: HttpRequest, pk: int) -> JsonResponse:
    """How far it is, for the progress bar."""
    return JsonResponse(_state(get_object_or_404(KnowledgeBase, pk=pk)))


def _state(base: KnowledgeBase) -> dict[str, object]:
    documents = base.documents.aggregate(
        all=Count("pk"), open=Count("pk", filter=Q(status__in=["waiting", "reading"]))
    )
    pages = base.web_pages.aggregate(
        all=Count("pk"), open=Count("pk", filter=Q(status__in=["waiting", "fetching"]))
    )
    total, waiting = (documents[key] + pages[key] for key in ("all", "open"))
    stage = (
        f"{pages['open']:,} of {pages['all']:,} web pages to fetch, "
        f"{documents['open']:,} of {documents['all']:,} documents to read"
    )
    done = round(100 * (total - waiting) / total) if total else 100
    return {"is_working": bool(waiting), "done": done, "stage": stage}


@require_POST
@page("assistant.view_document", "assistant.add_document")
def sources_upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Take files in; each that cannot be is named with the reason, and stops no other."""
    base = get_object_or_404(KnowledgeBase, pk=pk)
    files = request.FILES.getlist("files")
    then = HttpResponseRedirect(reverse("web:sources", args=[pk]))
    if not 0 < len(files) <= FILES_MAX:
        messages.error(request, f"Choose 1 to {FILES_MAX} files.")
        return then
    fitting, refused = _fitting(files)
    saved = services.documents_save(base, fitting, actor=person(request))
    for name, reason in {**refused, **saved.refused}.items():
        messages.error(request, f"{name}: {reason}")
    kept = len(saved.new) + len(saved.changed) + len(saved.unchanged)
    if kept:
        words = f"{len(saved.new)} new, {len(saved.changed)} changed, "
        messages.success(request, f"{words}{len(saved.unchanged)} as they were.")
    return then


def _fitting(files: Sequence[UploadedFile]) -> tuple[list[Incoming], dict[str, str]]:
    """What is too large is not even read into memory."""
    fitting, refused = [], {}
    for file in files:
        name = file.name or "a file without a name"
        if (file.size or 0) > BYTES_MAX:
            refused[name] = f"at most {BYTES_MAX // 1024**2} MB are read: split it"
        else:
            fitting.append(Incoming(name, file.read()))
    return fitting, refused


@require_POST
@page("assistant.view_document", "assistant.add_webpage")
def sources_pages(request: HttpRequest, pk: int) -> HttpResponse:
    """Take addresses in, one a line."""
    base = get_object_or_404(KnowledgeBase, pk=pk)
    then = HttpResponseRedirect(reverse("web:sources", args=[pk]))
    lines = request.POST.get("addresses", "").splitlines()
    try:
        added = services.web_pages_add(base, lines, actor=person(request))
    except DomainError as error:
        messages.error(request, str(error))
        return then
    for address, reason in added.refused.items():
        messages.error(request, f"{address[:200]}: {reason}")
    messages.success(request, f"{len(added.new)} new, {len(added.known)} known already.")
    return then


@require_POST
@page("assistant.view_document", "assistant.change_webpage")
def sources_refetch(request: HttpRequest, pk: int) -> HttpResponse:
    """Fetch every page again."""
    base = get_object_or_404(KnowledgeBase, pk=pk)
    return attempt(
        request,
        lambda: services.web_pages_refetch(base, actor=person(request)),
        done="Pages are being fetched. You may leave this page; the work goes on.",
        then=reverse("web:sources", args=[pk]),
    )


@require_POST
@page("assistant.view_document", "assistant.change_webpage")
def sources_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the pages that wait be."""
    base = get_object_or_404(KnowledgeBase, pk=pk)
    return attempt(
        request,
        lambda: services.web_pages_stop(base, actor=person(request)),
        done="Stopped. What was fetched stays.",
        then=reverse("web:sources", args=[pk]),
    )


@require_POST
@page("assistant.view_document", "assistant.delete_webpage")
def sources_page_remove(request: HttpRequest, pk: int, page_pk: int) -> HttpResponse:
    """Take a page out with its document."""
    found = get_object_or_404(WebPage, base=pk, pk=page_pk)
    return attempt(
        request,
        lambda: services.web_page_remove(found, actor=person(request)),
        done="Removed: nothing of it is found any more.",
        then=reverse("web:sources", args=[pk]),
    )
