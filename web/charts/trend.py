"""Lift over time: a small panel per arm, its line and the band of its interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from web.charts.rates import ARM_COLOURS

PANEL_HEIGHT = 96


@dataclass(frozen=True)
class TrendPoint:
    """An arm's lift at one moment; `low` or `high` may be missing where there is no limit."""

    arm: str
    at: datetime
    estimate: float
    low: float | None
    high: float | None


def trend_chart(points: Sequence[TrendPoint], *, width: int = 720) -> dict[str, Any]:
    """The specification; arms in the order they come, all on one scale."""
    low, high = _span(points)
    arms = list(dict.fromkeys(point.arm for point in points))
    values = [
        {
            "arm": point.arm,
            "at": point.at.isoformat(),
            "estimate": min(max(point.estimate, low), high),
            "low": low if point.low is None else max(point.low, low),
            "high": high if point.high is None else min(point.high, high),
        }
        for point in points
    ]
    return {
        "data": {"values": values},
        "facet": {"row": {"field": "arm", "type": "nominal", "sort": arms, **_headings()}},
        "spacing": 14,
        "spec": {
            "width": width,
            "height": PANEL_HEIGHT,
            "encoding": {"x": _when(), "color": _colour(arms)},
            "layer": [_zero(), _band(low, high), _line(), _dots()],
        },
    }


def _span(points: Sequence[TrendPoint]) -> tuple[float, float]:
    """What is drawn: every estimate, and intervals as far as the later, surer ones reach."""
    newest = max(point.at for point in points)
    settled = [point for point in points if point.at == newest]
    ends = [end for point in settled for end in (point.low, point.high) if end is not None]
    reach = max([abs(end) for end in ends], default=0.1) * 1.6
    furthest = max((abs(point.estimate) for point in points), default=0.0)
    limit = max(reach, min(furthest * 1.1, reach * 2), 0.05)
    drawn = [
        min(max(end, -min(limit, 1.0)), limit)
        for point in points
        for end in (point.low, point.high, point.estimate, 0.0)
        if end is not None
    ]
    return min(drawn), max(drawn)


def _headings() -> dict[str, Any]:
    return {
        "title": None,
        "header": {
            "labelAngle": 0,
            "labelAlign": "left",
            "labelAnchor": "start",
            "labelOrient": "top",
            "labelFontSize": 13,
            "labelFontWeight": 600,
            "labelPadding": 4,
            "labelColor": "#6b7280",
        },
    }


def _when() -> dict[str, Any]:
    return {
        "field": "at",
        "type": "temporal",
        "title": None,
        "scale": {"type": "utc"},
        "axis": {"format": "%-d %b", "tickCount": 6, "grid": False, "labelOverlap": True},
    }


def _colour(arms: Sequence[str]) -> dict[str, Any]:
    colours = [ARM_COLOURS[place % len(ARM_COLOURS)] for place in range(len(arms))]
    return {
        "field": "arm",
        "type": "nominal",
        "scale": {"domain": list(arms), "range": colours},
        "legend": None,
    }


def _zero() -> dict[str, Any]:
    return {
        "mark": {"type": "rule", "strokeDash": [4, 3]},
        "encoding": {"y": {"datum": 0}, "x": {"value": 0}, "x2": {"value": "width"},
                     "color": {"value": "#6b7280"}},
    }  # fmt: skip


def _band(low: float, high: float) -> dict[str, Any]:
    return {
        "mark": {"type": "area", "opacity": 0.18, "interpolate": "monotone"},
        "encoding": {
            "y": {
                "field": "low",
                "type": "quantitative",
                "title": None,
                "scale": {"domain": [low, high], "nice": False},
                "axis": {"format": "+.0%", "tickCount": 4},
            },
            "y2": {"field": "high"},
        },
    }


def _line() -> dict[str, Any]:
    return {
        "mark": {"type": "line", "strokeWidth": 2.5, "interpolate": "monotone"},
        "encoding": {"y": {"field": "estimate", "type": "quantitative"}},
    }


def _dots() -> dict[str, Any]:
    return {
        "mark": {"type": "point", "filled": True, "size": 26, "opacity": 1},
        "encoding": {"y": {"field": "estimate", "type": "quantitative"}},
    }
