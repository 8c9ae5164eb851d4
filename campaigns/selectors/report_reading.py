"""From the stored results to a report's values. An older analysis lacks what came later: None."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from campaigns.selectors.report_values import (
    ArmResult,
    Balance,
    Beside,
    HealthFinding,
    Informed,
    Interval,
    LookingReport,
    Margin,
    MetricReport,
    MetricTable,
    ProgressReport,
    Shrunken,
    VerdictReport,
)

EVERYONE_NAME = "everyone"
EVERYONE_ELSE_NAME = "everyone else"
SEVERITIES = ("blocks", "warning", "note")

Json = Mapping[str, Any]
Arms = Sequence[Json]


def read_metric(metric: Json, arms: Arms, segment_names: Mapping[str, str]) -> MetricReport:
    overall = metric["overall"]
    return MetricReport(
        key=metric["key"],
        name=metric["name"],
        kind=metric["kind"],
        role=metric["role"],
        is_lower_better=metric["is_lower_better"],
        overall=_table("", EVERYONE_NAME, overall, arms, overall.get("shrunken")),
        segments=tuple(
            _table(
                stratum["stratum"],
                segment_names.get(stratum["stratum"], stratum["stratum"] or EVERYONE_ELSE_NAME),
                stratum["table"],
                arms,
                stratum.get("shrunken"),
            )
            for stratum in metric["strata"]
        ),
        waiting=metric.get("waiting") or 0,
        window_hours=metric.get("window_hours"),
        is_capped=bool(metric.get("is_capped")),
        is_reweighed=bool(metric.get("is_reweighed")),
        covariate_days=metric.get("covariate_days"),
        margin=metric.get("margin"),
        is_margin_relative=metric.get("is_margin_relative", True),
    )


def read_balance(found: Json) -> Balance:
    return Balance(
        p_value=found["p_value"],
        observed=found["observed"],
        expected=found["expected"],
        is_mismatch=found["is_mismatch"],
        note=found["note"],
    )


def read_health(findings: Sequence[Json] | None) -> tuple[HealthFinding, ...]:
    """What blocks first, then warnings, then notes."""
    read = [
        HealthFinding(
            check=found.get("check") or "",
            severity=_severity(found.get("severity")),
            title=found.get("title") or "",
            sentence=found.get("sentence") or "",
            cure=found.get("cure") or "",
            stage=found.get("stage") or "",
        )
        for found in findings or ()
    ]
    return tuple(sorted(read, key=lambda found: SEVERITIES.index(found.severity)))


def _severity(word: object) -> str:
    """A word nobody knows must not hide behind the notes."""
    return str(word) if word in SEVERITIES else "warning"


def read_looks(found: Json | None) -> LookingReport | None:
    if not found:
        return None
    return LookingReport(
        rule=found.get("rule") or "fixed",
        looks_taken=len(found.get("earlier") or ()),
        information=found.get("information"),
        is_look=found.get("is_look", True),
        next_look=found.get("next_look"),
    )


def read_progress(found: Json | None) -> ProgressReport | None:
    if not found:
        return None
    return ProgressReport(
        units=found.get("units") or 0,
        planned_units=found.get("planned_units"),
        units_per_day=found.get("units_per_day"),
        days_left=found.get("days_left"),
        detectable_lift=found.get("detectable_lift"),
    )


def read_verdict(found: Json, arms: Arms) -> VerdictReport:
    names = {arm["key"]: arm["name"] for arm in arms}
    return VerdictReport(
        kind=found["kind"],
        arm=found["arm"],
        arm_name=names.get(found["arm"]),
        sentence=found["sentence"],
        # What the sentence says already is not said again below it.
        reasons=tuple(line for line in found["reasons"] if line not in found["sentence"]),
    )


def _table(key: str, name: str, table: Json, arms: Arms, shrunken: Json | None) -> MetricTable:
    comparisons, pulled = table["comparisons"], shrunken or {}
    rows = [
        _arm(arm, table["arms"][arm["key"]], comparisons.get(arm["key"]), pulled.get(arm["key"]))
        for arm in arms
        if arm["key"] in table["arms"]
    ]
    return MetricTable(
        segment_key=key,
        segment_name=name,
        arms=tuple(rows),
        variance_kept=table.get("variance_kept"),
    )


def _arm(arm: Json, cell: Json, comparison: Json | None, shrunken: Json | None) -> ArmResult:
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
        difference_adjusted=_adjusted(difference),
        lift_adjusted=_adjusted(compared.get("lift")),
        method=difference.get("method"),
        plain=_beside(compared.get("plain")),
        uncapped=_beside(compared.get("uncapped")),
        margin=_margin(compared.get("margin")),
        informed=_informed(compared.get("informed")),
        credible=_credible(compared.get("lift"), bayes),
        stratified=_interval(compared.get("stratified")),
        interaction_p=(compared.get("interaction") or {}).get("p_value"),
        shrunken=_shrunken(shrunken),
    )


def _interval(found: Json | None) -> Interval | None:
    if not found or found.get("estimate") is None:
        return None
    return Interval(found["estimate"], found.get("low"), found.get("high"))


def _adjusted(found: Json | None) -> Interval | None:
    """The ends widened for the family; none in an analysis from before there were any."""
    if not found or found.get("estimate") is None or "low_adjusted" not in found:
        return None
    return Interval(found["estimate"], found["low_adjusted"], found.get("high_adjusted"))


def _beside(found: Json | None) -> Beside | None:
    if not found:
        return None
    difference = found.get("difference") or {}
    return Beside(
        difference=_interval(difference),
        lift=_interval(found.get("lift")),
        p_value=difference.get("p_value"),
    )


def _margin(found: Json | None) -> Margin | None:
    if not found:
        return None
    return Margin(margin=found["margin"], is_shown=found["is_shown"], p_value=found["p_value"])


def _informed(found: Json | None) -> Informed | None:
    lift = _interval(found)
    return Informed(lift=lift, beats_control=found["beats_control"]) if found and lift else None


def _credible(lift: Json | None, bayes: Json) -> Interval | None:
    """The lifts that are believed, around the estimate; of the goals only."""
    if not lift or lift.get("estimate") is None or bayes.get("lift_low") is None:
        return None
    return Interval(lift["estimate"], bayes["lift_low"], bayes.get("lift_high"))


def _shrunken(found: Json | None) -> Shrunken | None:
    effect = _interval(found)
    if not found or effect is None:
        return None
    return Shrunken(effect=effect, pull=found.get("pull"), lift=found.get("lift"))
