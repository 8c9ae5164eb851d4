"""How well a knowledge base finds what it should: run by run, and what ranking has learned."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assistant.models import EvalRun, KnowledgeBase
from assistant.services.evaluating import AS_ANSWERED, base_evaluate
from web.charts.drawing import draw
from web.charts.quality import QualityPoint, quality_chart
from web.views.access import attempt, page

RUNS_SHOWN = 60
FITS_SHOWN = 10
WAYS = (AS_ANSWERED, "both", "meaning", "words")


@require_safe
@page("assistant.view_evalrun")
def quality(request: HttpRequest, pk: int) -> HttpResponse:
    """The trend, the newest figures in words, and every ranking that was fitted."""
    base = get_object_or_404(KnowledgeBase, pk=pk)
    runs = list(base.runs.order_by("-created_at")[:RUNS_SHOWN])
    points = _points(runs[::-1])
    return TemplateResponse(
        request,
        "assistant/quality.html",
        {
            **admin.site.each_context(request),
            "title": base.name,
            "subtitle": "Quality",
            "is_fullwidth": True,
            "base": base,
            "runs": [_row(run) for run in runs[:FITS_SHOWN]],
            "chart": draw(quality_chart(points)) if len(runs) > 1 else "",
            "fits": base.ranker_fits.defer("memory")[:FITS_SHOWN],
            "question_count": base.questions.count(),
        },
    )


@require_POST
@page("assistant.view_evalrun", "assistant.add_evalrun")
def quality_now(request: HttpRequest, pk: int) -> HttpResponse:
    """Judge the base now."""
    base = get_object_or_404(KnowledgeBase, pk=pk)
    return attempt(
        request,
        lambda: base_evaluate(base, now=timezone.now()),
        done="Judged: the newest point stands below.",
        then=reverse("web:quality", args=[pk]),
    )


def _points(runs: Sequence[EvalRun]) -> list[QualityPoint]:
    return [
        QualityPoint(way, run.created_at, run.figures[way]["mean_average_precision"])
        for way in WAYS
        for run in runs
        if way in run.figures
    ]


def _row(run: EvalRun) -> dict[str, object]:
    ways = [run.figures.get(way, {}).get("mean_average_precision") for way in WAYS]
    answered = run.figures.get(AS_ANSWERED) or run.figures["both"]
    return {"run": run, "ways": ways, "first": answered["hit_rate"]}
