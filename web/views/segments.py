"""Beside a segment's form: who a rule describes while it is written, how a build goes, and how the
segment grew.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from audience import services
from audience.models import Segment, SegmentBuild
from audience.reach import at_most, reach_of
from audience.rule_checks import rule_check
from audience.rule_examples import rule_examples
from audience.rule_hints import rule_hints
from audience.rules import rule_schema
from audience.selectors import (
    active_build,
    ended_builds,
    rule_contacts,
    rule_count,
    segment_history,
    segment_members,
)
from core.errors import CopyliftError, InputRefused
from web.charts.drawing import draw
from web.charts.sizes import SizePoint, size_chart
from web.masking import masked
from web.views.access import attempt, page, person

SECONDS_TO_COUNT = 10
SHOWN = 5
ENDED_SHOWN = 4


@require_POST
@page("audience.view_segment")
def count(request: HttpRequest) -> JsonResponse:
    """`{"count": n}`, or `{"error": why}` where the rule is not one."""
    try:
        rule = _rule(request)
        with at_most(SECONDS_TO_COUNT):
            return JsonResponse({"count": rule_count(rule)})
    except CopyliftError as refusal:
        return JsonResponse({"error": str(refusal)})


@require_POST
@page("audience.view_segment")
def look(request: HttpRequest) -> HttpResponse:
    """Who of those a rule describes may be written to, a few of them by their initials, and what
    it asks for that nobody has.
    """
    try:
        rule = _rule(request)
        found = rule_contacts(rule)
        with at_most(SECONDS_TO_COUNT):
            reach, people = reach_of(found), list(found[:SHOWN])
            hints = rule_hints(rule, now=timezone.now())
    except CopyliftError as refusal:
        return render(request, "audience/look.html", {"error": str(refusal)})
    context = {"reach": reach, "people": [masked(one) for one in people], "hints": hints}
    return render(request, "audience/look.html", context)


@require_safe
@page("audience.view_segment")
def examples(request: HttpRequest) -> HttpResponse:
    """Every kind of rule, with names the shop has, to be put into the one that is written."""
    return render(request, "audience/examples.html", {"examples": rule_examples()})


@require_safe
@page("audience.view_segment")
def schema(_request: HttpRequest) -> JsonResponse:
    """The rule language as JSON Schema, for whatever writes rules."""
    return JsonResponse(rule_schema(), content_type="application/schema+json")


@require_safe
@page("audience.view_segment")
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """What was built and is being built; asked for again while a build is under way."""
    return render(request, "audience/panel.html", _panel(get_object_or_404(Segment, pk=pk)))


@require_POST
@page("audience.view_segment", "audience.change_segment")
def build(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the segment built by a worker."""
    segment = get_object_or_404(Segment, pk=pk)
    return attempt(
        request,
        lambda: services.build_order(segment, now=timezone.now(), requested_by=person(request)),
        done="The build is ordered. You may leave this page; the work goes on.",
        then=_form(segment),
    )


@require_POST
@page("audience.view_segment", "audience.change_segment")
def build_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """End the build that is under way; the members stay as they were."""
    segment = get_object_or_404(Segment, pk=pk)
    return attempt(
        request,
        lambda: _cancel(active_build(segment)),
        done="The build is cancelled. The members are those of the build before.",
        then=_form(segment),
    )


def _cancel(build: SegmentBuild | None) -> None:
    if build is None:
        raise InputRefused("Nothing is being built: there is nothing to cancel.")
    services.build_cancel(build)


def _rule(request: HttpRequest) -> Any:
    try:
        rule = json.loads(request.POST.get("rule", ""))
    except (ValueError, RecursionError) as error:
        raise InputRefused(f"This is not JSON yet: {error}", field="rule") from error
    rule_check(rule, now=timezone.now(), key=request.POST.get("key", ""))
    return rule


def _panel(segment: Segment) -> dict[str, Any]:
    history = segment_history(segment)
    points = [SizePoint(one.as_of, one.size or 0, one.sendable) for one in history]
    return {
        "segment": segment,
        "active": active_build(segment),
        "ended": ended_builds(segment)[:ENDED_SHOWN],
        "reach": _reach(segment) if history else None,
        "chart": draw(size_chart(points)) if len(points) > 1 else "",
    }


def _reach(segment: Segment) -> object:
    try:
        with at_most(SECONDS_TO_COUNT):
            return reach_of(segment_members(segment).order_by())
    except CopyliftError:
        return None


def _form(segment: Segment) -> str:
    return reverse("admin:audience_segment_change", args=[segment.pk])
