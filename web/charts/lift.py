"""A forest plot: for each arm the lift over control as a dot, its interval as a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

TONES = {"better": "#16a34a", "worse": "#dc2626", "unclear": "#6366f1"}
ROW_HEIGHT = 46


@dataclass(frozen=True)
class LiftRow:
    """One bar. Shares, not percent; `low` or `high` may be missing where there is no limit."""

    arm: str
    estimate: float
    low: float | None
    high: float | None
    tone: str
    label: str


def lift_chart(rows: Sequence[LiftRow], *, width: int = 780) -> dict[str, Any]:
    """The specification of the plot, rows from top to bottom."""
    low, high = _span(rows)
    values = [
        {
            **asdict(row),
            "low": low if row.low is None else max(row.low, low),
            "high": high if row.high is None else min(row.high, high),
        }
        for row in rows
    ]
    return {
        "data": {"values": values},
        "width": width,
        "height": {"step": ROW_HEIGHT},
        "encoding": {"y": _arms([row.arm for row in rows])},
        "layer": [_zero(), _bars(low, high), _dots(), _labels()],
    }


def _span(rows: Sequence[LiftRow]) -> tuple[float, float]:
    """The stretch that is drawn: every estimate, zero, and intervals as far as they help."""
    furthest = max((abs(row.estimate) for row in rows), default=0.0) or 0.05
    ends = [end for row in rows for end in (row.low, row.high, row.estimate) if end is not None]
    # An interval far wider than any estimate says "nothing known"; all of it would hide the rest.
    limit = max(furthest * 6, 0.2)
    return max(min([0.0, *ends]), -limit), min(max([0.0, *ends]), limit)


def _arms(arms: Sequence[str]) -> dict[str, Any]:
    return {
        "field": "arm",
        "type": "nominal",
        "sort": list(arms),
        "title": None,
        "axis": {"labelFontSize": 13, "labelLimit": 220},
    }


def _tone() -> dict[str, Any]:
    return {
        "field": "tone",
        "type": "nominal",
        "scale": {"domain": list(TONES), "range": list(TONES.values())},
        "legend": None,
    }


def _zero() -> dict[str, Any]:
    return {
        "mark": {"type": "rule", "strokeDash": [4, 3], "color": "#6b7280"},
        "encoding": {"x": {"datum": 0}, "y": {"value": 0}, "y2": {"value": "height"}},
    }


def _bars(low: float, high: float) -> dict[str, Any]:
    scale = {"domain": [low, high], "nice": True}
    axis = {"format": "+.0%", "tickCount": 7, "grid": True}
    return {
        "mark": {"type": "bar", "height": 10, "cornerRadius": 5, "opacity": 0.35},
        "encoding": {
            "x": {
                "field": "low",
                "type": "quantitative",
                "title": "Lift over control",
                "scale": scale,
                "axis": axis,
            },
            "x2": {"field": "high"},
            "color": _tone(),
        },
    }


def _dots() -> dict[str, Any]:
    return {
        "mark": {"type": "point", "filled": True, "size": 150, "opacity": 1},
        "encoding": {"x": {"field": "estimate", "type": "quantitative"}, "color": _tone()},
    }


def _labels() -> dict[str, Any]:
    return {
        "mark": {"type": "text", "dy": -15, "fontSize": 12, "fontWeight": 600, "color": "#6b7280"},
        "encoding": {
            "x": {"field": "estimate", "type": "quantitative"},
            "text": {"field": "label"},
        },
    }
