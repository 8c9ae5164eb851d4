"""Bars of a rate per segment and arm, with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

CONTROL_COLOUR = "#9ca3af"
# After Okabe and Ito, for colour-blind readers, without what vanishes on white or on black.
ARM_COLOURS = ("#6366f1", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#e69f00", "#8b5cf6")
BAR_HEIGHT = 16


@dataclass(frozen=True)
class RateRow:
    """One bar: an arm's rate in a segment, as a share, with its interval where there is one."""

    segment: str
    arm: str
    rate: float
    low: float | None
    high: float | None


def rate_chart(
    rows: Sequence[RateRow], *, arms: Sequence[str], title: str, form: str = "%", width: int = 740
) -> dict[str, Any]:
    """The specification; `arms` gives the order and the colours, control first."""
    segments = list(dict.fromkeys(row.segment for row in rows))
    return {
        "data": {"values": [asdict(row) for row in rows]},
        "width": width,
        "height": {"step": BAR_HEIGHT, "for": "offset"},
        "encoding": {
            "y": {
                "field": "segment",
                "type": "nominal",
                "sort": segments,
                "title": None,
                "scale": {"paddingInner": 0.3},
                "axis": {"labelLimit": 200, "labelFontSize": 13},
            },
            "yOffset": {"field": "arm", "type": "nominal", "sort": list(arms)},
        },
        "layer": [_bars(arms, title, form), _intervals(arms)],
    }


def _bars(arms: Sequence[str], title: str, form: str) -> dict[str, Any]:
    colours = [CONTROL_COLOUR, *(ARM_COLOURS[i % len(ARM_COLOURS)] for i in range(len(arms) - 1))]
    return {
        "mark": {"type": "bar", "cornerRadiusEnd": 3},
        "encoding": {
            "x": {
                "field": "rate",
                "type": "quantitative",
                "title": title,
                "axis": {"format": form, "tickCount": 6},
            },
            "color": {
                "field": "arm",
                "type": "nominal",
                "sort": list(arms),
                "scale": {"domain": list(arms), "range": colours},
            },
        },
    }


def _intervals(arms: Sequence[str]) -> dict[str, Any]:
    return {
        "transform": [{"filter": "datum.low != null && datum.high != null"}],
        "mark": {"type": "bar", "height": 2, "color": "#374151", "opacity": 0.75},
        "encoding": {
            "x": {"field": "low", "type": "quantitative"},
            "x2": {"field": "high"},
            "yOffset": {"field": "arm", "type": "nominal", "sort": list(arms)},
        },
    }
