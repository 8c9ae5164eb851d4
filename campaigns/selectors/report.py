"""What a campaign's test found, as plain values: for the results page and the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from campaigns.briefs import angle_name
from campaigns.cells import CONTROL, segments_of
from campaigns.models import Campaign, Variant
from campaigns.selectors.report_reading import (
    EVERYONE_ELSE_NAME,
    EVERYONE_NAME,
    read_balance,
    read_health,
    read_looks,
    read_metric,
    read_progress,
    read_verdict,
)
from campaigns.selectors.report_values import ArmCopy, Report, ReportHeader
from campaigns.wording import copy_of
from experiments.models import Analysis, Experiment
from experiments.selectors import latest_analysis


def report_for(campaign: Campaign, *, now: datetime) -> Report:
    """On the latest analysis; `experiments.services.analysis_refresh` makes a fresh one."""
    analysis = latest_analysis(campaign.experiment) if campaign.experiment else None
    segment_names = {segment.key: segment.name for segment in segments_of(campaign)}
    found = _found(
        _header(campaign, analysis, segment_names.values(), now=now), analysis, segment_names
    )
    winner = found.verdict.arm if found.verdict else None
    return replace(found, copies=tuple(_copies(campaign, segment_names, winner)))


def report_on(experiment: Experiment, *, now: datetime) -> Report:
    """The same of an experiment that is no campaign's: nothing was written for it."""
    analysis = latest_analysis(experiment)
    results: Mapping[str, Any] = analysis.results if analysis else {}
    started, ended = experiment.started_at, experiment.ended_at or now
    goal = experiment.metrics.filter(role="goal").first()
    header = ReportHeader(
        key=experiment.key,
        name=experiment.name,
        status=experiment.status,
        status_name=experiment.get_status_display(),
        goal_event=goal.event_name if goal else "",
        segment_names=(EVERYONE_NAME,),
        arm_names=tuple(arm["name"] for arm in results.get("arms", [])),
        launched_at=started,
        days=(ended - started).days if started else None,
        units=sum(arm["units"] for arm in results.get("arms", [])),
        confidence=results.get("confidence"),
        analysed_at=analysis.created_at if analysis else None,
    )
    return _found(header, analysis, {})


def _found(
    header: ReportHeader, analysis: Analysis | None, segment_names: Mapping[str, str]
) -> Report:
    results: Mapping[str, Any] = analysis.results if analysis else {}
    arms = results.get("arms", [])
    return Report(
        header=header,
        metrics=tuple(
            read_metric(metric, arms, segment_names) for metric in results.get("metrics", [])
        ),
        balance=read_balance(results["balance"]) if analysis else None,
        verdict=read_verdict(results["verdict"], arms) if analysis else None,
        copies=(),
        looks=read_looks(results.get("looks")),
        correction=results.get("correction"),
        health=read_health(results.get("health")),
        progress=read_progress(results.get("progress")),
    )


def _header(
    campaign: Campaign, analysis: Analysis | None, segment_names: Iterable[str], *, now: datetime
) -> ReportHeader:
    results: Mapping[str, Any] = analysis.results if analysis else {}
    ended_at = (campaign.experiment.ended_at if campaign.experiment else None) or now
    return ReportHeader(
        key=campaign.key,
        name=campaign.name,
        status=campaign.status,
        status_name=campaign.get_status_display(),
        goal_event=campaign.goal_event,
        segment_names=tuple(segment_names) or (EVERYONE_NAME,),
        arm_names=tuple(angle_name(arm) for arm in [CONTROL, *campaign.angles]),
        launched_at=campaign.launched_at,
        days=(ended_at - campaign.launched_at).days if campaign.launched_at else None,
        units=sum(arm["units"] for arm in results.get("arms", [])),
        confidence=results.get("confidence"),
        analysed_at=analysis.created_at if analysis else None,
    )


def _copies(
    campaign: Campaign, segment_names: Mapping[str, str], winner: str | None
) -> Iterable[ArmCopy]:
    approved = campaign.variants.filter(status=Variant.Status.APPROVED).select_related("segment")
    everyone = EVERYONE_ELSE_NAME if segment_names else EVERYONE_NAME
    for variant in approved.order_by("segment__name", "id"):
        yield ArmCopy(
            segment_key=variant.segment.key if variant.segment else "",
            segment_name=variant.segment.name if variant.segment else everyone,
            arm=variant.angle,
            arm_name=angle_name(variant.angle),
            variant_id=variant.pk,
            text=copy_of(variant),
            is_winner=variant.angle == winner,
        )
