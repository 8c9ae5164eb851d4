"""The review board: every cell of a campaign with its candidates, as plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from audience.models import Segment
from campaigns.briefs import angle_name
from campaigns.cells import CONTROL, Cell, angle_cells, launch_cells, segments_of
from campaigns.models import Campaign, Variant
from campaigns.wording import copy_of
from generation.briefs import Copy
from generation.selectors import job_progress

FAILED = "failed"


@dataclass(frozen=True)
class FindingLine:
    """One remark of the guardrails."""

    rule: str
    severity: str
    field: str
    message: str
    suggestion: str

    @property
    def is_blocking(self) -> bool:
        return self.severity == "block"


@dataclass(frozen=True)
class Candidate:
    """One text that may go into a cell. `score` is the writer's own, where it gave one."""

    variant_id: int
    origin: str
    origin_name: str
    status: str
    status_name: str
    text: Copy
    findings: tuple[FindingLine, ...]
    score: float | None
    generator: str
    reviewed_by: str
    reviewed_at: datetime | None
    note: str
    edit_count: int

    @property
    def is_approved(self) -> bool:
        return self.status == Variant.Status.APPROVED

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
    """A segment with its cells in the order of `ReviewBoard.angles`."""

    segment_id: int | None
    segment_key: str
    segment_name: str
    portrait: str
    size: int | None
    cells: tuple[ReviewCell, ...]


@dataclass(frozen=True)
class WritingProgress:
    """How far the writers are; `total` counts briefs."""

    status: str
    total: int
    done: int
    drafts: int


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
    return tuple(
        ReviewRow(
            segment_id=segment.pk if segment else None,
            segment_key=segment.key if segment else "",
            segment_name=segment.name if segment else "everyone",
            portrait=segment.portrait if segment else "",
            size=segment.size if segment else None,
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
        generator=str(draft.provenance.get("generator", "")) if draft else "",
        reviewed_by=variant.reviewed_by.get_username() if variant.reviewed_by else "",
        reviewed_at=variant.reviewed_at,
        note=variant.review_note,
        edit_count=len(variant.edits.all()),
    )


def _finding(finding: dict[str, str]) -> FindingLine:
    return FindingLine(
        rule=finding["rule"],
        severity=finding["severity"],
        field=finding["field"],
        message=finding["message"],
        suggestion=finding.get("suggestion") or "",
    )


def _writing(campaign: Campaign) -> WritingProgress | None:
    if campaign.job is None:
        return None
    progress = job_progress(campaign.job)
    return WritingProgress(campaign.job.status, progress.total, progress.done, progress.drafts)


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
        notices.append(f"Writing failed, so there is only the control copy: {job.error}")
    return notices + [
        f"{key} got fewer candidates than asked for: {reason}"
        for key, reason in job_progress(job).shortfalls
    ]
