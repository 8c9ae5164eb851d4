"""What a campaign's test found, as plain values: for the results page and the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from campaigns.briefs import angle_name
from campaigns.cells import CONTROL, segments_of
from campaigns.models import Campaign, Variant
from campaigns.wording import copy_of
from experiments.models import Analysis
from experiments.selectors import latest_analysis
from generation.briefs import Copy

EVERYONE_NAME = "everyone"
EVERYONE_ELSE_NAME = "everyone else"


@dataclass(frozen=True)
class Interval:
    """An estimate with its interval; the bounds are None where there is none."""

    estimate: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class ArmResult:
    """One arm in one table; what compares it with the control is None for the control itself.

    `total` is exact. `error` says why a comparison could not be made; then its numbers are None.
    """

    key: str
    name: str
    is_control: bool
    units: int
    converters: int | None
    total: Decimal | None
    mean: Interval | None
    difference: Interval | None
    lift: Interval | None
    p_value: float | None
    p_adjusted: float | None
    beats_control: float | None
    is_best: float | None
    expected_loss: float | None
    error: str | None


@dataclass(frozen=True)
class MetricTable:
    """The arms side by side, for everyone (`segment_key` "") or within a segment."""

    segment_key: str
    segment_name: str
    arms: tuple[ArmResult, ...]


@dataclass(frozen=True)
class MetricReport:
    key: str
    name: str
    kind: str
    role: str
    is_lower_better: bool
    overall: MetricTable
    segments: tuple[MetricTable, ...]


@dataclass(frozen=True)
class Balance:
    """Whether the arms got the shares they should have: if not, no number below can be trusted."""

    p_value: float | None
    observed: Mapping[str, int]
    expected: Mapping[str, float]
    is_mismatch: bool
    note: str


@dataclass(frozen=True)
class VerdictReport:
    kind: str
    arm: str | None
    arm_name: str | None
    sentence: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class ArmCopy:
    """The text that was under test in one cell; `is_winner` once the verdict names its arm."""

    segment_key: str
    segment_name: str
    arm: str
    arm_name: str
    variant_id: int
    text: Copy
    is_winner: bool


@dataclass(frozen=True)
class ReportHeader:
    key: str
    name: str
    status: str
    status_name: str
    goal_event: str
    segment_names: tuple[str, ...]
    arm_names: tuple[str, ...]
    launched_at: datetime | None
    days: int | None
    units: int
    confidence: float | None
    analysed_at: datetime | None


@dataclass(frozen=True)
class Report:
    """All of it. Before the first analysis `metrics` is empty, `verdict` and `balance` are None."""

    header: ReportHeader
    metrics: tuple[MetricReport, ...]
    balance: Balance | None
    verdict: VerdictReport | None
    copies: tuple[ArmCopy, ...]

    @property
    def goal(self) -> MetricReport | None:
        return next((metric for metric in self.metrics if metric.role == "goal"), None)

    @property
    def winning_copies(self) -> tuple[ArmCopy, ...]:
        return tuple(text for text in self.copies if text.is_winner)


def report_for(campaign: Campaign, *, now: datetime) -> Report:
    """On the latest analysis; `experiments.services.analysis_refresh` makes a fresh one."""
    analysis = latest_analysis(campaign.experiment) if campaign.experiment else None
    results: Mapping[str, Any] = analysis.results if analysis else {}
    arms = results.get("arms", [])
    segment_names = {segment.key: segment.name for segment in segments_of(campaign)}
    verdict = _verdict(results["verdict"], arms) if analysis else None
    return Report(
        header=_header(campaign, analysis, segment_names.values(), now=now),
        metrics=tuple(
            _metric(metric, arms, segment_names) for metric in results.get("metrics", [])
        ),
        balance=_balance(results["balance"]) if analysis else None,
        verdict=verdict,
        copies=tuple(_copies(campaign, segment_names, verdict.arm if verdict else None)),
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


def _metric(
    metric: Mapping[str, Any], arms: list[Mapping[str, Any]], segment_names: Mapping[str, str]
) -> MetricReport:
    return MetricReport(
        key=metric["key"],
        name=metric["name"],
        kind=metric["kind"],
        role=metric["role"],
        is_lower_better=metric["is_lower_better"],
        overall=_table("", EVERYONE_NAME, metric["overall"], arms),
        segments=tuple(
            _table(
                stratum["stratum"],
                _segment_name(stratum["stratum"], segment_names),
                stratum["table"],
                arms,
            )
            for stratum in metric["strata"]
        ),
    )


def _segment_name(key: str, names: Mapping[str, str]) -> str:
    return names.get(key, key or EVERYONE_NAME)


def _table(
    key: str, name: str, table: Mapping[str, Any], arms: list[Mapping[str, Any]]
) -> MetricTable:
    comparisons = table["comparisons"]
    rows = [
        _arm(arm, table["arms"][arm["key"]], comparisons.get(arm["key"]))
        for arm in arms
        if arm["key"] in table["arms"]
    ]
    return MetricTable(segment_key=key, segment_name=name, arms=tuple(rows))


def _arm(
    arm: Mapping[str, Any], cell: Mapping[str, Any], comparison: Mapping[str, Any] | None
) -> ArmResult:
    compared = comparison or {}
    difference, bayes = compared.get("difference") or {}, compared.get("bayes") or {}
    return ArmResult(
        key=arm["key"],
        name=arm["name"],
        is_control=arm["is_control"],
        units=cell["units"],
        converters=cell["converters"],
        total=Decimal(cell["total"]) if cell["total"] is not None else None,
        mean=_interval({"estimate": cell["mean"], "low": cell["low"], "high": cell["high"]}),
        difference=_interval(difference),
        lift=_interval(compared.get("lift")),
        p_value=difference.get("p_value"),
        p_adjusted=difference.get("p_adjusted"),
        beats_control=bayes.get("beats_control"),
        is_best=bayes.get("is_best"),
        expected_loss=bayes.get("expected_loss"),
        error=compared.get("error"),
    )


def _interval(found: Mapping[str, Any] | None) -> Interval | None:
    if not found or found.get("estimate") is None:
        return None
    return Interval(found["estimate"], found["low"], found["high"])


def _balance(found: Mapping[str, Any]) -> Balance:
    return Balance(
        p_value=found["p_value"],
        observed=found["observed"],
        expected=found["expected"],
        is_mismatch=found["is_mismatch"],
        note=found["note"],
    )


def _verdict(found: Mapping[str, Any], arms: list[Mapping[str, Any]]) -> VerdictReport:
    names = {arm["key"]: arm["name"] for arm in arms}
    return VerdictReport(
        kind=found["kind"],
        arm=found["arm"],
        arm_name=names.get(found["arm"]),
        sentence=found["sentence"],
        # What the sentence says already is not said again below it.
        reasons=tuple(line for line in found["reasons"] if line not in found["sentence"]),
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
