"""A campaign's overview, and the buttons that move it along."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns import services
from campaigns.models import Campaign
from campaigns.selectors import prospects_of, review_board
from core.errors import InputRefused
from experiments.models import Experiment
from generation.selectors import brief_progress, cost_words, job_cost, job_progress
from generation.services import job_cancel
from web.dashboard import campaign_cards
from web.launch import LaunchForm, as_typed
from web.prices import price_panel
from web.steps import next_step
from web.views.access import attempt, page, person
from web.views.frame import campaign_page

CAMPAIGNS = Campaign.objects.select_related("template", "brand_voice", "offer", "job", "experiment")


@require_safe
@page("campaigns.view_campaign")
def campaign(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the campaign stands, and what to do now."""
    return overview(request, get_object_or_404(CAMPAIGNS, pk=pk))


def overview(
    request: HttpRequest, found: Campaign, *, form: LaunchForm | None = None
) -> HttpResponse:
    """The overview; `form` is a launch that was refused."""
    board = review_board(found)
    return campaign_page(
        request,
        "campaigns/overview.html",
        found,
        tab="Overview",
        board=board,
        next=next_step(found),
        card=campaign_cards([found])[0],
        percent=_percent(found.experiment),
        cells=sum(len(row.cells) - 1 for row in board.rows) + 1,
        **_launching(found, form, is_ready=board.is_ready),
    )


def _launching(found: Campaign, form: LaunchForm | None, *, is_ready: bool) -> dict[str, Any]:
    """The launch form and its price, where the campaign can be launched."""
    if found.status != Campaign.Status.REVIEW or not is_ready:
        return {}
    prospects = prospects_of(found, now=timezone.now())
    shown = form or LaunchForm(campaign=found, baseline=prospects.baseline)
    priced = form or LaunchForm(as_typed(shown), campaign=found)
    return {
        "form": shown,
        "prospects": prospects,
        "panel": price_panel(priced, prospects),
    }


def _percent(experiment: Experiment | None) -> str:
    """The share that takes part, as the form shows and takes it: 50, 2.5."""
    return f"{experiment.coverage * 100:g}" if experiment else ""


@require_POST
@page("campaigns.view_campaign", "campaigns.change_campaign")
def write(request: HttpRequest, pk: int) -> HttpResponse:
    """Order candidates for every segment and angle."""
    found = get_object_or_404(Campaign, pk=pk)
    return attempt(
        request,
        lambda: services.campaign_generate(found, actor=person(request), now=timezone.now()),
        done="Copy is being written. You may leave this page; the work goes on.",
        then=_overview(pk),
    )


@require_POST
@page("campaigns.view_campaign", "campaigns.change_campaign")
def stop_writing(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel the job; what is written already comes to review."""
    found = get_object_or_404(Campaign.objects.select_related("job"), pk=pk)
    return attempt(
        request,
        lambda: _cancel_job(found),
        done="Writing is stopped. What was written by then is kept.",
        then=_overview(pk),
    )


@require_POST
@page("campaigns.view_campaign", "campaigns.change_campaign")
def write_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on where writing stopped, or ask again for what fell short."""
    found = get_object_or_404(Campaign.objects.select_related("job"), pk=pk)
    return attempt(
        request,
        lambda: services.campaign_write_again(found, actor=person(request), now=timezone.now()),
        done="What is missing is being written. You may leave this page; the work goes on.",
        then=_overview(pk),
    )


def _cancel_job(campaign: Campaign) -> None:
    if campaign.job is None:
        raise InputRefused("Nothing is being written for this campaign.")
    job_cancel(campaign.job, now=timezone.now())


@require_safe
@page("campaigns.view_campaign")
def progress(_request: HttpRequest, pk: int) -> JsonResponse:
    """How far the writers are, for the progress bar."""
    found = get_object_or_404(Campaign.objects.select_related("job"), pk=pk)
    state = job_progress(found.job) if found.job else None
    briefs = brief_progress(found.job) if found.job else []
    return JsonResponse(
        {
            "status": found.status,
            "is_writing": found.status == Campaign.Status.GENERATING,
            "job": found.job.status if found.job else "",
            "total": state.total if state else 0,
            "done": state.done if state else 0,
            "drafts": state.drafts if state else 0,
            "cost": cost_words(job_cost(found.job)) if found.job else "",
            "briefs": [
                {"key": one.key, "status": one.status_name, "drafts": one.drafts} for one in briefs
            ],
        }
    )


@require_POST
@page("campaigns.view_campaign", "campaigns.launch_campaign")
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Give everyone the control copy for now."""
    found = get_object_or_404(Campaign.objects.select_related("experiment"), pk=pk)
    return attempt(
        request,
        lambda: services.campaign_pause(found, actor=person(request), now=timezone.now()),
        done="Paused: everyone gets the control copy until you resume.",
        then=_overview(pk),
    )


@require_POST
@page("campaigns.view_campaign", "campaigns.launch_campaign")
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a paused test."""
    found = get_object_or_404(Campaign.objects.select_related("experiment"), pk=pk)
    return attempt(
        request,
        lambda: services.campaign_resume(found, actor=person(request), now=timezone.now()),
        done="Live again.",
        then=_overview(pk),
    )


@require_POST
@page("campaigns.view_campaign", "campaigns.launch_campaign")
def ramp(request: HttpRequest, pk: int) -> HttpResponse:
    """Let another share of the people take part."""
    found = get_object_or_404(Campaign.objects.select_related("experiment"), pk=pk)
    given = request.POST.get("percent", "").strip()
    return attempt(
        request,
        lambda: services.campaign_ramp(
            found, coverage=_share(given), actor=person(request), now=timezone.now()
        ),
        done=f"From now on {given} % of the people take part. Who was given a copy keeps it.",
        then=_overview(pk),
    )


def _share(percent: str) -> float:
    try:
        return float(Decimal(percent) / 100)
    except ArithmeticError:
        raise InputRefused("percent: give a number from 0 to 100, as 50", field="percent") from None


@require_POST
@page("campaigns.view_campaign", "campaigns.launch_campaign")
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """End the test for good."""
    found = get_object_or_404(Campaign.objects.select_related("experiment"), pk=pk)
    reason = request.POST.get("reason", "").strip()
    return attempt(
        request,
        lambda: services.campaign_finish(
            found, actor=person(request), now=timezone.now(), reason=reason
        ),
        done="Finished. The verdict stands as it is now.",
        then=reverse("web:results", args=[pk]),
    )


def _overview(pk: int) -> str:
    return reverse("web:campaign", args=[pk])
