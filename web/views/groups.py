"""Groups of people: who they are, how steady they are, and finding them anew."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from audience import services
from audience.models import ClusterIdentity, ClusteringJob, Estimator
from audience.selectors.groups import OPEN, group_portrait, groups_board
from audience.services.understanding import RANDOM_STATE
from campaigns.models import Campaign
from core.errors import InputRefused
from web.views.access import attempt, page, person
from web.views.portraits import audience_page

NOT_SAID = ""


@require_safe
@page("audience.view_clusteridentity")
def groups(request: HttpRequest) -> HttpResponse:
    """The present groups, and the refit under way."""
    board = groups_board()
    return audience_page(
        request,
        "audience/groups.html",
        title="Groups of people",
        board=board,
        is_refitting=board.job is not None and board.job.status in OPEN,
        estimators=Estimator.choices,
    )


@require_safe
@page("audience.view_clusteridentity")
def group(request: HttpRequest, pk: int) -> HttpResponse:
    """One group: its words, its people, and how large it was in every fit."""
    found = group_portrait(get_object_or_404(ClusterIdentity.objects, pk=pk))
    if found is None:
        raise Http404("No fit has found this group.")
    return audience_page(
        request,
        "audience/group.html",
        title=found.group.name,
        found=found,
        campaigns=Campaign.objects.filter(segments__in=found.segments).distinct(),
        largest=max(sighting.size for sighting in found.history),
    )


@require_POST
@page("audience.view_clusteridentity", "audience.change_clusteridentity")
def group_rewrite(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a group what a person calls it."""
    found = get_object_or_404(ClusterIdentity, pk=pk)
    return attempt(
        request,
        lambda: services.group_rewrite(
            found,
            name=request.POST.get("name", ""),
            portrait=request.POST.get("portrait", ""),
            actor=person(request),
        ),
        done="Saved. The words stay through every refit.",
        then=reverse("web:group", args=[pk]),
    )


@require_POST
@page("audience.view_clusteridentity", "audience.add_clusteringjob")
def refit(request: HttpRequest) -> HttpResponse:
    """Order a refit."""
    return attempt(
        request,
        lambda: services.refit_request(
            estimator=request.POST.get("estimator", Estimator.KMEANS),
            count=_count(request.POST.get("count", NOT_SAID).strip()),
            random_state=RANDOM_STATE,
            actor=person(request),
            now=timezone.now(),
        ),
        done="Groups are being found. You may leave this page; the work goes on.",
        then=reverse("web:groups"),
    )


def _count(given: str) -> int | None:
    if given == NOT_SAID:
        return None
    if not given.isdecimal():
        raise InputRefused("count: give a whole number, or leave it empty", field="count")
    return int(given)


@require_POST
@page("audience.view_clusteridentity", "audience.change_clusteringjob")
def refit_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop a refit."""
    job = get_object_or_404(ClusteringJob, pk=pk)
    return attempt(
        request,
        lambda: services.refit_cancel(job, actor=person(request), now=timezone.now()),
        done="Stopped. The groups stay as they were.",
        then=reverse("web:groups"),
    )


@require_safe
@page("audience.view_clusteridentity")
def refit_progress(_request: HttpRequest) -> JsonResponse:
    """How far the refit is, for the progress bar."""
    job = ClusteringJob.objects.first()
    return JsonResponse(_progress(job) if job else {"is_open": False})


def _progress(job: ClusteringJob) -> dict[str, Any]:
    return {
        "is_open": job.status in OPEN,
        "status": job.status,
        "stage": job.stage or job.get_status_display().lower(),
        "done": job.done,
    }
