"""What the test found: the page, the spreadsheet, and the way in by experiment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from campaigns.models import Campaign
from campaigns.selectors import Report, report_for
from campaigns.selectors.report import MetricReport
from core.errors import CopyliftError
from experiments.models import Experiment
from experiments.selectors import latest_analysis
from experiments.services import analysis_refresh
from web import figures
from web.charts.drawing import draw
from web.charts.lift import LiftRow, lift_chart
from web.charts.rates import rate_chart
from web.previews import sample_for
from web.reports.lines import lift_rows, rate_rows, table_of
from web.reports.spreadsheet import spreadsheet
from web.views.access import attempt, page
from web.views.frame import campaign_page

FRESH_FOR = timedelta(minutes=1)
BANNERS = {
    "ship": ("good", "trophy", "We have a winner"),
    "keep_control": ("neutral", "shield", "Keep the control copy"),
    "keep_going": ("info", "hourglass_top", "Too early to tell"),
    "stop_for_harm": ("bad", "front_hand", "Stop: it does harm"),
    "invalid": ("bad", "error", "Do not trust these numbers"),
}
CAMPAIGNS = Campaign.objects.select_related("experiment", "offer", "brand_voice")


@require_safe
@page("campaigns.view_campaign", "experiments.view_experiment")
def results(request: HttpRequest, pk: int) -> HttpResponse:
    """Verdict, key figures, charts and tables."""
    campaign, now = get_object_or_404(CAMPAIGNS, pk=pk), timezone.now()
    _refresh_if_stale(request, campaign, now=now)
    report = report_for(campaign, now=now)
    return campaign_page(
        request,
        "campaigns/results.html",
        campaign,
        tab="Results",
        report=report,
        **_banner(report),
        **_goal(report),
        metrics=[_metric(metric, level=_level(report)) for metric in report.metrics],
        sample=sample_for(campaign, None),
        confidence=f"{report.header.confidence:.0%}" if report.header.confidence else "",
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
def experiment_results(_request: HttpRequest, pk: int) -> HttpResponse:
    """From an experiment to the results of its campaign."""
    campaign = get_object_or_404(Campaign, experiment_id=pk)
    return HttpResponseRedirect(reverse("web:results", args=[campaign.pk]))


def _refresh_if_stale(request: HttpRequest, campaign: Campaign, *, now: datetime) -> None:
    experiment = campaign.experiment
    if experiment is None or experiment.status == Experiment.Status.DRAFT:
        return
    known = latest_analysis(experiment)
    if known is not None and now - known.created_at < FRESH_FOR:
        return
    try:
        _refresh(campaign, now=now)
    except CopyliftError as refusal:
        messages.warning(request, f"These numbers could not be brought up to date: {refusal}")


def _refresh(campaign: Campaign, *, now: datetime) -> None:
    if campaign.experiment is not None:
        analysis_refresh(campaign.experiment, now=now)


def _banner(report: Report) -> dict[str, Any]:
    if report.verdict is None:
        return {"banner": None}
    tone, icon, headline = BANNERS[report.verdict.kind]
    return {"banner": {"tone": tone, "icon": icon, "headline": headline}}


def _goal(report: Report) -> dict[str, Any]:
    """The charts and key figures of the metric the verdict rests on."""
    goal = report.goal
    if goal is None:
        return {"goal": None}
    bars = lift_rows(goal, goal.overall, level=_level(report))
    return {
        "goal": goal,
        "key_figures": _key_figures(report, goal),
        "lift_svg": draw(lift_chart(bars)) if bars else "",
        "lift_words": _in_words(goal, bars),
        "rate_svg": _rates(goal),
    }


def _level(report: Report) -> float:
    return 1 - (report.header.confidence or 0.95)


def _rates(goal: MetricReport) -> str:
    bars = rate_rows(goal)
    if not bars:
        return ""
    arms = [arm.name for arm in goal.overall.arms]
    form = "%" if goal.kind == "conversion" else ",.2f"
    title = f"{goal.name} rate" if goal.kind == "conversion" else f"{goal.name} per person"
    return draw(rate_chart(bars, arms=arms, title=title, form=form))


def _key_figures(report: Report, goal: MetricReport) -> list[tuple[str, str, str]]:
    control = next((arm for arm in goal.overall.arms if arm.is_control), None)
    rivals = [arm for arm in goal.overall.arms if arm.lift is not None]
    best = max(rivals, key=lambda arm: arm.lift.estimate if arm.lift else 0.0, default=None)
    number = figures.percent if goal.kind == "conversion" else figures.amount
    rate = control.mean.estimate if control and control.mean else None
    days = report.header.days
    return [
        ("People in the test", figures.count(report.header.units), "assigned to an arm"),
        (f"Control, {goal.name.lower()}", number(rate), "what you would get without the test"),
        (
            "Highest lift so far",
            figures.signed_percent(best.lift.estimate if best and best.lift else None),
            best.name if best else "no comparison yet",
        ),
        ("Running for", "—" if days is None else f"{days} {'day' if days == 1 else 'days'}", ""),
    ]


def _in_words(goal: MetricReport, bars: Sequence[LiftRow]) -> str:
    """The forest plot for those who cannot see it."""
    parts = [f"{bar.arm} {bar.label} {figures.interval(bar.low, bar.high)}" for bar in bars]
    return f"Lift over control in {goal.name}: {'; '.join(parts)}."


def _metric(metric: MetricReport, *, level: float) -> dict[str, Any]:
    return {
        "metric": metric,
        "is_share": metric.kind == "conversion",
        "overall": table_of(metric, metric.overall, level=level),
        "segments": [table_of(metric, table, level=level) for table in metric.segments],
    }
