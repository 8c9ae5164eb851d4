"""How far a test has come and whether its data are sound, in a manager's words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from campaigns.selectors.report_values import (
    Balance,
    HealthFinding,
    LookingReport,
    ProgressReport,
    Report,
)
from web import figures

ICONS = {"blocks": "error", "warning": "warning", "note": "info"}
WORDS = {"blocks": "Blocks the verdict", "warning": "Be careful", "note": "Good to know"}
# After Fabijan et al. (2019): where the cause of a finding lies.
STAGES = {
    "assignment": "Assignment: who gets which arm",
    "execution": "Execution: what people are shown",
    "log": "Log: what is recorded of it",
    "analysis": "Analysis: which records are counted",
    "interference": "Interference: what comes from outside",
}
RULES = {
    "fixed": "one look, at the planned sample",
    "anytime": "any time: these intervals hold however often you look",
    "group_sequential": "planned looks: a winner is named only at one of them",
}


@dataclass(frozen=True)
class Standing:
    """`share` fills the bar; None where no sample was planned."""

    units: str
    share: float | None
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ShownFinding:
    """A finding of a check of the data, dressed for the page."""

    severity: str
    icon: str
    word: str
    title: str
    sentence: str
    cure: str
    stage: str


@dataclass(frozen=True)
class Soundness:
    """The answer to "is the data sound?"; `tone` is good, warn or bad."""

    tone: str
    answer: str
    findings: tuple[ShownFinding, ...]
    split: tuple[tuple[str, str, str], ...]

    @property
    def is_open(self) -> bool:
        """What keeps a verdict from being read must not be folded away."""
        return self.tone == "bad"


def standing_of(report: Report) -> Standing | None:
    """People so far, the pace, what is left, what could be found, the next look."""
    progress = report.progress
    if progress is None:
        return None
    facts = [
        _pace(progress),
        _left(progress),
        _detectable(progress),
        *_looking(report.looks),
    ]
    return Standing(
        units=_units(progress),
        share=progress.share,
        facts=tuple(fact for fact in facts if fact is not None),
    )


def rule_words(looks: LookingReport | None) -> str:
    """The rule of looking, in words."""
    return RULES.get(looks.rule, "") if looks else ""


def soundness_of(report: Report) -> Soundness | None:
    """From the check of the split and the health checks; what blocks stands first."""
    balance = report.balance
    if balance is None:
        return None
    worst = [finding.severity for finding in report.health]
    return Soundness(
        tone=_tone(balance, worst),
        answer=_answer(balance, report.health),
        findings=tuple(_shown(finding) for finding in report.health),
        split=tuple(_split(report, balance)),
    )


def _split(report: Report, balance: Balance) -> Iterator[tuple[str, str, str]]:
    """People seen and expected, in the order of the arms."""
    arms = report.metrics[0].overall.arms if report.metrics else ()
    for arm in arms:
        if arm.key in balance.observed:
            expected = figures.count(round(balance.expected[arm.key]))
            yield arm.name, figures.count(balance.observed[arm.key]), expected


def _units(progress: ProgressReport) -> str:
    if progress.planned_units is None:
        return f"{figures.count(progress.units)} people so far"
    return f"{figures.count(progress.units)} of {figures.count(progress.planned_units)} people"


def _pace(progress: ProgressReport) -> tuple[str, str] | None:
    is_reached = progress.share == 1.0
    if progress.units_per_day is None or is_reached:
        return None
    return "Pace", f"{figures.count(round(progress.units_per_day))} people a day"


def _left(progress: ProgressReport) -> tuple[str, str] | None:
    if progress.planned_units is None:
        return None
    if progress.units >= progress.planned_units:
        return "Planned sample", "reached"
    if progress.days_left is None:
        return "Days left", "unknown: nobody comes in now"
    return "Days left", f"{progress.days_left} at this pace"


def _detectable(progress: ProgressReport) -> tuple[str, str] | None:
    """What four tests of five would find with so many people."""
    if progress.detectable_lift is None:
        return None
    return "Smallest lift they can show", figures.signed_percent(progress.detectable_lift)


def _looking(looks: LookingReport | None) -> list[tuple[str, str]]:
    if looks is None:
        return []
    said = [("How one may look", RULES.get(looks.rule, looks.rule))]
    if looks.rule == "group_sequential" and looks.next_look is not None:
        said.append(("Next planned look", f"at {figures.count(looks.next_look)} people"))
    return said


def _tone(balance: Balance, severities: list[str]) -> str:
    if balance.is_mismatch or "blocks" in severities:
        return "bad"
    return "warn" if "warning" in severities else "good"


def _answer(balance: Balance, findings: Sequence[HealthFinding]) -> str:
    if balance.is_mismatch:
        return f"The split is off. {balance.note}"
    blocks = _titles(findings, "blocks")
    if blocks:
        return f"No verdict may be read: {blocks}."
    warnings = _titles(findings, "warning")
    split = f"The split is as planned. {balance.note}"
    return f"{split} Be careful: {warnings}." if warnings else split


def _titles(findings: Sequence[HealthFinding], severity: str) -> str:
    """The first goes on a clause; the rest are told by how many there are."""
    titles = [finding.title for finding in findings if finding.severity == severity]
    if not titles:
        return ""
    more = f" and {len(titles) - 1} more" if len(titles) > 1 else ""
    return f"{titles[0][:1].lower()}{titles[0][1:]}{more}"


def _shown(finding: HealthFinding) -> ShownFinding:
    return ShownFinding(
        severity=finding.severity,
        icon=ICONS[finding.severity],
        word=WORDS[finding.severity],
        title=finding.title,
        sentence=finding.sentence,
        cure=finding.cure,
        stage=STAGES.get(finding.stage, finding.stage),
    )
