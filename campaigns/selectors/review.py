"""The review board: every cell of a campaign with its candidates, as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from audience.models import Segment
from campaigns.briefs import angle_name
from campaigns.cells import CONTROL, Cell, angle_cells, launch_cells, segments_of
from campaigns.models import Campaign, Variant
from campaigns.wording import copy_of
from generation.briefs import Copy
from generation.guardrails import can_override
from generation.models import GenerationJob
from generation.selectors import (
    BriefProgress,
    brief_progress,
    cost_words,
    job_cost,
    job_progress,
    refusals_of,
)

FAILED = "failed"
SOURCES = {
    "generator": "generator",
    "revision": "revision",
    "prompt_version": "prompt",
    "brand_voice_version": "brand voice version",
    "seed": "seed",
    "position": "position",
    "parameters": "parameters",
}
DONE = GenerationJob.Status.DONE
STOPPED = (GenerationJob.Status.FAILED, GenerationJob.Status.CANCELLED)
ONLY_CONTROL = "there is only the control copy"
RUNS_ON_CONTROL = (
    "The campaign runs without it: once the control copy is approved, email tools get it for "
    "everyone, until the test is launched."
)


@dataclass(frozen=True)
class FindingLine:
    """One remark of the guardrails."""

    rule: str
    severity: str
    field: str
    message: str
    suggestion: str
    override_reason: str = ""
    override_by: str = ""

    @property
    def is_blocking(self) -> bool:
        """Whether it keeps the copy back: nobody let it pass."""
        return self.severity == "block" and not self.override_reason

    @property
    def can_override(self) -> bool:
        return self.is_blocking and can_override(self.rule)


@dataclass(frozen=True)
class Candidate:
    """One text that may go into a cell.

    `score` is what the ranker thought of the subject as it was written, `why` its strongest
    reasons. Subjects of a shop score below the news headlines it was learnt on: compare neighbours.
    """

    variant_id: int
    origin: str
    origin_name: str
    status: str
    status_name: str
    text: Copy
    findings: tuple[FindingLine, ...]
    score: float | None
    why: str
    generator: str
    source: tuple[tuple[str, str], ...]
    reviewed_by: str
    reviewed_at: datetime | None
    note: str
    edit_count: int

    @property
    def is_approved(self) -> bool:
        return self.status == Variant.Status.APPROVED

    @property
    def overridable(self) -> tuple[FindingLine, ...]:
        """One finding of each rule that a person may let pass."""
        by_rule = {one.rule: one for one in self.findings if one.can_override}
        return tuple(by_rule.values())

    @property
    def shown_score(self) -> str:
        """The score for comparing neighbours; empty where there is none or people edited it."""
        return "" if self.score is None or self.edit_count else f"{self.score:+.2f}"

    @property
    def is_blocked(self) -> bool:
        return any(finding.is_blocking for finding in self.findings)


@dataclass(frozen=True)
class ReviewCell:
    """One angle for one segment; `segment_id` None is everyone, or everyone else."""

    segment_id: int | None
    segment_key: str
    segment_name: str
    angle: str
    angle_name: str
    is_required: bool
    candidates: tuple[Candidate, ...]

    @property
    def approved(self) -> Candidate | None:
        return next((one for one in self.candidates if one.is_approved), None)

    @property
    def is_missing(self) -> bool:
        """Whether this cell keeps the campaign from going live."""
        return self.is_required and self.approved is None


@dataclass(frozen=True)
class ReviewRow:
    """A segment with its cells in the order of `ReviewBoard.angles`.

    `size` is of now; `kept` of the members that were kept at launch, None where none were.
    """

    segment_id: int | None
    segment_key: str
    segment_name: str
    portrait: str
    size: int | None
    kept: int | None
    cells: tuple[ReviewCell, ...]


@dataclass(frozen=True)
class WritingProgress:
    """How far the writers are; `total` counts briefs, `cost` is a sentence.

    `can_go_on` says that the job stopped before its end, or left a brief short.
    """

    status: str
    total: int
    done: int
    drafts: int
    can_go_on: bool = False
    cost: str = ""
    briefs: tuple[BriefProgress, ...] = ()


@dataclass(frozen=True)
class ReviewBoard:
    """`angles` are the columns, control first. `notices` are sentences to be read first."""

    campaign_id: int
    key: str
    name: str
    status: str
    status_name: str
    angles: tuple[tuple[str, str], ...]
    control: ReviewCell
    rows: tuple[ReviewRow, ...]
    missing: tuple[str, ...]
    notices: tuple[str, ...]
    writing: WritingProgress | None

    @property
    def has_segments(self) -> bool:
        """Whether it is not for everyone."""
        return any(row.segment_id for row in self.rows)

    @property
    def is_ready(self) -> bool:
        """Whether every cell has its approved text."""
        return not self.missing

    @property
    def can_change(self) -> bool:
        """Whether copy may still be edited and approved."""
        return self.status in (
            Campaign.Status.DRAFT,
            Campaign.Status.GENERATING,
            Campaign.Status.REVIEW,
        )


def review_board(campaign: Campaign) -> ReviewBoard:
    """Everything a reviewer needs, in a handful of queries whatever the number of cells."""
    segments = segments_of(campaign)
    candidates = _candidates(campaign)
    required = {(cell.segment_id, cell.angle) for cell in launch_cells(campaign)}
    approved = {place for place, ones in candidates.items() if any(c.is_approved for c in ones)}
    return ReviewBoard(
        campaign_id=campaign.pk,
        key=campaign.key,
        name=campaign.name,
        status=campaign.status,
        status_name=campaign.get_status_display(),
        angles=tuple((key, angle_name(key)) for key in [CONTROL, *campaign.angles]),
        control=_cell(Cell(None, CONTROL), candidates, required),
        rows=_rows(campaign, candidates, required),
        missing=tuple(
            cell.name
            for cell in launch_cells(campaign)
            if (cell.segment_id, cell.angle) not in approved
        ),
        notices=tuple(_notices(campaign, segments)),
        writing=_writing(campaign),
    )


_Candidates = dict[tuple[int | None, str], list[Candidate]]


def _rows(
    campaign: Campaign, candidates: _Candidates, required: set[tuple[int | None, str]]
) -> tuple[ReviewRow, ...]:
    by_segment: dict[Segment | None, list[Cell]] = {}
    for cell in angle_cells(campaign):
        by_segment.setdefault(cell.segment, [Cell(cell.segment, CONTROL)]).append(cell)
    kept = dict(campaign.campaign_segments.values_list("segment_id", "snapshot__size"))
    return tuple(
        ReviewRow(
            segment_id=segment.pk if segment else None,
            segment_key=segment.key if segment else "",
            segment_name=segment.name if segment else "everyone",
            portrait=segment.portrait if segment else "",
            size=segment.size if segment else None,
            kept=kept.get(segment.pk) if segment else None,
            cells=tuple(_cell(cell, candidates, required) for cell in cells),
        )
        for segment, cells in by_segment.items()
    )


def _cell(cell: Cell, candidates: _Candidates, required: set[tuple[int | None, str]]) -> ReviewCell:
    return ReviewCell(
        segment_id=cell.segment_id,
        segment_key=cell.segment.key if cell.segment else "",
        segment_name=cell.segment.name if cell.segment else "everyone",
        angle=cell.angle,
        angle_name=angle_name(cell.angle),
        is_required=(cell.segment_id, cell.angle) in required,
        candidates=tuple(candidates.get((cell.segment_id, cell.angle), ())),
    )


def _candidates(campaign: Campaign) -> _Candidates:
    variants = campaign.variants.select_related("draft", "reviewed_by").prefetch_related("edits")
    found: _Candidates = {}
    for variant in variants.order_by("id"):
        found.setdefault((variant.segment_id, variant.angle), []).append(_candidate(variant))
    return found


def _candidate(variant: Variant) -> Candidate:
    draft = variant.draft
    return Candidate(
        variant_id=variant.pk,
        origin=variant.origin,
        origin_name=variant.get_origin_display(),
        status=variant.status,
        status_name=variant.get_status_display(),
        text=copy_of(variant),
        findings=tuple(_finding(finding) for finding in variant.findings),
        score=draft.score if draft else None,
        why=str(draft.provenance.get("ranking", {}).get("why", "")) if draft else "",
        generator=str(draft.provenance.get("generator", "")) if draft else "",
        source=tuple(_source(draft.provenance)) if draft else (),
        reviewed_by=variant.reviewed_by.get_username() if variant.reviewed_by else "",
        reviewed_at=variant.reviewed_at,
        note=variant.review_note,
        edit_count=len(variant.edits.all()),
    )


def _source(provenance: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Where a draft comes from, as far as it says: what it takes to write it once more."""
    for key, name in SOURCES.items():
        if provenance.get(key) not in (None, "", {}):
            yield name, str(provenance[key])
    usage = provenance.get("usage") or {}
    if usage:
        yield (
            "tokens",
            f"{usage.get('prompt_tokens', 0)} read, {usage.get('new_tokens', 0)} written",
        )
        yield "seconds", f"{usage.get('seconds', 0):.2f}"
        if usage.get("cost"):
            yield "cost", f"{usage['cost']:.5f}"


def _finding(finding: dict[str, Any]) -> FindingLine:
    override = finding.get("override") or {}
    return FindingLine(
        rule=finding["rule"],
        severity=finding["severity"],
        field=finding["field"],
        message=finding["message"],
        suggestion=finding.get("suggestion") or "",
        override_reason=override.get("reason", ""),
        override_by=override.get("by", ""),
    )


def _writing(campaign: Campaign) -> WritingProgress | None:
    if campaign.job is None:
        return None
    progress = job_progress(campaign.job)
    status = campaign.job.status
    return WritingProgress(
        status,
        progress.total,
        progress.done,
        progress.drafts,
        can_go_on=status in STOPPED or (status == DONE and bool(progress.shortfalls)),
        cost=cost_words(job_cost(campaign.job)),
        briefs=tuple(brief_progress(campaign.job)),
    )


def _notices(campaign: Campaign, segments: Sequence[Segment]) -> list[str]:
    notices = [
        f"Segment “{segment.name}” has not been built yet: nobody belongs to it."
        for segment in segments
        if segment.built_at is None
    ]
    job = campaign.job
    if job is None:
        return notices
    if job.status == FAILED:
        some = job_progress(job).drafts
        left = f"there are {some} drafts and the control copy" if some else ONLY_CONTROL
        notices.append(f"Writing failed, so {left}: {job.error}")
        notices.append(RUNS_ON_CONTROL)
    shortfalls = job_progress(job).shortfalls
    notices += [
        f"{key} got fewer candidates than asked for: {reason}" for key, reason in shortfalls
    ]
    refusals = refusals_of(job) if shortfalls else {}
    if refusals:
        counts = ", ".join(f"{rule} {count:,}×" for rule, count in refusals.items())
        notices.append(f"What the guardrails sent back in all: {counts}.")
    return notices
