"""What the test found: the page, the spreadsheet, and the way in by experiment."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from assistant.models import PolicyTrial
from campaigns.models import Campaign, Plan
from campaigns.selectors import report_for, report_on
from core.errors import CopyliftError
from experiments.models import Experiment
from experiments.selectors import latest_analysis, lift_over_time
from experiments.services import analysis_refresh
from web.previews import sample_for
from web.reports.page import page_of
from web.reports.spreadsheet import spreadsheet
from web.reports.trend import trend_of
from web.views.access import attempt, page
from web.views.frame import campaign_page
from web.views.portraits import audience_page

FRESH_FOR = timedelta(minutes=1)
CAMPAIGNS = Campaign.objects.select_related("experiment", "offer", "brand_voice")


@require_safe
@page("campaigns.view_campaign", "experiments.view_experiment")
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """Verdict, key figures, charts and tables."""
    campaign, now = get_object_or_404(CAMPAIGNS, pk=pk), timezone.now()
    _refresh_if_stale(request, campaign.experiment, now=now)
    report = report_for(campaign, now=now)
    return campaign_page(
        request,
        "campaigns/results.html",
        campaign,
        tab="Results",
        report=report,
        **page_of(report),
        trend=trend_of(lift_over_time(campaign.experiment)) if campaign.experiment else None,
        sample=sample_for(campaign, None),
    )


@require_POST
@page("campaigns.view_campaign", "experiments.view_experiment")
def refresh(request: HttpRequest, pk: int) -> HttpResponse:
    """Count again now."""
    campaign = get_object_or_404(CAMPAIGNS.exclude(experiment=None), pk=pk)
    return attempt(
        request,
        lambda: _refresh(campaign, now=timezone.now()),
        done="Counted afresh.",
        then=reverse("web:results", args=[pk]),
    )


@require_safe
@page("campaigns.view_campaign", "experiments.view_experiment")
def results_csv(_request: HttpRequest, pk: int) -> HttpResponse:
    """Every table, exact, for a spreadsheet."""
    campaign = get_object_or_404(CAMPAIGNS, pk=pk)
    response = HttpResponse(
        spreadsheet(report_for(campaign, now=timezone.now())),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="{campaign.key}-results.csv"'
    return response


@require_safe
@page("campaigns.view_campaign", "experiments.view_experiment")
def experiment_results(request: HttpRequest, pk: int) -> HttpResponse:
    """From an experiment to the results of its campaign, or to the plan it proves; else its own."""
    plan = Plan.objects.filter(experiment_id=pk).first()
    if plan is not None:
        return HttpResponseRedirect(reverse("web:plan", args=[plan.pk]))
    campaign = Campaign.objects.filter(experiment_id=pk).first()
    if campaign is not None:
        return HttpResponseRedirect(reverse("web:results", args=[campaign.pk]))
    experiment, now = get_object_or_404(Experiment, pk=pk), timezone.now()
    _refresh_if_stale(request, experiment, now=now)
    report = report_on(experiment, now=now)
    context = {
        "title": experiment.name,
        "report": report,
        "trial": PolicyTrial.objects.filter(experiment=experiment).first(),
        "trend": trend_of(lift_over_time(experiment)),
        **page_of(report),
    }
    return audience_page(request, "experiments/results.html", **context)


def _refresh_if_stale(
    request: HttpRequest, experiment: Experiment | None, *, now: datetime
) -> None:
    if experiment is None or experiment.status == Experiment.Status.DRAFT:
        return
    known = latest_analysis(experiment)
    if known is not None and now - known.created_at < FRESH_FOR:
        return
    try:
        analysis_refresh(experiment, now=now)
    except CopyliftError as refusal:
        messages.warning(request, f"These numbers could not be brought up to date: {refusal}")


def _refresh(campaign: Campaign, *, now: datetime) -> None:
    if campaign.experiment is not None:
        analysis_refresh(campaign.experiment, now=now)
