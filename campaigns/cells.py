"""A campaign's grid: one cell per segment and angle, each to hold one approved text."""

from __future__ import annotations

from dataclasses import dataclass

from audience.models import Segment
from campaigns.models import Campaign

CONTROL = "control"
# "*" is no slug, so no segment can be called it.
EVERYONE_KEY = "*"


@dataclass(frozen=True)
class Cell:
    """Where a text belongs; `segment` is None for the copy of everyone, or of everyone else."""

    segment: Segment | None
    angle: str

    @property
    def key(self) -> str:
        segment_key = self.segment.key if self.segment else EVERYONE_KEY
        return f"{segment_key}/{self.angle}"

    @property
    def name(self) -> str:
        return f"{self.segment.name if self.segment else 'everyone'} × {self.angle}"

    @property
    def segment_id(self) -> int | None:
        return self.segment.pk if self.segment else None


def segments_of(campaign: Campaign) -> list[Segment]:
    """The campaign's segments, first to be looked at first."""
    rows = campaign.campaign_segments.select_related("segment").order_by("position", "id")
    return [row.segment for row in rows]


def angle_cells(campaign: Campaign) -> list[Cell]:
    """Every cell that is under test. A campaign without segments tests on everyone."""
    segments: list[Segment | None] = [*segments_of(campaign)] or [None]
    return [Cell(segment, angle) for segment in segments for angle in campaign.angles]


def launch_cells(campaign: Campaign) -> list[Cell]:
    """Every cell that needs an approved text before launch: the control first."""
    return [Cell(None, CONTROL), *angle_cells(campaign)]


def cells_by_key(campaign: Campaign) -> dict[str, Cell]:
    return {cell.key: cell for cell in angle_cells(campaign)}
